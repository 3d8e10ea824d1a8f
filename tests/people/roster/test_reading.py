"""Whatever form a sheet comes in, the same people come out; and what is no sheet is refused in words."""

import io
import zipfile
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tenants.people.roster.reading import Unreadable, read_table
from tests.people.roster.sheets import ADA, ENGLISH, HEBREW, PEOPLE, as_text, as_xlsx, checked, codes

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1255", "iso8859_8", "cp862", "utf-32"]


def names(data: bytes) -> list[tuple[int, str, str]]:
    found = checked(data)
    assert codes(found) == []
    return [(person.row, person.first_name, person.notes) for person in found.people]


EXPECTED = [(row, cells[1], cells[7]) for row, cells in enumerate(PEOPLE, 2)]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("headings", [HEBREW, ENGLISH])
def test_every_encoding_and_separator_gives_the_same_people(
    encoding: str, delimiter: str, headings: tuple[str, ...]
) -> None:
    assert names(as_text([headings, *PEOPLE], delimiter).encode(encoding)) == EXPECTED


@pytest.mark.parametrize("line", ["\n", "\r\n", "\r"])
def test_every_line_ending_is_one(line: str) -> None:
    assert names(as_text([HEBREW, *PEOPLE]).replace("\r\n", line).encode()) == EXPECTED


def test_columns_may_stand_in_any_order() -> None:
    rows = [tuple(reversed(row)) for row in (HEBREW, *PEOPLE)]
    assert names(as_text(rows, ";").encode("cp1255")) == EXPECTED


def test_row_numbers_are_those_of_the_sheet_also_past_empty_rows_and_titles() -> None:
    rows = [("קהילת חיפה",), (), HEBREW, (), ADA, ("", "", ""), PEOPLE[1]]
    assert [row for row, _, _ in names(as_text(rows).encode())] == [5, 7]
    assert [row for row, _, _ in names(as_xlsx(rows))] == [5, 7]


def test_a_heading_over_two_rows_is_read_from_both() -> None:
    upper = ("תפקיד", "שם", "", "טלפון", 'דוא"ל', "שנת לידה", "שעות פנויות", "הערות")
    lower = ("", "שם פרטי", "שם משפחה", "", "", "", "", "")
    assert [row[1] for row in names(as_text([upper, lower, *PEOPLE]).encode())] == [row[1] for row in EXPECTED]


def test_empty_columns_at_the_end_say_nothing() -> None:
    rows = [(*row, "", "") for row in (HEBREW, *PEOPLE)]
    assert names(as_text(rows).encode()) == EXPECTED


def test_a_cell_beyond_the_headings_is_a_fault_because_the_row_was_cut_apart() -> None:
    assert codes(checked(as_text([HEBREW, (*ADA, "ועוד")]).encode())) == [(2, "columns")]


def test_a_workbook_keeps_real_dates_numbers_and_a_phone_without_its_zero() -> None:
    headings = (*ENGLISH[:6], "Training valid until", "Capacity")
    ada = ("mentor", "Ada", "Levi", 526753254, "ada@example.org", date(1980, 5, 1), date(2027, 6, 30), 2)
    found = checked(as_xlsx([headings, ada]))
    person = found.people[0]
    assert person.phone
    assert person.phone.number == "+972526753254"
    assert (person.birth_year, person.training_valid_until, person.capacity) == (1980, date(2027, 6, 30), 2)


def crooked(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(as_xlsx([HEBREW, *PEOPLE]))) as source, zipfile.ZipFile(packed, "w", 8) as target:
        for member in source.namelist():
            target.writestr(member, content if member == name else source.read(member))
    return packed.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
FAR = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1"><c r="A1"><v>1</v></c></row>'
    b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
)
NO_TABLES = {
    "nothing": b"",
    "only blanks": b"\r\n \t\r\n",
    "only a mark": b"\xef\xbb\xbf",
    "only separators": b",,,\n,,,\n",
    "headings alone": as_text([HEBREW]).encode(),
    "one column": b"a\nb\nc\n",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "a document": b"%PDF-1.7 ...",
    "a web page": b"<!DOCTYPE html><p>a,b",
    "an old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "a zip of something else": crooked("xl/workbook.xml", b"<nothing/>"),
    "half a workbook": as_xlsx([HEBREW, *PEOPLE])[:900],
    "a bomb": crooked(SHEET, b" " * 90_000_000),
    "a cell in the last corner": crooked(SHEET, FAR),
    "more than 5 MB": b"a,b\n" * 1_300_000,
    "more than 20,000 rows": as_text([HEBREW, *[("x", "y")] * 20_100]).encode(),
    "very many columns": b",".join(b"a%d" % number for number in range(400)) + b"\n" + b"x," * 399 + b"x\n",
    "an endless cell": b'a,b\n"' + b"x" * 200_000,
}


@pytest.mark.parametrize("data", NO_TABLES.values(), ids=NO_TABLES)
def test_what_is_no_table_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        read_table(data, "list.xlsx")
    assert str(refused.value.sentence).endswith(".")


@settings(max_examples=150, deadline=None)
@example(b"\x00\x01" + b"\x00" * 18, b"\xff\xfe")  # a NUL that the cutter of cells stumbled over
@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf", HEBREW[0].encode()]))
def test_no_bytes_raise_anything_but_unreadable(data: bytes, start: bytes) -> None:
    try:
        checked(start + data)
    except Unreadable as refused:
        said = str(refused.sentence)
        assert said


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(*[st.text(max_size=30)] * len(HEBREW)), min_size=1, max_size=4))
def test_no_cells_raise_anything(rows: list[tuple[str, ...]]) -> None:
    try:
        found = checked(as_text([HEBREW, *rows]).encode("utf-8", "replace"))
    except Unreadable as refused:
        said = str(refused.sentence)
        assert said
    else:
        assert all(str(fault.sentence) for fault in found.faults)
