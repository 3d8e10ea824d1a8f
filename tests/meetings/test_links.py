"""One-tap links: one form, one person, once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from maagal.db import commit, db
from maagal.tenancy import Tenant
from tenants.meetings.actions import links, logs
from tenants.meetings.actions.logs import Said
from tenants.meetings.models import MeetingLog, OneTap
from tenants.pairing import actions as pairing
from tenants.pairing.models import Pair
from tenants.people.models import Person
from tests.circle import token as csrf
from tests.meetings.conftest import FIRST, Two, meeting_of


@pytest.fixture
def link(two: Two, now: Any) -> str:
    """The path of Pnina's link, the meeting being over."""
    now.move_to(FIRST + timedelta(hours=2))
    made = links.mint(two.meeting, two.circle.pnina)
    commit()
    return f"/how-was-it/{made}"


def test_the_form_opens_without_signing_in_and_names_nobody(link: str, two: Two, browse: Any) -> None:
    logs.say(meeting_of(two), two.circle.miri, Said(held=True, shared="דברים אישיים"))
    commit()
    answer = browse().get(link)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    for secret in ("Miri", "Pnina", "דברים אישיים", "ליווי"):
        assert secret not in answer.text


def test_scanners_that_open_it_use_nothing_up(link: str, browse: Any) -> None:
    for _scan in range(5):
        assert browse().get(link).status_code == 200
        browse().head(link)
    assert db.session.scalars(db.select(OneTap.spent_at)).one() is None


def test_it_is_used_once(link: str, two: Two, browse: Any) -> None:
    visitor = browse()
    answer = visitor.post(link, data={"held": "yes", "minutes": "40", "csrf_token": csrf(visitor, link)})
    assert answer.status_code == 200
    again = visitor.post(link, data={"held": "no", "csrf_token": csrf(visitor)})
    assert again.status_code == 404
    assert "הקישור כבר שימש" in again.text
    kept = db.session.scalars(db.select(MeetingLog)).one()
    assert (kept.author_id, kept.held, kept.minutes, kept.by_link) == (two.circle.pnina, True, 40, True)
    assert meeting_of(two).state == "held"


def test_a_double_click_uses_it_once(link: str, browse: Any) -> None:
    visitors = [browse() for _finger in range(4)]
    forms = [{"held": "yes", "csrf_token": csrf(visitor, link)} for visitor in visitors]
    with ThreadPoolExecutor(4) as fingers:
        answers = list(fingers.map(lambda pair: pair[0].post(link, data=pair[1]).status_code, zip(visitors, forms, strict=True)))
    assert sorted(answers) == [200, 404, 404, 404]
    assert len(list(db.session.scalars(db.select(MeetingLog)))) == 1


def test_a_refused_answer_keeps_the_link_and_the_words(link: str, browse: Any) -> None:
    visitor = browse()
    answer = visitor.post(link, data={"shared": "שלוש מילים", "csrf_token": csrf(visitor, link)})
    assert answer.status_code == 422
    assert "שלוש מילים" in answer.text
    assert browse().get(link).status_code == 200


def test_only_its_hash_is_kept(link: str) -> None:
    row = db.session.scalars(db.select(OneTap)).one()
    assert link.rpartition("/")[2].encode() not in bytes(row.token_hash)
    assert len(row.token_hash) == 32


def test_it_is_closed_after_seven_days_when_unknown_and_next_door(link: str, elm: Tenant, now: Any, browse: Any) -> None:
    assert browse(tenant=elm).get(link).status_code == 404
    assert browse().get("/how-was-it/" + "x" * 43).status_code == 404
    now.shift(timedelta(days=7, minutes=1))
    assert browse().get(link).status_code == 404


def test_it_is_closed_once_its_person_has_answered_elsewhere(link: str, two: Two, browse: Any) -> None:
    logs.say(meeting_of(two), two.circle.pnina, Said(held=True))
    commit()
    assert browse().get(link).status_code == 404


def test_a_stopped_mentors_link_is_closed(two: Two, link: str, browse: Any) -> None:
    made = links.mint(two.meeting, two.circle.miri)
    pairing.stop(db.session.get_one(Pair, two.pair))
    commit()
    assert browse().get(f"/how-was-it/{made}").status_code == 404
    assert browse().get(link).status_code == 200


def test_a_coordinator_gets_a_link_ready_to_be_sent(two: Two, link: str, browse: Any) -> None:
    db.session.get_one(Person, two.circle.pnina).phone = "+972521234567"
    commit()
    dana, address = browse(two.circle.dana), f"/meetings/{two.meeting}/link"
    page = dana.post(address, data={"side": "participant", "csrf_token": csrf(dana)})
    assert page.status_code == 200
    assert "https://wa.me/972521234567?text=" in page.text
    assert "sms:+972521234567?body=" in page.text
    made = page.text.partition("http://oak.localhost:8000")[2][: len(link)]
    assert browse().get(made).status_code == 200
    for nobody in (two.circle.miri, two.circle.pnina, two.zohar):
        client = browse(nobody)
        assert client.post(address, data={"side": "mentor", "csrf_token": csrf(client)}).status_code == 404


def test_a_link_is_offered_only_by_the_way_that_is_safe(two: Two, link: str, browse: Any) -> None:
    pnina = db.session.get_one(Person, two.circle.pnina)
    pnina.phone, pnina.safe_channel, pnina.may_leave_message = "+972521234567", "phone", False
    commit()
    dana = browse(two.circle.dana)
    page = dana.post(f"/meetings/{two.meeting}/link", data={"side": "participant", "csrf_token": csrf(dana)})
    assert page.status_code == 200
    assert link[: len("/how-was-it/")] in page.text
    assert "wa.me" not in page.text
    assert "sms:" not in page.text
