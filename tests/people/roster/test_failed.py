"""Rows given back: in the coordinator's own columns, safe to open, and taken back by the import."""

import io

import pytest
from python_calamine import CalamineWorkbook

from tenants.people.roster import checking, columns, failed
from tenants.people.roster.reading import read_table
from tests.people.roster.sheets import ADA, BO, EVE, HEBREW, TODAY, as_text, checked, codes

FAULTY = (*BO[:5], "198", BO[6], '=HYPERLINK("http://example.org")')
TWIN = (ADA[0], ADA[2], ADA[1], *ADA[3:])
SHEET = as_text([HEBREW, ADA, FAULTY, EVE, TWIN], ";").encode("cp1255")


def given_back(form: str, data: bytes = SHEET) -> bytes:
    table = read_table(data, "sheet.csv")
    found = checking.check(table, columns.recognise(table.headings), "people", TODAY)
    return failed.as_csv(table, found) if form == "csv" else failed.as_xlsx(table, found)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_only_rows_that_did_not_come_in_return_each_with_its_reason(form: str) -> None:
    table = read_table(given_back(form), "back")
    assert table.headings == (*HEBREW, "What to correct")
    assert [row.cells[1] for row in table.rows] == [FAULTY[1], TWIN[1]]
    assert table.rows[0].cells[-1] == "שנת לידה: “\u2068198\u2069” is not a year of birth between 1900 and 2026."
    assert table.rows[1].cells[-1].startswith("Probably the same person as in row 2: first and last name exchanged")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_import_takes_the_file_back_and_says_the_same_once_more(form: str) -> None:
    again = given_back(form)
    assert codes(checked(again)) == [(2, "year")]
    assert given_back(form, again).count(b"What to correct") <= 1
    assert len(read_table(given_back(form, again), "back").headings) == len(HEBREW) + 1


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_corrected_row_comes_in(form: str) -> None:
    table = read_table(given_back(form), "back")
    row = ["1971" if cell == "198" else cell for cell in table.rows[0].cells]
    person = checked(as_text([table.headings, row]).encode()).people[0]
    assert person.phone
    assert person.phone.number == "+972546434067"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "\n@"])
def test_no_cell_of_the_csv_begins_like_a_formula(start: str) -> None:
    assert failed.safe(f"{start}1+1").startswith("'")


def test_the_workbook_holds_text_only_from_right_to_left() -> None:
    data = given_back("xlsx")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    assert {type(cell) for row in sheet.to_python() for cell in row} == {str}
    assert FAULTY[7] in sheet.to_python()[1]
