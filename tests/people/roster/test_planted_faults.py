"""The sample sheets: each planted fault is named, and nothing else is called a fault."""

import json
from pathlib import Path

import pytest

from tenants.people.roster import columns, reading, staff
from tests.people.roster.sheets import checked

SAMPLES = Path(reading.__file__).parent / "samples"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text())
PEOPLE = sorted(path.name for path in SAMPLES.glob("people-*"))


@pytest.mark.parametrize("name", PEOPLE)
def test_each_planted_fault_is_named_and_nothing_else_is(name: str) -> None:
    found = checked((SAMPLES / name).read_bytes(), name)
    told = [(fault.row, fault.code) for fault in found.faults] + [(twin.row, "duplicate") for twin in found.duplicates]
    planted = [(one["row"], one["fault"].split()[0]) for one in EXPECTED.get(Path(name).stem, [])]
    assert sorted(told) == sorted(planted)


@pytest.mark.parametrize("name", PEOPLE)
def test_every_other_row_comes_in_with_every_column_understood(name: str) -> None:
    table = reading.read_table((SAMPLES / name).read_bytes(), name)
    mapping = columns.recognise(table.headings)
    found = checked((SAMPLES / name).read_bytes(), name)
    held = {fault.row for fault in found.faults} | {twin.row for twin in found.duplicates}
    assert len(mapping) == len(table.headings)
    assert [person.row for person in found.people] == [row.number for row in table.rows if row.number not in held]
    assert all(person.locality and person.phone and person.email and person.languages for person in found.people)
    assert not any(person.other_skills or person.other_experience for person in found.people)


def test_haifa_goes_in_whole() -> None:
    found = checked((SAMPLES / "people-haifa.csv").read_bytes(), "people-haifa.csv")
    assert (len(found.people), found.faults, found.duplicates) == (35, (), ())


def test_a_swapped_name_is_a_probable_duplicate_with_its_reasons() -> None:
    twin = checked((SAMPLES / "people-nazareth.csv").read_bytes()).duplicates[0]
    reasons = ["first and last name exchanged", "the same phone number", "the same e-mail address"]
    assert (twin.other_row, list(map(str, twin.reasons))) == (15, reasons)


def test_the_staff_file_is_its_own_kind_and_has_one_head() -> None:
    found = checked((SAMPLES / "staff-sadot.csv").read_bytes())
    lines = staff.reporting_line(found.staff)
    assert (len(found.staff), found.people, found.faults) == (160, (), ())
    assert [own for own, line in lines.items() if not line] == ["1001"]
    assert lines["1160"] == ("1028", "1005", "1001")
