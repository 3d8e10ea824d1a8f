"""A snapshot as a workbook: one sheet a section, real numbers, right to left where the language is."""

from io import BytesIO
from typing import Final
from zoneinfo import ZoneInfo

from flask_babel import force_locale
from flask_babel import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.format import Format

from tenants.reports.rendering.labels import clean, label, unit_name
from tenants.reports.rendering.presentation import Shown, cell_words, plot_tables, present, units_of
from tenants.reports.rendering.snapshot import Cell, Section, Snapshot, Table

FORBIDDEN: Final = str.maketrans("", "", "[]:*?/\\'")
NAME_LENGTH: Final = 31  # Excel's limit
NUMBERS: Final = {"percent": '#,##0.0"%"', "hours": "#,##0.0", "ils": '#,##0.00" ₪"'}


def render_xlsx(snapshot: Snapshot, locale: str) -> bytes:
    """Return the workbook in the language `locale`; dates in it are the snapshot's, so bytes repeat."""
    made = BytesIO()
    with force_locale(locale), Workbook(made, {"in_memory": True}) as book:
        shown = present(snapshot)
        book.set_properties({"title": shown.title, "created": snapshot.made_at.astimezone(ZoneInfo("UTC"))})
        for section in snapshot.sections:
            _Sheet(book, section, shown).fill(section)
    return made.getvalue()


def sheet_name(title: str, taken: set[str]) -> str:
    """Return a name Excel accepts and that differs from the others, and take it."""
    plain = clean(title).translate(FORBIDDEN).strip()[:NAME_LENGTH] or "-"
    name, again = plain, 2
    while name.lower() in taken:
        name, again = f"{plain[: NAME_LENGTH - 4]} {again}", again + 1
    taken.add(name.lower())
    return name


class _Sheet:
    """Writes from the top down and remembers how wide each column must be."""

    def __init__(self, book: Workbook, section: Section, shown: Shown) -> None:
        taken = {str(sheet.get_name()).lower() for sheet in book.worksheets()}
        self.sheet = book.add_worksheet(sheet_name(label(section.code), taken))
        self.row = 0
        self.bold = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EDF5F4"})
        self.plain = book.add_format()
        self.numbers = {unit: book.add_format({"num_format": mask}) for unit, mask in NUMBERS.items()}
        if shown.rtl:
            self.sheet.right_to_left()
        self.line([f"{shown.title} · {shown.tenant} · {shown.subject} · {shown.period} · {shown.revision}"], self.plain)

    def fill(self, section: Section) -> None:
        self.line([_("Figure"), _("Value"), _("Unit"), _("Month before")], self.bold)
        self.sheet.freeze_panes(self.row, 0)
        for figure in section.figures:
            cells = [label(figure.code), figure.value, unit_name(figure.unit), figure.previous]
            self.line(cells, self.plain, ("", figure.unit, "", figure.unit))
        for table in (*plot_tables(section), *section.tables):
            self.table(table)
        self.sheet.set_column(0, 0, 34)
        self.sheet.set_column(1, 8, 18)

    def table(self, table: Table) -> None:
        self.row += 1
        self.line([label(table.code)], self.plain)
        self.line([label(column) for column in table.columns], self.bold)
        for row in table.rows:
            self.line(_worded(row, table), self.plain, units_of(table))

    def line(self, cells: list[Cell], style: Format, units: tuple[str, ...] = ()) -> None:
        """Text always goes in as text: a name that begins with `=` must not be computed."""
        for at, cell in enumerate(cells):
            if isinstance(cell, str):
                self.sheet.write_string(self.row, at, cell, style)
            elif cell is not None:
                self.sheet.write_number(self.row, at, cell, self.numbers.get(units[at], style))
        self.row += 1


def _worded(row: tuple[Cell, ...], table: Table) -> list[Cell]:
    named = zip(row, table.columns, units_of(table), strict=True)
    return [cell_words(cell, column, unit) if isinstance(cell, str) else cell for cell, column, unit in named]
