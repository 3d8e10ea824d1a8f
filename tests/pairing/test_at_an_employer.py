"""At an employer: whoever stands above or below somebody at work is neither their mentor nor in their community."""

import pytest

from maagal import tenancy
from maagal.db import commit, db, within
from maagal.ids import new_id
from maagal.opening import open_and_furnish
from tenants.communities.actions import InOneLine, join, open_community
from tenants.intake import actions as intake
from tenants.intake.models import HelpRequest
from tenants.pairing import gather, rounds
from tenants.people.lines import lines, not_together
from tenants.people.models import Membership, Person, StaffRecord
from tests.circle import SINCE, make_person, token
from tests.conftest import empty
from tests.counting import statements
from tests.intake.asking import ASKED


@pytest.fixture(scope="session")
def works(house):
    """A company."""
    with house.app_context():
        return open_and_furnish("works", name="המפעל", kind="business", demo=True)


@pytest.fixture
def oak(context, works):
    """The other fixtures' circle, at the company."""
    empty(works)
    with within(works):
        yield works


@pytest.fixture
def employer(circle, oak):
    """Six employees: 1001 leads 1002, and so on down to 1006."""
    db.session.add_all(
        StaffRecord(number=str(number), first_name=f"First{number}", last_name="Last", manager_number=str(number - 1))
        for number in range(1001, 1007)
    )
    commit()
    return oak


def is_employee(person_id, number):
    db.session.get_one(Person, person_id).employee_number = number


def is_called(person_id, first, last):
    person = db.session.get_one(Person, person_id)
    person.first_name, person.last_name = first, last


def why_nobody(circle):
    left = rounds.begin([circle.community]).result["unmatched"]
    return [row["reason"] for row in left]


def test_a_manager_five_levels_up_is_never_suggested(circle, employer):
    is_employee(circle.miri, "1001")
    is_employee(circle.pnina, "1006")
    commit()
    assert why_nobody(circle) == ["reporting_line"]


def test_without_a_number_the_line_is_found_by_the_full_name(circle, employer):
    is_called(circle.miri, "first1003", " Last ")
    is_employee(circle.pnina, "1002")
    commit()
    assert why_nobody(circle) == ["reporting_line"]


def test_a_coordinator_who_writes_the_number_down_makes_the_line_known(circle, employer, browse):
    is_employee(circle.pnina, "1006")
    commit()
    assert why_nobody(circle) == ["line_unknown"]
    client = browse(circle.dana, tenant=employer)
    shown = client.get(f"/people/{circle.miri}/answers").text
    assert 'name="employee_number"' in shown
    told = {"version": "1", "mode": "either", "capacity": "1", "languages": "he", "skills": "budgeting"}
    told |= {"screened_at": "2026-01-01", "training_valid_until": "2027-12-31", "employee_number": " 1001 "}
    assert client.post(f"/people/{circle.miri}/answers", data=told | {"csrf_token": token(client)}).status_code == 303
    assert why_nobody(circle) == ["reporting_line"]
    assert 'name="employee_number"' not in browse(circle.miri, tenant=employer).get("/me/answers").text


def test_whoever_is_not_in_the_staff_file_is_matched_with_nobody_and_the_reason_is_said(circle, employer):
    is_employee(circle.pnina, "1002")
    commit()
    assert why_nobody(circle) == ["line_unknown"]


def test_a_name_that_two_employees_have_tells_nothing(circle, employer):
    db.session.add(StaffRecord(number="1009", first_name="First1006", last_name="Last"))
    is_called(circle.miri, "First1006", "Last")
    is_employee(circle.pnina, "1001")
    commit()
    assert why_nobody(circle) == ["line_unknown"]


def test_people_who_stand_in_different_lines_are_matched(circle, employer):
    db.session.add(StaffRecord(number="2001", first_name="Other", last_name="Branch"))
    is_employee(circle.miri, "2001")
    is_employee(circle.pnina, "1002")
    commit()
    assert why_nobody(circle) == []


def test_an_employer_that_gave_no_staff_file_keeps_nobody_apart(circle, oak):
    assert why_nobody(circle) == []


def test_those_whom_employees_help_from_outside_need_no_number(circle, employer):
    is_employee(circle.miri, "1001")
    commit()
    outreach = tenancy.Tenant(**{**vars(employer), "capabilities": employer.capabilities | {"outreach"}})
    with tenancy.entered(outreach):
        assert why_nobody(circle) == []


def test_a_file_that_leads_in_a_circle_ends(circle, employer):
    db.session.scalars(db.select(StaffRecord).where(StaffRecord.number == "1001")).one().manager_number = "1006"
    commit()
    place = lines().place("1003", "", "")
    assert place.managers == ("1002", "1001", "1006", "1005", "1004")


def test_a_participant_does_not_join_the_community_of_a_manager(circle, employer, browse):
    is_employee(circle.miri, "1001")
    rut = make_person("Rut", "Low", "participant", open_community("מעגל אחר").id)
    is_employee(rut, "1004")
    commit()
    with pytest.raises(InOneLine, match="Miri Lev"):
        join(rut, "participant", circle.community)
    assert join(rut, "advisor", circle.community)  # of two who help neither takes part
    assert [each.role for each in db.session.scalars(db.select(Membership).where(Membership.person_id == rut))] == [
        "participant", "advisor",
    ]  # fmt: skip


def test_a_manager_does_not_join_the_community_of_a_participant(circle, employer):
    is_employee(circle.pnina, "1005")
    boss = make_person("Boss", "High", "mentor", open_community("מעגל אחר").id)
    is_employee(boss, "1001")
    commit()
    with pytest.raises(InOneLine):
        join(boss, "mentor", circle.community)


def test_whoever_left_the_community_is_no_obstacle(circle, employer):
    is_employee(circle.miri, "1001")
    rut = make_person("Rut", "Low", "participant", open_community("מעגל אחר").id)
    is_employee(rut, "1004")
    db.session.scalars(db.select(Membership).where(Membership.person_id == circle.miri)).one().until = SINCE
    commit()
    assert join(rut, "participant", circle.community)


def test_a_request_is_not_accepted_into_it_and_stays_as_it_was(circle, employer):
    is_employee(circle.miri, "1001")
    request = intake.submit(ASKED, new_id())
    is_employee(request.person_id, "1003")
    intake.begin(request, circle.dana)
    with pytest.raises(InOneLine):
        intake.accept(request, circle.dana, circle.community)
    assert request.state == "in_conversation"


def test_both_pages_refuse_with_a_plain_reason_and_keep_what_was_typed(circle, employer, browse):
    is_employee(circle.miri, "1001")
    rut = make_person("Rut", "Low", "participant", open_community("מעגל אחר").id)
    is_employee(rut, "1004")
    request = intake.submit(ASKED, new_id())
    is_employee(request.person_id, "1003")
    intake.begin(request, circle.dana)
    commit()
    found, version = f"/requests/{request.id}", request.version
    client = browse(circle.dana)
    told = {"address": "rut.low@example.org", "role": "participant", "csrf_token": token(client)}
    joining = client.post(f"/communities/{circle.community}/people", data=told)
    told = {"accepted-version": version, "accepted-community": str(circle.community), "accepted-note": "דיברנו"}
    accepting = client.post(f"{found}/acceptance", data=told | {"csrf_token": token(client)})
    for answer, typed in ((joining, "rut.low@example.org"), (accepting, "דיברנו")):
        assert answer.status_code == 422
        assert typed in answer.text
        assert "קו דיווח" in answer.text
    assert db.session.scalars(db.select(HelpRequest.state)).one() == "in_conversation"


def test_a_sheets_people_who_must_not_meet_can_be_named_before_they_come_in(employer):
    staff = lines()
    told = [("row 1", "participant", "1006"), ("row 2", "mentor", "1002"), ("row 3", "mentor", "1001"), ("row 4", "mentor", None)]
    placed = [(row, role, staff.place(number, "", "")) for row, role, number in told]
    assert list(not_together(placed)) == [("row 1", "row 2"), ("row 1", "row 3")]


def test_gathering_an_employers_people_takes_few_round_trips(circle, employer):
    with statements() as asked:
        gather.gather([circle.community])
    assert len(asked) <= 3
