"""Sheets that name people who are here: nobody is made twice, a role may be given, and nobody promotes themself."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select, update

from maagal.db import commit, db
from tenants.audit.models import AuditEntry
from tenants.communities.actions import join, open_community
from tenants.people.importing import views
from tenants.people.models import ImportBatch, Membership, Person
from tests.circle import Browser, Circle, token
from tests.people.importing.conftest import as_shown, bring_in, check, make_due, people, work
from tests.people.roster.sheets import ADA, BO, HEBREW, as_text

Browse = Callable[..., Browser]
PHONE_ONLY = b"role,first name,last name,phone\nmentor,Ruth,Gold,052-6753254\n"


@pytest.fixture
def second(circle: Circle) -> UUID:
    """Another community, of which Dana is a coordinator too."""
    made = open_community("מעגל שני").id
    join(circle.dana, "coordinator", made)
    commit()
    return made


def roles_of(first_name: str) -> list[tuple[str, UUID, bool]]:
    """Return (role, community, whether it has ended) of the one person of that name."""
    db.session.rollback()
    held = select(Membership).join(Person).where(Person.first_name == first_name).order_by(Membership.id)
    return sorted((each.role, each.community_id, each.until is not None) for each in db.session.scalars(held))


def latest() -> ImportBatch:
    db.session.rollback()
    return db.session.scalars(select(ImportBatch).order_by(ImportBatch.created_at.desc()).limit(1)).one()


def test_the_same_file_again_makes_nobody_although_the_phone_was_corrected(circle: Circle, browse: Browse) -> None:
    client = browse(circle.dana)
    bring_in(client, check(client, circle.community, PHONE_ONLY))
    before = people()
    db.session.execute(update(Person).where(Person.first_name == "Ruth").values(phone="+972501112233"))
    commit()
    again = check(client, circle.community, PHONE_ONLY)
    assert (latest().counts["good"], latest().counts["here"]) == (0, 1)
    client.post(f"{again}/commit", data=as_shown(client, again))
    work()
    assert people() == before


def test_two_copies_of_a_file_that_were_checked_before_either_came_in_make_nobody_twice(circle: Circle, browse: Browse) -> None:
    client = browse(circle.dana)
    one, two = (check(client, circle.community, PHONE_ONLY, name) for name in ("one.csv", "two.csv"))
    bring_in(client, one)
    before = people()
    db.session.execute(update(Person).where(Person.first_name == "Ruth").values(phone="+972501112233"))
    commit()
    bring_in(client, two)
    assert people() == before


def test_a_known_person_gets_the_role_of_another_communitys_sheet(circle: Circle, second: UUID, browse: Browse) -> None:
    client, sheet = browse(circle.dana), as_text([HEBREW, ADA]).encode()
    bring_in(client, check(client, circle.community, sheet))
    before = people()
    address = check(client, second, as_text([HEBREW, ADA, BO]).encode())
    page = client.get(address).text
    assert 'id="role-2"' in page
    assert [latest().counts[kind] for kind in ("good", "here", "roles")] == [1, 0, 1]
    bring_in(client, address, let_in="2")
    assert people() == before + 1
    assert roles_of("עדה") == sorted([("mentor", circle.community, False), ("mentor", second, False)])
    assert (latest().counts["made"], latest().counts["joined"]) == (1, 1)
    began = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "began", AuditEntry.actor_id == circle.dana)).one()
    assert began.community_id == second
    check(client, second, as_text([HEBREW, ADA, BO]).encode())
    assert latest().counts["roles"] == 0


def test_unless_it_is_wished_a_known_person_gets_no_role(circle: Circle, second: UUID, browse: Browse) -> None:
    client = browse(circle.dana)
    bring_in(client, check(client, circle.community, as_text([HEBREW, ADA]).encode()))
    bring_in(client, check(client, second, as_text([HEBREW, ADA, BO]).encode()))
    assert roles_of("עדה") == [("mentor", circle.community, False)]


def test_two_roles_in_one_sheet_are_one_person_and_are_taken_back_together(circle: Circle, browse: Browse) -> None:
    client, before = browse(circle.dana), people()
    address = check(client, circle.community, as_text([HEBREW, ADA, ("משתתפת", *ADA[1:])]).encode())
    bring_in(client, address, every_role="y")
    assert people() == before + 1
    assert roles_of("עדה") == [("mentor", circle.community, False), ("participant", circle.community, False)]
    client.post(f"{address}/undo", data={"csrf_token": token(client)})
    make_due()
    work()
    assert people() == before


def test_taking_a_sheet_back_ends_the_roles_it_gave(circle: Circle, second: UUID, browse: Browse) -> None:
    client = browse(circle.dana)
    bring_in(client, check(client, circle.community, as_text([HEBREW, ADA]).encode()))
    address = check(client, second, as_text([HEBREW, ADA]).encode())
    bring_in(client, address, every_role="y")
    client.post(f"{address}/undo", data={"csrf_token": token(client)})
    assert roles_of("עדה") == sorted([("mentor", circle.community, False), ("mentor", second, True)])


def own_row(contact: str) -> bytes:
    return f"role,first name,last name,email\ncoordinator,Quite,Else,{contact}\n".encode()


def test_administration_makes_itself_no_coordinator_by_a_sheet(circle: Circle, ella: UUID, browse: Browse) -> None:
    client = browse(ella)
    check(client, circle.community, own_row("Ella.Min@example.org"))
    assert (latest().counts["good"], latest().counts["faulty"]) == (0, 1)


def test_nor_by_one_that_somebody_else_uploaded(circle: Circle, ella: UUID, browse: Browse) -> None:
    address = check(browse(circle.dana), circle.community, own_row("ella.min@example.org"))
    client, before = browse(ella), people()
    answer = client.post(f"{address}/commit", data=as_shown(client, address, every_duplicate="y"))
    assert answer.status_code == 422
    work()
    assert people() == before
    bring_in(browse(circle.gil), address, every_duplicate="y")
    assert people() == before + 1


def test_nor_by_a_further_role_of_another_row(circle: Circle, ella: UUID, browse: Browse) -> None:
    rows = "".join(f"{role},Quite,Else,ella.min@example.org\n" for role in ("mentor", "coordinator"))
    address = check(browse(circle.dana), circle.community, f"role,first name,last name,email\n{rows}".encode())
    client = browse(ella)
    every = as_shown(client, address, every_duplicate="y", every_role="y")
    assert client.post(f"{address}/commit", data=every).status_code == 422
    only_mentor = as_shown(client, address, every_duplicate="y")
    assert client.post(f"{address}/commit", data=only_mentor).status_code == 303


def test_a_coordinator_stands_in_the_sheet_of_her_own_community(circle: Circle, browse: Browse) -> None:
    client = browse(circle.dana)
    check(client, circle.community, b"role,first name,last name,email\ncoordinator,Dana,Rak,dana.rak@example.org\n")
    assert (latest().counts["faulty"], latest().counts["here"], latest().counts["roles"]) == (0, 1, 0)


def test_more_duplicates_than_are_shown_can_all_be_said_to_be_others(
    circle: Circle, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST_SHOWN", 3)
    rows = "".join(f"mentor,Name{number},Other,03-6123456\n" for number in range(8))
    client, before = browse(circle.dana), people()
    address = check(client, circle.community, f"role,first name,last name,phone\n{rows}".encode())
    assert 'name="every_duplicate"' in client.get(address).text
    bring_in(client, address, every_duplicate="y")
    assert people() == before + 8
