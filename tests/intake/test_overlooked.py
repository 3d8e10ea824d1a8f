"""No request is overlooked: not when its owner leaves, not when its community has no coordinator, and not one's own by others."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from maagal import clock
from maagal.db import commit, db
from maagal.ids import new_id
from tenants.communities.actions import leave, open_community
from tenants.communities.events import MembershipEnded
from tenants.communities.queries import membership
from tenants.intake import actions, cards, notices, queries, queue
from tenants.intake.models import HelpRequest
from tenants.notifications.models import Notice
from tenants.people.models import Person
from tenants.people.viewer import Viewer
from tests.circle import Circle, make_person, token
from tests.intake.asking import ASKED, NEED, REACH, WISHES


@pytest.fixture
def noa(circle: Circle) -> UUID:
    """Noa's request, which Gil looks after."""
    made = actions.submit(ASKED, new_id())
    actions.take(made, circle.gil)
    commit()
    return made.id


def request(request_id: UUID) -> HelpRequest:
    db.session.expire_all()
    return db.session.get_one(HelpRequest, request_id)


def viewer(person_id: UUID, community: UUID) -> Viewer:
    return Viewer(new_id(), new_id(), person_id, "", None, None, None, frozenset({("coordinator", community)}))


def shown(circle: Circle, **wanted) -> list[UUID]:
    return [line.id for line in queue.find(queue.Wanted(**wanted), circle.dana, [circle.community]).lines]


def stops(person_id: UUID, community: UUID) -> MembershipEnded:
    held = membership(person_id, "coordinator", community)
    leave(held)
    db.session.flush()
    return MembershipEnded(held.id, person_id, community)


def test_a_request_whose_owner_left_has_no_owner(house, circle: Circle, noa: UUID, browse) -> None:
    assert queries.alarm([circle.community], circle.dana).ownerless == 0
    stops(circle.gil, circle.community)
    assert queries.alarm([circle.community], circle.dana).ownerless == 1
    assert shown(circle, owner="none") == [noa]
    with house.test_request_context("/"):
        dana = viewer(circle.dana, circle.community)
        assert [card.icon for card in cards.exceptions(dana)] == ["inbox"]
        assert cards.ownerless(dana) == 1
    commit()
    page = browse(circle.dana).get(f"/requests/{noa}").text
    assert "Gil Or" not in page.split('id="decisions"')[0].split("<h1")[1]


def test_an_owner_who_is_no_active_member_any_more_is_none(circle: Circle, noa: UUID) -> None:
    db.session.get_one(Person, circle.gil).state = "left"
    db.session.flush()
    assert queries.alarm([circle.community], circle.dana).ownerless == 1
    assert queries.owner_today(request(noa)) is None


def test_the_others_hear_of_what_a_coordinator_leaves_behind_once(circle: Circle, noa: UUID) -> None:
    happened = stops(circle.gil, circle.community)
    for _again in range(2):
        notices.tell_what_was_left_behind(happened)
    told = list(db.session.scalars(select(Notice).where(Notice.kind == "intake/ownerless")))
    assert [(notice.person_id, notice.about["request_id"]) for notice in told] == [(circle.dana, str(noa))]


def test_whoever_takes_what_was_left_behind_ends_the_alarm(circle: Circle, noa: UUID) -> None:
    stops(circle.gil, circle.community)
    actions.take(request(noa), circle.dana)
    assert queries.alarm([circle.community], circle.dana).ownerless == 0


def test_the_list_of_a_community_without_coordinators_is_everybodys(circle: Circle, noa: UUID, browse) -> None:
    other = open_community("מעגל אחר").id
    zohar = make_person("Zohar", "Ash", "coordinator", other)
    found = request(noa)
    actions.begin(found, zohar)
    actions.take(found, zohar)
    actions.waitlist(found, zohar, other)
    commit()
    assert queries.alarm([circle.community], circle.dana).ownerless == 0
    assert browse(circle.dana).get(f"/requests/{noa}").status_code == 404
    stops(zohar, other)
    commit()
    assert queries.alarm([circle.community], circle.dana).ownerless == 1
    assert shown(circle, owner="none") == shown(circle) == shown(circle, show="waitlisted") == [noa]
    client = browse(circle.dana)
    assert client.get(f"/requests/{noa}").status_code == 200
    told = {"take-version": request(noa).version, "csrf_token": token(client)}
    assert client.post(f"/requests/{noa}/owner", data=told).status_code == 303
    assert queries.alarm([circle.community], circle.dana).ownerless == 0


def test_a_coordinators_own_request_is_no_alarm_of_hers(circle: Circle) -> None:
    own = actions.submit(ASKED, new_id())
    own.person_id, own.words = circle.dana, None
    commit()
    assert queries.alarm([circle.community], circle.dana).ownerless == 0
    assert queries.alarm([circle.community], circle.gil).ownerless == 1


def test_the_days_of_a_conversation_count_from_its_beginning(circle: Circle, noa: UUID) -> None:
    found = request(noa)
    found.asked_at = clock.now() - timedelta(days=20)
    actions.begin(found, circle.gil)
    db.session.flush()
    assert queries.alarm([circle.community], circle.dana).overdue == 0
    found.begun_at = clock.now() - timedelta(days=15)
    db.session.flush()
    assert queries.alarm([circle.community], circle.dana).overdue == 1
    assert shown(circle, late=True) == [noa]


def test_a_form_that_was_sent_is_no_form_for_the_next_caller(circle: Circle, browse) -> None:
    client = browse(circle.dana)
    draft = client.get("/requests/new").text.split('name="draft_id" value="')[1].split('"')[0]
    told = REACH | NEED | WISHES | {"draft_id": draft, "csrf_token": token(client)}
    first = client.post("/requests/new", data=told)
    assert client.post("/requests/new", data=told).location == first.location
    for changed in ({"first_name": "אבי"}, {"words": "משהו אחר"}, {"mode": "remote"}):
        answer = client.post("/requests/new", data=told | changed)
        assert answer.status_code == 409
        assert first.location in answer.text
        assert next(iter(changed.values())) in answer.text
    fresh = answer.text.split('name="draft_id" value="')[1].split('"')[0]
    assert fresh != draft
    assert client.post("/requests/new", data=told | changed | {"draft_id": fresh}).status_code == 303
    assert len(list(db.session.scalars(select(HelpRequest)))) == 2


def test_what_a_mentor_should_have_been_through_is_asked_and_kept(circle: Circle, browse) -> None:
    client = browse(circle.dana)
    page = client.get("/requests/new").text
    code = page.split('name="wanted_experience"')[1].split('value="')[1].split('"')[0]
    draft = page.split('name="draft_id" value="')[1].split('"')[0]
    told = REACH | NEED | WISHES | {"draft_id": draft, "csrf_token": token(client), "wanted_experience": [code]}
    assert client.post("/requests/new", data=told | {"unwanted_experience": [code]}).status_code == 422
    address = client.post("/requests/new", data=told).location
    assert address
    profile = queries.person_of(db.session.scalars(select(HelpRequest)).one())[1]
    assert (profile.wanted_experience, profile.unwanted_experience) == ([code], [])
    assert "ניסיון חיים רצוי" in client.get(address).text
