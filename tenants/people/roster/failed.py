"""Rows that did not come in, as a file in the coordinator's own columns with one more that says what to correct."""

import csv
import io
from collections.abc import Collection, Iterator

import xlsxwriter
from flask_babel import lazy_gettext as _l

from .checking import Checked, Duplicate
from .columns import field_of
from .faults import Fault
from .reading import Table
from .text import FORMULA_STARTS

HEADING = _l("What to correct")


def as_csv(table: Table, checked: Checked, without: Collection[int] = ()) -> bytes:
    """Return the rows as CSV in UTF-8 with a mark, which spreadsheets open in Hebrew; formulas become text.

    `without` are sheet rows not to return, such as probable duplicates the coordinator let in.
    """
    text = io.StringIO(newline="")
    csv.writer(text).writerows([safe(cell) for cell in cells] for cells in _lines(table, checked, without))
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(table: Table, checked: Checked, without: Collection[int] = ()) -> bytes:
    """Return the rows as a right-to-left workbook in which every cell is text, so that nothing is ever calculated."""
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.right_to_left()
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(table.headings), 18)
        bold = book.add_format({"bold": True})
        for number, cells in enumerate(_lines(table, checked, without)):
            for place, cell in enumerate(cells):
                sheet.write_string(number, place, _printable(cell), bold if number == 0 else None)
    return packed.getvalue()


def safe(cell: str) -> str:
    """Put the spreadsheet's text mark before a cell that would otherwise be calculated (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) or cell.lstrip().startswith(("=", "@")) else cell


def what_to_correct(checked: Checked) -> dict[int, str]:
    """Say for every row that did not come in why, in one line."""
    said: dict[int, list[str]] = {}
    for fault in checked.faults:
        said.setdefault(fault.row, []).append(_fault(fault))
    for duplicate in checked.duplicates:
        said.setdefault(duplicate.row, []).append(_duplicate(duplicate))
    return {row: " · ".join(sentences) for row, sentences in said.items()}


def _lines(table: Table, checked: Checked, without: Collection[int]) -> Iterator[list[str]]:
    kept = [place for place, heading in enumerate(table.headings) if field_of(heading) != "faults"]
    yield [*(table.headings[place] for place in kept), str(HEADING)]
    reasons = what_to_correct(checked)
    for row in table.rows:
        if row.number in reasons and row.number not in without:
            cells = row.cells + ("",) * len(table.headings)
            yield [*(cells[place] for place in kept), *_surplus(row.cells, len(table.headings)), reasons[row.number]]


def _surplus(cells: tuple[str, ...], width: int) -> list[str]:
    """Keep cells beyond the headings: the coordinator needs them to put the row right."""
    return [cell for cell in cells[width:] if cell.strip()]


def _fault(fault: Fault) -> str:
    return f"{fault.column}: {fault.sentence}" if fault.column else str(fault.sentence)


def _duplicate(duplicate: Duplicate) -> str:
    reasons = ", ".join(map(str, duplicate.reasons))
    if duplicate.other_row is not None:
        return str(
            _l("Probably the same person as in row %(row)s: %(reasons)s", row=duplicate.other_row, reasons=reasons)
        )
    return str(_l("Probably somebody who is here already: %(reasons)s", reasons=reasons))


def _printable(cell: str) -> str:
    return "".join(sign for sign in cell[:32_000] if sign >= " " or sign in "\t\n")
