"""Nobody has to sign in to be paired: a coordinator asks by phone and writes down what was said, and who wrote it stays seen."""

import re

import pytest

from maagal.db import commit, db
from tenants.audit.models import AuditEntry
from tenants.intake.models import HelpRequest
from tenants.pairing import offers
from tenants.pairing.models import Pair
from tenants.people.models import Account, Membership, Person, Profile
from tests.circle import SINCE, make_person, token
from tests.intake.asking import NEED, REACH, WISHES
from tests.pairing.conftest import SUMMARY, offer


def post(client, address, **data):
    return client.post(address, data=data | {"csrf_token": token(client)})


def only_pair():
    db.session.expire_all()
    return db.session.scalars(db.select(Pair)).one()


def audited(action):
    return db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.at)).all()


def make_phone_only(first, phone, **safe):
    """Somebody with a phone number and no account."""
    person = Person(first_name=first, phone=phone, **safe)
    db.session.add(person)
    db.session.flush()
    return person.id


@pytest.fixture
def avi(circle):
    """A mentor who has nothing but a phone."""
    avi = make_phone_only("Avi", "+972521230000")
    trained = db.session.get_one(Profile, circle.miri).training_valid_until
    week = {"free_hours": [[0, 540, 720]], "mode": "either"}
    db.session.add_all((
        Profile(person_id=avi, languages=["he"], screened_at=SINCE, training_valid_until=trained, **week),
        Membership(person_id=avi, role="mentor", community_id=circle.community, since=SINCE),
    ))  # fmt: skip
    commit()
    return avi


def test_from_a_phone_call_to_an_introduced_pair_with_nobody_but_a_coordinator_at_the_product(circle, avi, browse):
    client = browse(circle.dana)
    draft = client.get("/requests/new").text.split('name="draft_id" value="')[1].split('"')[0]
    told = REACH | NEED | WISHES | {"first_name": "נועה", "draft_id": draft}
    address = post(client, "/requests/new", **told).location
    asked = db.session.scalars(db.select(HelpRequest)).one()
    person, community = asked.person_id, str(circle.community)
    post(client, f"{address}/conversation", **{"begin-version": asked.version})
    db.session.expire_all()
    version = db.session.scalars(db.select(HelpRequest.version)).one()
    post(client, f"{address}/acceptance", **{"accepted-version": version, "accepted-community": community})
    proposed = post(client, f"/matching/people/{person}/mentors/{avi}", summary=SUMMARY, approved="y").location
    shown = client.get(proposed).text
    assert "Avi" in shown
    assert "052-123-0000" in shown
    assert post(client, f"{proposed}/told", side="mentor", answer="yes", how="phone").location == proposed
    assert only_pair().mentor_said_yes_at
    shown = client.get(proposed).text
    assert 'name="side" type="hidden" value="participant"' in shown
    assert post(client, f"{proposed}/told", side="participant", answer="yes", how="in_person").status_code == 303
    assert only_pair().state == "introduced"
    written = [(entry.actor_id, entry.person_id, entry.reason) for entry in audited("wrote_down")]
    assert written == [(circle.dana, person, "mentor:yes:phone"), (circle.dana, person, "participant:yes:in_person")]
    assert db.session.scalars(db.select(Account).where(Account.person_id == avi)).all() == []
    path = client.get(proposed).text
    assert path.split("<main")[1].count("Dana Rak") == 2


def test_a_participant_sees_nothing_of_how_the_answers_came(circle, offered, browse):
    offers.write_down(offered, "mentor", circle.dana, how="phone", agreed=True)
    offers.participant_accepts(offered, circle.pnina)
    address = f"/pairs/{offered.id}"
    commit()
    assert "Dana Rak" in browse(circle.dana).get(address).text.split("<main")[1]
    assert "Dana Rak" not in browse(circle.pnina).get(address).text


def test_a_no_by_phone_owes_a_reason_and_frees_the_seat(circle, offered, browse):
    client, address = browse(circle.dana), f"/pairs/{offered.id}/told"
    refused = post(client, address, side="mentor", answer="no", how="message")
    assert refused.status_code == 422
    assert re.search(r'value="message"[^>]*checked|checked[^>]*value="message"', refused.text)
    assert post(client, address, side="mentor", answer="no", how="message", reason="no_time").status_code == 303
    found = only_pair()
    assert (found.state, found.close_initiator) == ("declined", "mentor")
    assert [entry.reason for entry in audited("wrote_down")] == ["mentor:no:message"]


def test_how_it_was_told_and_what_are_both_asked_for(circle, offered, browse):
    client, address = browse(circle.dana), f"/pairs/{offered.id}/told"
    whole = {"side": "mentor", "answer": "yes", "how": "phone"}
    for missing in whole:
        assert post(client, address, **{name: value for name, value in whole.items() if name != missing}).status_code == 422
    assert only_pair().mentor_said_yes_at is None


def test_a_second_click_does_not_answer_for_the_participant(circle, offered, browse):
    client, address = browse(circle.dana), f"/pairs/{offered.id}/told"
    for _click in range(2):
        assert post(client, address, side="mentor", answer="yes", how="phone").status_code == 303
    assert only_pair().state == "offered"
    assert post(client, address, side="mentor", answer="no", how="phone", reason="no_time").status_code == 409


def test_nobody_but_the_communitys_coordinators_answers_for_others(circle, offered, browse):
    whole = {"side": "mentor", "answer": "yes", "how": "phone"}
    for person in (circle.miri, circle.pnina, circle.adam):
        assert post(browse(person), f"/pairs/{offered.id}/told", **whole).status_code == 404


def test_a_coordinator_who_is_a_mentor_too_does_not_answer_for_herself_as_a_coordinator(circle, browse):
    both = make_person("Ruti", "Gan", "mentor", circle.community)
    db.session.add(Membership(person_id=both, role="coordinator", community_id=circle.community, since=SINCE))
    pair = offer(circle, mentor=both)
    assert post(browse(both), f"/pairs/{pair.id}/told", side="mentor", answer="yes", how="phone").status_code == 404


@pytest.mark.parametrize(
    ("safe", "whatsapp", "sms"),
    [
        ({}, True, True),
        ({"safe_channel": "whatsapp"}, True, False),
        ({"safe_channel": "sms"}, False, True),
        ({"safe_channel": "phone", "may_leave_message": False}, False, False),
        ({"safe_channel": "email"}, False, False),
    ],
)
def test_a_ready_text_goes_only_the_way_that_is_safe(circle, offered, browse, safe, whatsapp, sms):
    person = db.session.get_one(Person, circle.miri)
    person.phone = "+972529998877"
    for name, value in safe.items():
        setattr(person, name, value)
    address = f"/pairs/{offered.id}"
    commit()
    page = browse(circle.dana).get(address).text
    assert ("https://wa.me/972529998877?text=" in page, "sms:+972529998877?body=" in page) == (whatsapp, sms)
    if whatsapp:
        assert "Pnina" not in page.split("wa.me/")[1].split('"')[0]
