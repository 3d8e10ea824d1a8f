"""A snapshot in one reader's language: only words and drawn lengths are left to the page and the PDF."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_skeleton
from flask_babel import gettext as _

from tenants.reports.rendering.amounts import amount, change
from tenants.reports.rendering.labels import MONTH, clean, label, locale, short_label
from tenants.reports.rendering.snapshot import Cell, Figure, Number, Section, Series, Snapshot, Table

NAMES = frozenset({"name", "community"})


@dataclass(frozen=True)
class ShownFigure:
    """One number in words, and how it moved."""

    label: str
    amount: str
    change: str
    known: bool


@dataclass(frozen=True)
class ShownTable:
    """A heading, column names, rows of text, and which columns hold numbers."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the class of each column on a page."""
        return tuple("number" if numeric else "" for numeric in self.numeric)

    @property
    def heads(self) -> tuple[tuple[str, str], ...]:
        """Return each column's name and class, as the table component takes them."""
        return tuple(zip(self.columns, self.kinds, strict=True))


@dataclass(frozen=True)
class ShownPlot:
    """What the plot macros draw as `months`, `line` or `bars`: lines of (name, values, texts); and its table."""

    kind: str
    title: str
    description: str
    labels: tuple[str, ...]
    lines: tuple[tuple[str, tuple[Number, ...], tuple[str, ...]], ...]
    percent: bool
    table: ShownTable


@dataclass(frozen=True)
class ShownSection:
    """One heading with all that stands under it."""

    heading: str
    figures: tuple[ShownFigure, ...]
    plots: tuple[ShownPlot, ...]
    tables: tuple[ShownTable, ...]


@dataclass(frozen=True)
class Shown:
    """The whole report, ready to be laid out."""

    title: str
    tenant: str
    subject: str
    period: str
    made: str
    revision: str
    language: str
    rtl: bool
    sections: tuple[ShownSection, ...]


def present(snapshot: Snapshot) -> Shown:
    """Put the snapshot into the current locale's words (needs Flask's app context)."""
    return Shown(
        title=_("Monthly report"),
        tenant=clean(snapshot.tenant_name),
        subject=clean(snapshot.community_name) if snapshot.community_name else _("All communities"),
        period=format_skeleton("yMMMM", date(snapshot.year, snapshot.month, 1), locale=locale()),
        made=_made(snapshot),
        revision=_("Revision %(number)s", number=snapshot.revision),
        language=locale().language,
        rtl=locale().text_direction == "rtl",
        sections=tuple(_section(section) for section in snapshot.sections),
    )


def _made(snapshot: Snapshot) -> str:
    made_at = snapshot.made_at.astimezone(ZoneInfo(snapshot.timezone))
    when = format_datetime(made_at, "d MMMM y, HH:mm", locale=locale())
    if snapshot.is_provisional:
        return str(_("Made on %(when)s, before the month was over: numbers so far", when=when))
    return str(_("Made on %(when)s", when=when))


def _section(section: Section) -> ShownSection:
    return ShownSection(
        heading=label(section.code),
        figures=tuple(_figure(figure) for figure in section.figures),
        plots=tuple(_plot(section, series) for series in _grouped(section)),
        tables=tuple(_table(table) for table in section.tables),
    )


def _figure(figure: Figure) -> ShownFigure:
    return ShownFigure(
        label=label(figure.code),
        amount=amount(figure.value, figure.unit),
        change=change(figure.value, figure.previous, figure.unit),
        known=figure.value is not None,
    )


def _table(table: Table) -> ShownTable:
    return ShownTable(
        heading=label(table.code),
        columns=tuple(label(column) for column in table.columns),
        rows=tuple(tuple(map(cell_words, row, table.columns, units_of(table))) for row in table.rows),
        numeric=tuple(not any(isinstance(row[at], str) for row in table.rows) for at in range(len(table.columns))),
    )


def units_of(table: Table) -> tuple[str, ...]:
    """Return the unit of each column; counts where the table names none."""
    return table.units or ("count",) * len(table.columns)


def cell_words(cell: Cell, column: str, unit: str) -> str:
    """Say one cell: a name as it is, a code by its label, a number with its unit."""
    if isinstance(cell, str):
        return clean(cell) if column in NAMES else label(cell)
    return amount(cell, unit)


def plot_tables(section: Section) -> tuple[Table, ...]:
    """Return the table of each plot, with codes for headings."""
    return tuple(_plot_table(section, series) for series in _grouped(section))


def _grouped(section: Section) -> Iterator[tuple[Series, ...]]:
    """Series of the same points and unit, one after the other, share one plot."""
    for _same, series in groupby(section.series, lambda one: (one.unit, [point for point, _value in one.points])):
        yield tuple(series)


def _monthly(series: Series) -> bool:
    return all(MONTH.match(point) for point, _value in series.points)


def _plot(section: Section, series: tuple[Series, ...]) -> ShownPlot:
    table, percent = _table(_plot_table(section, series)), series[0].unit == "percent"
    return ShownPlot(
        kind=("line" if percent else "months") if _monthly(series[0]) else "bars",
        title=table.heading,
        description=f"{table.heading}. {_told(table)}",
        labels=tuple(short_label(point) for point, _value in series[0].points),
        lines=tuple(_line(one) for one in series),
        percent=percent,
        table=table,
    )


def _line(series: Series) -> tuple[str, tuple[Number, ...], tuple[str, ...]]:
    values = tuple(value for _point, value in series.points)
    unit = series.unit if series.unit == "percent" else "count"  # beside a bar there is room for the number only
    return label(series.code), values, tuple(amount(value, unit) for value in values)


def _plot_table(section: Section, series: tuple[Series, ...]) -> Table:
    lines, monthly = zip(*(one.points for one in series), strict=True), _monthly(series[0])
    alone, asked = len(series) == 1, series[0].code.partition("_by_")[2]
    number = "count" if series[0].unit == "count" else "value"
    return Table(
        code=series[0].code if alone else _together(section, series[0]),
        columns=("month" if monthly else asked or "kind", *([number] if alone else (one.code for one in series))),
        rows=tuple((line[0][0], *(value for _point, value in line)) for line in lines),
        units=("count", *(one.unit for one in series)),
    )


def _together(section: Section, first: Series) -> str:
    name = label(section.code)
    return str(_("%(section)s by month", section=name)) if _monthly(first) else name


def _told(table: ShownTable) -> str:
    return "; ".join(f"{row[0]}: {', '.join(row[1:])}" for row in table.rows)
