"""Sheets made for tests: the same few people in whatever form a coordinator may send them."""

import csv
import io
from collections.abc import Sequence
from datetime import date

import xlsxwriter

from tenants.people.roster import checking, columns, reading
from tenants.people.roster.checking import Checked
from tenants.people.roster.duplicates import KnownPerson

TODAY = date(2026, 11, 22)
HEBREW = ("תפקיד", "שם פרטי", "שם משפחה", "טלפון", 'דוא"ל', "שנת לידה", "שעות פנויות", "הערות")
ENGLISH = ("Role", "First name", "Last name", "Mobile", "E-mail", "Year of birth", "Free hours", "Notes")
ADA = (
    "מלווה",
    "עדה",
    "לוי",
    "052-6753254",
    "ada@example.org",
    "1980",
    "ב 9:00-11:00; ג 18:00-21:00",
    'ביקשה "סבלנות", ועוד',
)
BO = ("משתתף", "בועז", "כהן", "+972 54 643 4067", "bo@example.org", "1971", "ה 17:00-19:00", "")
EVE = ("רכזת", "חוה", "מור", "03-6123456", "eve@example.org", "1966", "א 8:30-10:00", "שורה אחת\nועוד שורה")
PEOPLE = (ADA, BO, EVE)


def as_text(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    """Write rows the way a spreadsheet saves them."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def as_xlsx(rows: Sequence[Sequence[object]]) -> bytes:
    """Write rows as a workbook: dates as real dates, numbers as numbers, everything else as text."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "dd/mm/yyyy"}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, place, cell)
                elif cell is not None:
                    sheet.write(number, place, cell)
    return out.getvalue()


def checked(
    data: bytes, name: str = "sheet.csv", known: Sequence[KnownPerson] = (), here: checking.Here | None = None
) -> Checked:
    """Read, recognise and check, as the import page does."""
    table = reading.read_table(data, name)
    mapping = columns.recognise(table.headings)
    return checking.check(table, mapping, columns.guess_kind(mapping.values()), TODAY, here or checking.Here(known))


def one(**cells: str) -> Checked:
    """Check a sheet of one person in which the given fields are replaced; other fields become columns of their own."""
    fields = {"role": "mentor", "first name": "Ada", "last name": "Levi", "phone": "0526753254", **cells}
    rows = [[heading.replace("_", " ") for heading in fields], list(fields.values())]
    return checked(as_text(rows).encode())


def codes(found: Checked) -> list[tuple[int, str]]:
    """List what was refused as (row, code)."""
    return [(fault.row, fault.code) for fault in found.faults]
