"""From the bytes of an uploaded sheet to a table with headings and numbered rows."""

from dataclasses import dataclass, field

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from maagal.text import isolate

from . import dialect, encoding, workbook
from .columns import field_of, recognise
from .text import clean

MOST_BYTES = 5_000_000
MOST_ROWS = 20_000
MOST_COLUMNS = 256
SEARCHED_ROWS = 20
ZIP, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
OTHER_FILES = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"{\\rtf",
    b"Rar!",
    b"\x1f\x8b",
    b"<!DOCTYPE",
    b"<html",
    b"<?xml",
)


class Unreadable(Exception):
    """The file as a whole cannot be read; `sentence` says why in plain words."""

    def __init__(self, sentence: LazyString) -> None:
        """Keep the sentence unspoken until the reader's language is known."""
        super().__init__()
        self.sentence = sentence


@dataclass(frozen=True)
class Row:
    """One row that holds something: its number in the sheet, counted from 1, and its cells as text."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A sheet: the headings, the sheet row they stand in, and the rows below them that hold anything."""

    headings: tuple[str, ...]
    heading_row: int
    rows: tuple[Row, ...] = field(repr=False)


def read_table(data: bytes, filename: str) -> Table:
    """Read CSV (any separator, any encoding of Hebrew) or XLSX, told apart by content; raise Unreadable otherwise.

    The name only helps to word a refusal. Limits: 5 MB, 20,000 rows, 256 columns.
    """
    if len(data) > MOST_BYTES:
        raise Unreadable(_l("The file is larger than %(most)s MB.", most=MOST_BYTES // 1_000_000))
    if not data.strip(b"\0 \t\r\n"):
        raise Unreadable(_l("The file is empty."))
    records = _from_workbook(data) if data.startswith(ZIP) else _from_text(data, filename)
    return _table(records)


def _from_workbook(data: bytes) -> list[list[str]]:
    try:
        return workbook.cells(data, MOST_ROWS + SEARCHED_ROWS)
    except workbook.BadWorkbookError as wrong:
        if wrong.too_large:
            raise _too_many() from wrong
        raise Unreadable(_l("This is not an Excel workbook (XLSX) that can be opened.")) from wrong


def _from_text(data: bytes, filename: str) -> list[list[str]]:
    if data.startswith(OLD_OFFICE):
        message = _l(
            "This is an old or a password-protected Excel file. Save it as an XLSX or CSV file without a password."
        )
        raise Unreadable(message)
    text = None if data.lstrip().startswith(OTHER_FILES) else encoding.decode(data)
    if text is None:
        raise Unreadable(_l("“%(name)s” is not a table. Send an XLSX or CSV file.", name=isolate(clean(filename)[:80])))
    try:
        return dialect.cut(text.replace("\0", ""))
    except dialect.NotATableError as wrong:
        raise Unreadable(_l("The text in the file cannot be divided into rows and cells.")) from wrong


def _table(records: list[list[str]]) -> Table:
    filled = [Row(number, tuple(cells)) for number, cells in enumerate(records, 1) if any(map(clean, cells))]
    if len(filled) > MOST_ROWS + SEARCHED_ROWS:
        raise _too_many()
    if max((len(row.cells) for row in filled), default=0) > MOST_COLUMNS:
        raise _too_many()
    if not filled:
        raise Unreadable(_l("The file is empty."))
    headings, last = _headings(filled)
    if len(headings) < 2:
        raise Unreadable(_l("The file holds one column only; a list of people needs at least a name and a role."))
    rows = tuple(row for row in filled if row.number > last)
    if not rows:
        raise Unreadable(_l("There are no rows below the headings."))
    return Table(headings, last, rows)


def _headings(filled: list[Row]) -> tuple[tuple[str, ...], int]:
    """Find the row with most known headings near the top; a heading merged over two rows is read from both."""
    top = filled[:SEARCHED_ROWS]
    best = max(range(len(top)), key=lambda place: (len(recognise(top[place].cells)), -place))
    above = top[best - 1].cells if best else ()
    row, below = top[best], top[best + 1 : best + 2]
    names = [clean(cell) or _known(above, place) for place, cell in enumerate(row.cells)]
    if below and all(field_of(cell) for cell in below[0].cells if clean(cell)):
        row = below[0]
        names = [clean(cell) or name for cell, name in zip(_padded(row.cells, len(names)), names, strict=False)]
    while names and not names[-1]:
        names.pop()
    return tuple(names), row.number


def _known(cells: tuple[str, ...], place: int) -> str:
    return clean(cells[place]) if place < len(cells) and field_of(cells[place]) else ""


def _padded(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    return cells + ("",) * (width - len(cells))


def _too_many() -> Unreadable:
    return Unreadable(_l("The file has more than %(most)s rows or unusually many columns.", most=f"{MOST_ROWS:,}"))
