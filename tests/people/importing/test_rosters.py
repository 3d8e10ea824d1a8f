"""The sample sheets, as a coordinator brings them in."""

import json
import re
from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import func, select

from maagal import sealing
from maagal.db import db
from maagal.events import Outbox
from tenants.notifications.models import Notice
from tenants.people.models import Account, ImportBatch, Membership, Person, Profile, StaffRecord
from tests.circle import Browser, Circle
from tests.people.importing.conftest import SAMPLES, bring_in, check, sample, work

Browse = Callable[..., Browser]
EXPECTED = json.loads((SAMPLES / "expected.json").read_text())
PUBLIC = ["people-haifa.csv", "people-nazareth.csv", "people-beer-sheva.xlsx", "people-ramat-gan.xlsx"]


def count(model: type, *where: object) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def rows_named(page: str) -> set[int]:
    """Read which rows the page of a dry run names, in its lists of faults and of duplicates."""
    return {int(row) for row in re.findall(r'<span class="title">\D*(\d+): ', page)}


@pytest.mark.parametrize("name", PUBLIC)
def test_every_planted_fault_is_named_and_the_others_come_in(name: str, circle: Circle, browse: Browse) -> None:
    client, before = browse(circle.dana), count(Person)
    address = check(client, circle.community, sample(name), name)
    page = client.get(address).text
    planted = {one["row"] for one in EXPECTED.get(name.split(".", maxsplit=1)[0], [])}
    assert rows_named(page) == planted
    bring_in(client, address)
    batch = db.session.scalars(select(ImportBatch)).one()
    assert (batch.state, batch.counts["made"]) == ("committed", batch.counts["rows"] - len(planted))
    assert count(Person) - before == count(Account) - before == count(Profile) - before == batch.counts["made"]
    assert count(Membership, Membership.community_id == circle.community) - before == batch.counts["made"]


def test_haifa_goes_in_whole_and_again_makes_nobody(circle: Circle, browse: Browse) -> None:
    client, before = browse(circle.dana), count(Person)
    bring_in(client, check(client, circle.community, sample("people-haifa.csv")))
    assert count(Person) - before == 35
    again = check(client, circle.community, sample("people-haifa.csv"))
    page = client.get(again).text
    assert 'class="notice wait"' in page  # this very file was brought in before
    assert rows_named(page) == set()
    assert db.session.get(ImportBatch, again.split("/")[-1]).counts["here"] == 35
    bring_in(client, again)
    assert count(Person) - before == 35


def test_a_person_comes_in_with_what_the_sheet_tells(circle: Circle, browse: Browse) -> None:
    client = browse(circle.dana)
    bring_in(client, check(client, circle.community, sample("people-haifa.csv")))
    adi = db.session.scalars(select(Person).where(Person.email == "mentor8.haifa@example.org")).one()
    profile = adi.profile
    assert (adi.first_name, adi.last_name, adi.gender, adi.birth_year) == ("עדי", "שפירא", "f", 1983)
    assert adi.phone == "+972556668282"
    assert (profile.languages, profile.skills) == (["he", "en"], ["listening", "real_estate"])
    assert profile.free_hours[0] == [0, 960, 1140]
    assert (profile.locality, round(profile.latitude, 1)) == ("חיפה", 32.8)
    assert str(profile.training_valid_until) == "2027-09-01"
    assert profile.screened_at is not None
    notes = sealing.unseal(adi.notes, sealing.Place("people", adi.id, "notes"))
    assert notes == "מעדיפה לא לדבר בטלפון, רק הודעות"
    israel = db.session.scalars(select(Person).where(Person.email == "participant7.haifa@example.org")).one()
    assert (israel.profile.life_areas, israel.profile.screened_at) == (["employment", "bureaucracy"], None)


def test_nobody_is_written_to_unless_it_was_ticked(circle: Circle, browse: Browse) -> None:
    client = browse(circle.dana)
    bring_in(client, check(client, circle.community, sample("people-haifa.csv")))
    assert count(Notice) == count(Outbox, Outbox.kind == "mail") == 0
    bring_in(client, check(client, circle.community, sample("people-beer-sheva.xlsx")), notify="y")
    made = db.session.scalars(select(ImportBatch).where(ImportBatch.notify)).one().counts["made"]
    assert count(Notice) == count(Outbox, Outbox.kind == "mail") == made > 0


def test_the_house_hears_who_joined(circle: Circle, browse: Browse) -> None:
    client = browse(circle.dana)
    bring_in(client, check(client, circle.community, sample("people-haifa.csv")))
    joined = list(db.session.scalars(select(Outbox).where(Outbox.name == "tenants.people.events.PersonJoined")))
    assert len(joined) == 35
    assert {fact.body["role"] for fact in joined} == {"participant", "mentor", "advisor", "coordinator"}
    assert count(Outbox, Outbox.name == "tenants.people.events.RosterTakenOver") == 1


def test_a_duplicate_comes_in_when_it_is_somebody_else(circle: Circle, browse: Browse) -> None:
    client, before = browse(circle.dana), count(Person)
    address = check(client, circle.community, sample("people-nazareth.csv"))
    page = unescape(client.get(address).text)
    assert 'name="let_in" value="37"' in page
    assert "first and last name exchanged" in page or "הוחלפו" in page
    bring_in(client, address, let_in="37")
    batch = db.session.scalars(select(ImportBatch)).one()
    assert batch.let_in == [37]
    assert count(Person) - before == batch.counts["made"] == batch.counts["good"] + 1
    assert ",37," not in client.get(f"{address}/to-correct.csv").text


def test_the_rows_to_correct_come_in_once_they_are_corrected(circle: Circle, browse: Browse) -> None:
    client, before = browse(circle.dana), count(Person)
    address = check(client, circle.community, sample("people-nazareth.csv"))
    bring_in(client, address)
    book = client.get(f"{address}/to-correct.xlsx")
    assert (book.status_code, book.data[:2]) == (200, b"PK")
    assert book.headers["Content-Disposition"].startswith("attachment")
    made, text = count(Person) - before, client.get(f"{address}/to-correct.csv").data.decode("utf-8-sig")
    assert len(text.splitlines()) == 1 + 4
    assert ",אין," in text
    mended = text.replace(",אין,", ",mended@example.org,")
    again = check(client, circle.community, mended.encode(), "to-correct.csv")
    bring_in(client, again)
    assert count(Person) - before == made + 1


def test_an_employers_staff_file_makes_records_and_nobody(sadot_circle: Circle, desk: Browser) -> None:
    client, before = desk, count(Person)
    address = check(client, sadot_circle.community, sample("staff-sadot.csv"), "staff-sadot.csv")
    bring_in(client, address)
    assert (count(StaffRecord), count(Person)) == (160, before)
    chief = db.session.scalars(select(StaffRecord).where(StaffRecord.number == "1001")).one()
    assert (chief.manager_number, chief.work_email) == (None, "e1001@sadot.example.org")


def test_a_newer_staff_file_renews_records_and_tells_who_vanished(sadot_circle: Circle, desk: Browser) -> None:
    client = desk
    bring_in(client, check(client, sadot_circle.community, sample("staff-sadot.csv")))
    lines = sample("staff-sadot.csv").decode("cp1255").splitlines()
    newer = "\n".join([*lines[:-2], lines[-1].replace(lines[-1].split(";")[1], "שםחדש")])
    address = check(client, sadot_circle.community, newer.encode("cp1255"))
    counts = db.session.get(ImportBatch, address.split("/")[-1]).counts
    assert (counts["here"], counts["vanished"]) == (159, 1)
    bring_in(client, address)
    assert count(StaffRecord) == 160
    assert count(StaffRecord, StaffRecord.first_name == "שםחדש") == 1


def test_staff_and_those_who_joined_are_never_laid_side_by_side(sadot_circle: Circle, desk: Browser) -> None:
    client = desk
    address = check(client, sadot_circle.community, sample("people-sadot.csv"), "people-sadot.csv")
    assert rows_named(client.get(address).text) == {one["row"] for one in EXPECTED["people-sadot"]}
    bring_in(client, address)
    staff = check(client, sadot_circle.community, sample("staff-sadot.csv"), "staff-sadot.csv")
    counts = db.session.get(ImportBatch, staff.split("/")[-1]).counts
    assert (counts["good"], counts["here"], counts["duplicates"]) == (160, 0, 0)
    bring_in(client, staff)
    page = client.get(staff).text
    numbers = db.session.scalars(select(Person.employee_number).where(Person.employee_number.is_not(None)))
    assert not any(f">{number}<" in page for number in numbers)


def test_a_long_sheet_is_judged_behind_the_scenes(circle: Circle, browse: Browse) -> None:
    head = "role,first name,last name,phone\n"
    rows = "".join(f"mentor,Ada{n},Levi,05{20000000 + n}\n" for n in range(1_100))
    client = browse(circle.dana)
    address = check(client, circle.community, (head + rows).encode())
    assert "hx-trigger" in client.get(address).text
    work()
    batch = db.session.get(ImportBatch, address.split("/")[-1])
    assert (batch.state, batch.counts["good"]) == ("checked", 1_100)
