"""What coordinators and administration see and do about communities."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from maagal import clock
from maagal.db import commit, db, within
from maagal.tenancy import Tenant
from tenants.communities import actions, board, queries
from tenants.communities.models import Community
from tenants.pairing import offers
from tenants.people.models import Membership, Person
from tests.circle import Circle, make_person, token

Browse = Callable[..., FlaskClient]


@pytest.fixture
def ada(circle: Circle) -> UUID:
    made = make_person("Ada", "Min", "administrator", None)
    commit()
    return made


NEW = {"name": "מעגל חיפה", "kind": "paired", "locality": "", "participant": "10", "mentor": "10", "advisor": "2"}


def test_a_coordinator_sees_the_people_of_her_community_by_role(circle: Circle, browse: Browse) -> None:
    answer = browse(circle.dana).get(f"/communities/{circle.community}")
    assert answer.status_code == 200
    assert "<bdi>Miri Lev</bdi>" in answer.text
    assert answer.text.index("Dana Rak") < answer.text.index("Adam Bar") < answer.text.index("Pnina Tal")


def test_nobody_else_sees_it(circle: Circle, ada: UUID, browse: Browse) -> None:
    address = f"/communities/{circle.community}"
    assert browse(circle.miri).get(address).status_code == 404
    assert browse(circle.pnina).get(address).status_code == 404
    assert browse().get(address).status_code == 303
    assert browse(ada).get(address).status_code == 200


def test_a_coordinator_of_another_community_sees_neither_it_nor_its_name(circle: Circle, browse: Browse) -> None:
    other = actions.open_community("מעגל אחר")
    zohar = make_person("Zohar", "Ash", "coordinator", other.id)
    commit()
    client = browse(zohar)
    assert client.get(f"/communities/{circle.community}").status_code == 404
    assert "מעגל בדיקה" not in client.get("/communities").text


def test_the_house_next_door_knows_nothing_of_it(circle: Circle, elm: Tenant, browse: Browse) -> None:
    db.session.remove()
    with within(elm):
        assert queries.by_id(circle.community) is None
        assert board.capacity() == []


def test_administration_opens_a_community_and_coordinators_do_not(circle: Circle, ada: UUID, browse: Browse) -> None:
    client = browse(ada)
    answer = client.post("/communities/new", data=NEW | {"coordinator": "2", "csrf_token": token(client)})
    assert answer.status_code == 303
    assert client.get(answer.location).status_code == 200
    assert browse(circle.dana).get("/communities/new").status_code == 404


def test_a_name_that_is_taken_is_refused_and_nothing_typed_is_lost(circle: Circle, ada: UUID, browse: Browse) -> None:
    client = browse(ada)
    sent = NEW | {"name": "מעגל בדיקה", "locality": "עפולה", "csrf_token": token(client)}
    answer = client.post("/communities/new", data=sent)
    assert answer.status_code == 422
    assert 'value="עפולה"' in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_administration_never_makes_itself_a_coordinator(circle: Circle, ada: UUID, browse: Browse) -> None:
    client = browse(ada)
    form = {"address": "ada.min@example.org", "role": "coordinator", "csrf_token": token(client)}
    assert client.post(f"/communities/{circle.community}/people", data=form).status_code == 422
    assert queries.membership(ada, "coordinator", circle.community) is None


def test_a_known_person_gets_a_role_and_it_ends(circle: Circle, browse: Browse) -> None:
    client = browse(circle.dana)
    form = {"address": "Pnina.Tal@example.org", "role": "mentor", "csrf_token": token(client)}
    assert client.post(f"/communities/{circle.community}/people", data=form).status_code == 303
    held = queries.membership(circle.pnina, "mentor", circle.community)
    assert client.post(f"/communities/people/{held.id}/end", data=form).status_code == 303
    db.session.expire_all()
    assert queries.membership(circle.pnina, "mentor", circle.community) is None


def test_a_role_is_given_once_however_often_it_is_asked(circle: Circle) -> None:
    first = actions.join(circle.pnina, "mentor", circle.community)
    assert actions.join(circle.pnina, "mentor", circle.community).id == first.id


def test_a_role_of_yesterday_is_no_role_of_today(circle: Circle) -> None:
    held = queries.membership(circle.pnina, "participant", circle.community)
    actions.leave(held, until=date(2026, 2, 1))
    commit()
    assert queries.people_by_role(circle.community)["participant"] == []
    assert len(queries.people_by_role(circle.community, date(2026, 1, 15))["participant"]) == 1


def test_a_coordinator_who_left_is_none_of_the_community(circle: Circle) -> None:
    assert queries.coordinators_of(circle.community) == sorted((circle.dana, circle.gil))
    db.session.get_one(Person, circle.gil).state = "left"
    db.session.flush()
    assert queries.coordinators_of(circle.community) == [circle.dana]


def test_the_board_counts_seats_and_names_what_is_missing(circle: Circle) -> None:
    make_person(
        "Rima", "Haj", "participant", circle.community,
        languages=["ar"], gender_preference="m", life_areas=["housing", "other"],
    )  # fmt: skip
    commit()
    one = board.with_seats_taken(board.capacity([circle.community]), {circle.community: 1})[0]
    assert (one.seats, one.taken, one.free, one.places) == (1, 1, 0, 13)
    assert one.there == {"coordinator": 2, "advisor": 1, "mentor": 1, "participant": 2}
    assert one.missing_languages == ("ar",)
    assert one.missing_genders == ("m",)
    assert one.missing_fields == ("financial", "housing")
    assert not one.without_cover


def test_the_pages_say_which_seats_are_taken_and_who_waits_longest(circle: Circle, ada: UUID, browse: Browse) -> None:
    day = clock.today() - timedelta(days=9)
    rima = make_person("Rima", "Haj", "participant", circle.community, languages=["ar"])
    db.session.execute(update(Membership).where(Membership.person_id == rima).values(since=day))
    offers.offer(circle.pnina, circle.miri, circle.community, summary="x", approved=True, actor_id=circle.dana)
    commit()
    for looking in (circle.dana, ada):
        client = browse(looking)
        for address in ("/communities", f"/communities/{circle.community}"):
            told = re.findall(r'<span class="value">(\d+)</span>', client.get(address).text)
            assert told[:3] == ["1", "0", "1"]
            assert re.search(r'<span class="change muted">[^<]*\b9\b', client.get(address).text)


def test_names_lead_to_the_people(circle: Circle, ada: UUID, browse: Browse) -> None:
    for looking in (circle.dana, ada):
        client = browse(looking)
        assert f'href="/people/{circle.pnina}"' in client.get(f"/communities/{circle.community}").text
        assert client.get(f"/people/{circle.pnina}").status_code == 200


def test_a_closed_community_leaves_the_board(circle: Circle) -> None:
    db.session.get(Community, circle.community).state = "closed"
    commit()
    assert board.capacity() == []
