"""What the two say of a meeting, and what the house makes of it."""

from datetime import timedelta
from typing import Any

import pytest

from maagal import sealing
from maagal.db import commit, db, within
from maagal.tenancy import Tenant
from tenants.audit.models import AuditEntry
from tenants.meetings import figures, overlooked, queries, slots, tellings
from tenants.meetings.actions import logs
from tenants.meetings.actions.logs import Said
from tenants.meetings.models import LogDraft, MeetingLog
from tenants.pairing import actions as pairing
from tenants.pairing.models import Pair
from tests.circle import token
from tests.meetings.conftest import FIRST, Two, meeting_of, work

HELD = {"held": "yes", "minutes": "50", "medium": "phone", "topics": ["financial", "legal"], "next_step": "לפנות לבנק"}
TEXTS = {"shared": "דיברנו על התקציב", "private": "נראתה עייפה"}


@pytest.fixture
def over(two: Two, now: Any) -> Two:
    """The first meeting ended two hours ago."""
    now.move_to(FIRST + timedelta(hours=3))
    return two


def said_by(two: Two, **sides: bool) -> None:
    for name, held in sides.items():
        logs.say(meeting_of(two), getattr(two.circle, name), Said(held=held))


@pytest.mark.parametrize(
    ("sides", "state", "contradicted"),
    [
        ({"miri": True}, "held", False),
        ({"pnina": True}, "held", False),
        ({"miri": True, "pnina": True}, "held", False),
        ({"miri": False}, "missed", False),
        ({"miri": False, "pnina": False}, "missed", False),
        ({"miri": True, "pnina": False}, "planned", True),
        ({"pnina": False, "miri": True}, "planned", True),
    ],
)
def test_what_is_said_settles_the_meeting(over: Two, sides: dict[str, bool], state: str, *, contradicted: bool) -> None:
    said_by(over, **sides)
    meeting = meeting_of(over)
    assert (meeting.state, meeting.contradicted) == (state, contradicted)


def test_silence_settles_nothing(over: Two, now: Any) -> None:
    now.shift(timedelta(days=4))
    assert meeting_of(over).state == "planned"
    assert [meeting.id for meeting in overlooked.unsaid([over.circle.community])] == [over.meeting]


def test_a_contradiction_is_a_quiet_card_until_a_coordinator_decides(over: Two, browse: Any) -> None:
    said_by(over, miri=True, pnina=False)
    commit()
    dana = browse(over.circle.dana)
    address = f"/meetings/{over.meeting}"
    assert 'name="held" value="yes"' in dana.get(address).text
    assert "סוכם אחרת" in dana.get(address).text
    assert "סוכם אחרת" not in browse(over.circle.miri).get(address).text
    answer = dana.post(f"{address}/decision", data={"held": "yes", "csrf_token": token(dana)})
    assert answer.status_code == 303
    assert (meeting_of(over).state, meeting_of(over).contradicted) == ("held", False)
    logs.say(meeting_of(over), over.circle.pnina, Said(held=False, shared="עוד מילה"))
    assert meeting_of(over).state == "held"


def test_a_coordinators_decision_can_be_changed_on_the_page_and_none_is_no_decision(over: Two, browse: Any) -> None:
    dana, address = browse(over.circle.dana), f"/meetings/{over.meeting}"
    for nothing in ({}, {"held": "perhaps"}):
        refused = dana.post(f"{address}/decision", data=nothing | {"csrf_token": token(dana)})
        assert refused.status_code == 422
        assert "נא לבחור אחת משתי האפשרויות." in refused.text
    assert meeting_of(over).state == "planned"
    for held, state, other in (("no", "missed", "yes"), ("yes", "held", "no")):
        db.session.rollback()
        answer = dana.post(f"{address}/decision", data={"held": held, "csrf_token": token(dana)})
        assert answer.status_code == 303
        assert meeting_of(over).state == state
        shown = dana.get(address).text
        assert f'name="held" value="{other}"' in shown
        assert f'name="held" value="{held}"' not in shown


def test_a_meeting_that_took_place_is_the_last_one_of_the_pair(over: Two) -> None:
    said_by(over, miri=True)
    assert db.session.get_one(Pair, over.pair, populate_existing=True).last_held_at == FIRST


def test_a_meeting_that_did_not_take_place_after_all_is_not_the_last_one_any_more(over: Two, now: Any) -> None:
    def last() -> Any:
        return db.session.get_one(Pair, over.pair, populate_existing=True).last_held_at

    now.move_to(FIRST + timedelta(days=8))
    said_by(over, miri=True)
    logs.say(meeting_of(over, 1), over.circle.miri, Said(held=True))
    assert last() == FIRST + timedelta(days=7)
    logs.say(meeting_of(over, 1), over.circle.pnina, Said(held=False))
    assert last() == FIRST  # they tell differently
    logs.decide(meeting_of(over, 1), held=True, actor_id=over.circle.dana)
    assert last() == FIRST + timedelta(days=7)
    logs.decide(meeting_of(over, 1), held=False, actor_id=over.circle.dana)
    assert last() == FIRST
    said_by(over, miri=False)
    assert last() is None


def test_the_form_opens_with_the_planned_length_and_keeps_what_is_sent(over: Two, browse: Any) -> None:
    miri = browse(over.circle.miri)
    address = f"/meetings/{over.meeting}/log"
    assert 'value="60"' in miri.get(address).text
    answer = miri.post(address, data=HELD | TEXTS | {"csrf_token": token(miri)})
    assert (answer.status_code, answer.location) == (303, f"/meetings/{over.meeting}")
    assert miri.post(address, data=HELD | TEXTS | {"csrf_token": token(miri)}).status_code == 303
    kept = db.session.scalars(db.select(MeetingLog)).one()
    assert logs.read(kept, private=True) == Said(
        held=True, minutes=50, medium="phone", topics=("financial", "legal"), next_step="לפנות לבנק", **TEXTS
    )
    assert "דיברנו".encode() not in kept.shared


def test_each_text_is_sealed_under_the_key_of_whose_it_is(over: Two) -> None:
    said = logs.say(meeting_of(over), over.circle.miri, Said(held=True, shared="א", private="ב"))
    key = {name: bytes(getattr(said, name)[1:17]) for name in ("shared", "private")}
    place = sealing.Place("x", over.meeting, "x")
    assert key["shared"] == sealing.seal("", over.circle.pnina, place)[1:17]
    assert key["private"] == sealing.seal("", over.circle.miri, place)[1:17]


def test_a_refused_form_loses_nothing(over: Two, browse: Any) -> None:
    miri = browse(over.circle.miri)
    wrong = HELD | TEXTS | {"minutes": "9999", "csrf_token": token(miri)}
    answer = miri.post(f"/meetings/{over.meeting}/log", data=wrong)
    assert answer.status_code == 422
    for typed in ("9999", "לפנות לבנק", "דיברנו על התקציב", "נראתה עייפה"):
        assert typed in answer.text
    assert db.session.scalar(db.select(MeetingLog)) is None


def test_a_draft_is_there_again_after_signing_in_anew_and_gone_once_sent(over: Two, browse: Any) -> None:
    miri, address = browse(over.circle.miri), f"/meetings/{over.meeting}/log"
    half = {"held": "yes", "minutes": "x", "private": "באמצע משפט", "csrf_token": token(miri)}
    kept = miri.post(f"{address}/draft", data=half, headers={"HX-Request": "true"})
    assert (kept.status_code, "<h1" in kept.text, 'id="kept"' in kept.text) == (200, False, True)
    db.session.rollback()
    assert "באמצע".encode() not in db.session.scalars(db.select(LogDraft.content)).one()
    again = browse(over.circle.miri)
    assert "באמצע משפט" in again.get(address).text
    assert "באמצע משפט" not in browse(over.circle.pnina).get(address).text
    again.post(address, data=HELD | {"csrf_token": token(again)})
    db.session.rollback()
    assert db.session.scalar(db.select(LogDraft)) is None


def test_a_draft_that_nobody_touches_is_gone_after_a_week(over: Two, now: Any) -> None:
    logs.keep_draft(meeting_of(over), over.circle.miri, {"shared": "חצי"})
    now.shift(timedelta(days=6))
    work()
    assert tellings.draft_of(over.meeting, over.circle.miri) is not None
    now.shift(timedelta(days=2, hours=1))
    work()
    assert tellings.draft_of(over.meeting, over.circle.miri) is None


def test_without_javascript_the_button_keeps_a_draft_too(over: Two, browse: Any) -> None:
    miri = browse(over.circle.miri)
    answer = miri.post(f"/meetings/{over.meeting}/log/draft", data={"shared": "חצי", "csrf_token": token(miri)})
    assert answer.status_code == 303
    assert "חצי" in miri.get(f"/meetings/{over.meeting}/log").text


def test_a_private_note_is_read_by_its_author_alone(over: Two, browse: Any) -> None:
    logs.say(meeting_of(over), over.circle.miri, Said(held=True, shared="משותף", private="סודי"))
    commit()
    address = f"/meetings/{over.meeting}"
    pages = {name: browse(getattr(over.circle, name)).get(address).text for name in ("miri", "pnina", "dana")}
    assert {name: "סודי" in page for name, page in pages.items()} == {"miri": True, "pnina": False, "dana": False}
    assert all("משותף" in page for page in pages.values())
    assert "סודי" not in browse(over.circle.dana).get(f"/pairs/{over.pair}/meetings").text


def test_a_coordinators_reading_is_written_down(over: Two, browse: Any) -> None:
    browse(over.circle.dana).get(f"/meetings/{over.meeting}")
    entry = db.session.scalars(db.select(AuditEntry).where(AuditEntry.actor_id == over.circle.dana)).one()
    assert (entry.action, entry.subject, entry.person_id) == ("read", "meeting", over.circle.pnina)


def test_strangers_visitors_and_other_communities_find_nothing(over: Two, elm: Tenant, browse: Any) -> None:
    for path in (f"/meetings/{over.meeting}", f"/pairs/{over.pair}/meetings", f"/meetings/{over.meeting}/log"):
        assert browse(over.circle.adam).get(path).status_code == 404
        assert browse(over.zohar).get(path).status_code == 404
        assert browse().get(path).status_code == 303
    assert browse(over.circle.dana).get(f"/meetings/{over.meeting}/log").status_code == 404  # she was not there
    assert str(over.meeting) not in browse(over.zohar).get("/meetings").text
    db.session.remove()
    with within(elm):
        assert queries.by_id(over.meeting) is None


def test_a_stopped_mentor_finds_nothing_on_the_very_next_request(over: Two, browse: Any) -> None:
    miri = browse(over.circle.miri)
    assert miri.get(f"/meetings/{over.meeting}").status_code == 200
    pairing.stop(db.session.get_one(Pair, over.pair))
    commit()
    for path in (f"/meetings/{over.meeting}", f"/meetings/{over.meeting}/log", f"/pairs/{over.pair}/meetings"):
        assert miri.get(path).status_code == 404
    assert str(over.meeting) not in miri.get("/meetings").text
    assert browse(over.circle.pnina).get(f"/meetings/{over.meeting}").status_code == 200


def test_before_the_trial_the_mentor_reads_no_journal(over: Two, browse: Any) -> None:
    logs.say(meeting_of(over), over.circle.pnina, Said(held=True, shared="מילים של פנינה"))
    db.session.get_one(Pair, over.pair).state = "introduced"
    commit()
    assert "מילים של פנינה" not in browse(over.circle.miri).get(f"/meetings/{over.meeting}").text
    assert "מילים של פנינה" in browse(over.circle.pnina).get(f"/meetings/{over.meeting}").text


def test_what_was_said_can_be_mended_for_fourteen_days(over: Two, now: Any, browse: Any) -> None:
    said_by(over, miri=True)
    commit()
    now.shift(timedelta(days=13, hours=23))
    assert browse(over.circle.miri).get(f"/meetings/{over.meeting}/log").status_code == 200
    now.shift(timedelta(hours=2))
    assert browse(over.circle.miri).get(f"/meetings/{over.meeting}/log").status_code == 404
    assert browse(over.circle.pnina).get(f"/meetings/{over.meeting}/log").status_code == 200


def test_nothing_is_said_of_a_meeting_that_has_not_begun(two: Two, browse: Any) -> None:
    assert browse(two.circle.miri).get(f"/meetings/{two.meeting}/log").status_code == 404


def test_the_month_is_counted(over: Two, now: Any) -> None:
    logs.say(meeting_of(over), over.circle.miri, Said(held=True, minutes=90))
    now.shift(timedelta(days=7))
    logs.say(meeting_of(over, 1), over.circle.miri, Said(held=False))
    month = (FIRST.date().replace(day=1), (FIRST + timedelta(days=20)).date().replace(day=1))
    counted = {code: value for _section, code, value, _unit in figures.figures(over.circle.community, *month)}
    expected = {"meetings_planned": 2, "meetings_held": 1, "meetings_missed": 1, "meetings_cancelled": 0, "hours": 1.5}
    assert counted == expected
    assert figures.figures(over.zohar, *month)[0][2] == 0


def test_an_export_holds_ones_own_words_and_no_one_elses(over: Two) -> None:
    logs.say(meeting_of(over), over.circle.miri, Said(held=True, private="שלי"))
    logs.say(meeting_of(over), over.circle.pnina, Said(held=True, private="שלה"))
    assert [log["private"] for log in slots.person_export(over.circle.miri)["meeting_logs"]] == ["שלי"]
