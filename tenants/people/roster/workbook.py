"""The cells of an XLSX workbook, from files that may have been made to hurt."""

import io
import re
import zipfile
import zlib
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook

from .columns import recognise

MOST_UNPACKED = 80_000_000  # bytes; 20,000 full rows need about a third of it
MOST_MEMBERS = 500
MOST_COLUMNS = 256
SAMPLE_ROWS = 25
PARTS = ("xl/", "_rels/", "[Content_Types]")
DECORATION = ("xl/theme/", "xl/drawings/", "xl/charts/", "xl/media/")
UNREADABLE = (CalamineError, zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, RuntimeError)
# The reader lays out every cell up to the farthest one, so one cell in the last corner would take all memory.
PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,4})(\d{1,10})["']""")


class BadWorkbookError(ValueError):
    """The file is not a workbook, or is larger than a roster can be; `too_large` tells which."""

    def __init__(self, *, too_large: bool = False) -> None:
        """Note whether the size alone is the reason."""
        super().__init__()
        self.too_large = too_large


def cells(data: bytes, most_rows: int) -> list[list[str]]:
    """Return the rows of the sheet that looks most like a roster, from the sheet's first row on, as text."""
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(_repacked(data, most_rows)))
        sheets = [_rows(workbook, name) for name in workbook.sheet_names]
    except BadWorkbookError:
        raise
    except UNREADABLE as wrong:
        raise BadWorkbookError from wrong
    return max(sheets, key=_likeness, default=[])


def _repacked(data: bytes, most_rows: int) -> bytes:
    """Unpack within limits and pack again, so that the reader meets no size that only claimed to be small."""
    packed = io.BytesIO()
    left = MOST_UNPACKED
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(packed, "w") as target:
        if len(source.infolist()) > MOST_MEMBERS:
            raise BadWorkbookError(too_large=True)
        for member in filter(_is_part, source.infolist()):
            with source.open(member) as stream:
                content = stream.read(left + 1)
            left -= len(content)
            if left < 0 or _reaches_too_far(content, most_rows):
                raise BadWorkbookError(too_large=True)
            target.writestr(member.filename, content)
    return packed.getvalue()


def _is_part(member: zipfile.ZipInfo) -> bool:
    """Keep an XLSX's own parts; other workbooks in a zip (XLSB, ODS) have ways to grow that nothing here guards."""
    name = member.filename
    return name.startswith(PARTS) and name.endswith((".xml", ".rels")) and not name.startswith(DECORATION)


def _reaches_too_far(content: bytes, most_rows: int) -> bool:
    return any(int(row) > most_rows or _column(letters) > MOST_COLUMNS for letters, row in PLACE.findall(content))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _rows(workbook: CalamineWorkbook, name: str) -> list[list[str]]:
    values = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return [[_text(value) for value in row] for row in values]


def _text(value: float | str | bool | time | date | datetime | timedelta) -> str:  # noqa: FBT001  # a cell may hold one
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _likeness(rows: list[list[str]]) -> tuple[int, int]:
    return max((len(recognise(row)) for row in rows[:SAMPLE_ROWS]), default=0), len(rows)
