"""Somebody who shares a phone or an address with a known person waits for a sign-in until a coordinator settles it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from maagal.db import commit, db
from maagal.ids import new_id
from tenants.audit.models import AuditEntry
from tenants.intake import actions as intake
from tenants.intake.asked import Asked
from tenants.people import queries
from tenants.people.models import Person
from tests.circle import Browser, Circle
from tests.counting import statements
from tests.people.signing_in.door import post_form

Browse = Callable[..., Browser]


@pytest.fixture
def twin(circle: Circle) -> Any:
    """A request of somebody who has Pnina's mail address."""
    told = Asked(first_name="Tal", last_name="Twin", email="pnina.tal@example.org", life_areas=("financial",))
    made = intake.submit(told, new_id())
    commit()
    return made


def test_it_is_settled_on_the_request_and_written_down(circle: Circle, twin: Any, browse: Browse) -> None:
    address, person = f"/requests/{twin.id}", twin.person_id
    client = browse(circle.dana)
    page = client.get(address).text
    assert f'href="/people/{circle.pnina}"' in page
    assert queries.account_of(person) is None
    for _ in range(2):
        assert post_form(client, f"{address}/account", token_from=address).status_code == 303
    db.session.remove()
    assert queries.account_of(person) is not None
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "let_in")).one()
    assert (entry.actor_id, entry.person_id) == (circle.dana, person)
    assert f"{address}/account" not in client.get(address).text


def test_it_is_settled_on_the_page_of_the_person(circle: Circle, twin: Any, browse: Browse) -> None:
    intake.begin(twin, circle.dana)
    intake.accept(twin, circle.dana, circle.community)
    commit()
    person, address = twin.person_id, f"/people/{twin.person_id}"
    client = browse(circle.dana)
    page = client.get(address).text
    assert f'href="/people/{circle.pnina}"' in page
    assert post_form(client, f"{address}/account", token_from="/me").status_code == 303
    db.session.remove()
    assert queries.account_of(person) is not None
    assert f"{address}/account" not in client.get(address).text


def test_many_who_share_a_number_cost_a_page_no_more_than_one(circle: Circle, browse: Browse) -> None:
    def shared_by(number: int) -> int:
        for each in range(number):
            db.session.add(Person(first_name=f"Twin{each}", phone="+97236123456"))
        db.session.get_one(Person, circle.pnina).phone = "+97236123456"
        commit()
        with statements() as told:
            assert "Twin0" in client.get(f"/people/{circle.pnina}").text
        return len(told)

    client = browse(circle.dana)
    client.get(f"/people/{circle.pnina}")
    assert shared_by(1) == shared_by(6)


def test_nobody_else_settles_it(circle: Circle, twin: Any, browse: Browse) -> None:
    person, addresses = twin.person_id, (f"/people/{twin.person_id}/account", f"/requests/{twin.id}/account")
    client = browse(circle.miri)
    for address in addresses:
        assert post_form(client, address, token_from="/me").status_code == 404
    db.session.remove()
    assert queries.account_of(person) is None
