"""A snapshot as one long CSV table that a spreadsheet opens without running anything in it."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Final

from flask_babel import force_locale
from flask_babel import gettext as _

from tenants.reports.rendering.labels import label, unit_name
from tenants.reports.rendering.presentation import cell_words, units_of
from tenants.reports.rendering.snapshot import Number, Section, Series, Snapshot, Table

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")

Row = tuple[str, str, str, Number, str, Number]


def render_csv(snapshot: Snapshot, locale: str) -> bytes:
    """Return UTF-8 with a byte-order mark; a row is section, figure, of what, value, unit, month before."""
    with force_locale(locale):
        out = StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow([_("Section"), _("Figure"), _("Of what"), _("Value"), _("Unit"), _("Month before")])
        for section in snapshot.sections:
            writer.writerows([_safe(cell) for cell in row] for row in _rows(section))
    return out.getvalue().encode("utf-8-sig")


def _safe(cell: str | Number) -> str | Number:
    """Text that a spreadsheet would read as a formula gets an apostrophe in front (OWASP, CSV injection)."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def _rows(section: Section) -> Iterator[Row]:
    heading = label(section.code)
    for figure in section.figures:
        yield heading, label(figure.code), "", figure.value, unit_name(figure.unit), figure.previous
    for series in section.series:
        yield from _points(heading, series)
    for table in section.tables:
        yield from _cells(heading, table)


def _points(heading: str, series: Series) -> Iterator[Row]:
    for point, value in series.points:
        yield heading, label(series.code), label(point), value, unit_name(series.unit), None


def _cells(heading: str, table: Table) -> Iterator[Row]:
    """One row a number; what it is of is the text cells beside it."""
    for row in table.rows:
        named = list(zip(row, table.columns, units_of(table), strict=True))
        whose = " · ".join(cell_words(cell, column, unit) for cell, column, unit in named if isinstance(cell, str))
        for cell, column, unit in named:
            if not isinstance(cell, str):
                yield heading, label(column), whose, cell, unit_name(unit), None
