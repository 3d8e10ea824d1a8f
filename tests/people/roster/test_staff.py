"""An employer's staff file: numbers, managers, and the lines between them."""

from collections.abc import Sequence

from tenants.people.roster.checking import Checked
from tenants.people.roster.staff import reporting_line, teams
from tests.people.roster.sheets import as_text, checked, codes

HEADINGS = ("מספר עובד", "שם פרטי", "שם משפחה", "מחלקה", "מנהל/ת ישיר/ה", 'דוא"ל בעבודה')


def org(*lines: Sequence[str]) -> Checked:
    rows = [(own, f"Name{own}", "Cohen", team, manager, "") for own, team, manager in lines]
    return checked(as_text([HEADINGS, *rows], ";").encode("cp1255"))


def test_lines_lead_up_to_the_head_and_teams_share_department_and_manager() -> None:
    found = org("1A-", "2A1", "3A1", "4A2", "5B2", "6A2")
    assert codes(found) == []
    assert reporting_line(found.staff) == {
        "1": (), "2": ("1",), "3": ("1",), "4": ("2", "1"), "5": ("2", "1"), "6": ("2", "1"),
    }  # fmt: skip
    assert teams(found.staff) == {("A", "1"): ("2", "3"), ("A", "2"): ("4", "6")}


def test_a_manager_nobody_knows_a_missing_number_and_a_number_twice_are_named() -> None:
    assert codes(org("1A-", "2A9", "-A1", "1A-")) == [(3, "manager"), (4, "number"), (5, "number")]


def test_everyone_in_a_circle_of_managers_is_named_and_those_below_it_are_not() -> None:
    found = org("1A3", "2A1", "3A2", "4A1", "5A5")
    assert codes(found) == [(2, "cycle"), (3, "cycle"), (4, "cycle"), (6, "cycle")]
    assert [person.number for person in found.staff] == ["4"]


def test_a_very_long_line_is_read() -> None:
    found = org(*[(str(own), "A", str(own - 1) if own > 1 else "") for own in range(1, 3000)])
    assert len(reporting_line(found.staff)["2999"]) == 2998


def test_numbers_stored_as_fractions_and_english_headings_are_the_same_file() -> None:
    rows = [
        ("Employee number", "Name", "Department", "Manager"),
        ("1.0", "Ada Levi", "A", ""),
        ("2.0", "Bo Cohen", "A", "1"),
    ]
    found = checked(as_text(rows, "\t").encode("utf-16"))
    assert [(one.number, one.last_name, one.manager_number) for one in found.staff] == [
        ("1", "Levi", None),
        ("2", "Cohen", "1"),
    ]
