"""A mail that waited, because no mail server was there, is not sent when what it says is no longer so."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from maagal.db import commit, db
from maagal.events import Outbox
from tenants.meetings import notices, overtaken
from tenants.meetings.actions import arranging, logs, series
from tenants.meetings.actions.logs import Said
from tenants.meetings.weeks import Slot
from tenants.notifications.models import Notice
from tenants.pairing import actions as pairing
from tenants.pairing.models import Pair
from tests.meetings.conftest import FIRST, Two, after, meeting_of, work
from tests.notifications.conftest import deliver
from tests.smtp_sink import Sink

EVENING = FIRST - timedelta(hours=15)


def outcomes(kind: str) -> set[tuple[str, str | None]]:
    """Return state and error of the mails of a kind."""
    mails = db.select(Outbox.state, Outbox.error).where(Outbox.body["notice"].astext == db.cast(Notice.id, db.Text))
    return {(row.state, row.error) for row in db.session.execute(mails.where(Notice.kind == kind))}


def cancel(two: Two, _now: Any) -> None:
    arranging.cancel(meeting_of(two), "illness")


def move(two: Two, _now: Any) -> None:
    arranging.move(meeting_of(two), FIRST + timedelta(hours=1), 60, remote=False, place="")


def stop(two: Two, _now: Any) -> None:
    pairing.stop(db.session.get_one(Pair, two.pair))


def a_day_goes_by(_two: Two, now: Any) -> None:
    now.move_to(FIRST - timedelta(hours=2))


@pytest.mark.parametrize(
    ("happens", "why"), [(cancel, "cancelled"), (move, "moved"), (stop, "cancelled"), (a_day_goes_by, "late")]
)
def test_a_reminder_that_waited_is_needless_once(
    two: Two,
    now: Any,
    sink: Sink,
    happens: Callable[[Two, Any], None],
    why: str,
) -> None:
    now.move_to(EVENING)
    sink.refuse["MAIL"] = "451 not now"
    work()
    deliver()
    assert outcomes(notices.REMINDER) == {("pending", "mail_451")}
    happens(two, now)
    commit()
    sink.refuse.clear()
    now.shift(timedelta(minutes=1))
    deliver()
    assert outcomes(notices.REMINDER) == {("done", why)}
    assert [letter for letter in sink.caught if "תזכורת" in str(letter.message["Subject"])] == []


def test_a_reminder_is_needless_the_very_moment_the_mentor_is_stopped(two: Two, now: Any) -> None:
    now.move_to(EVENING)
    work()
    stop(two, now)
    about = db.session.scalars(db.select(Notice.about).where(Notice.kind == notices.REMINDER).limit(1)).one()
    assert overtaken.reminder(about, two.circle.pnina) == "stopped"


def test_a_reminder_that_waited_and_is_still_right_goes_out(two: Two, now: Any, sink: Sink) -> None:
    now.move_to(EVENING)
    work()
    now.shift(timedelta(hours=3))
    deliver()
    assert outcomes(notices.REMINDER) == {("done", None)}


def test_the_question_how_it_was_is_not_asked_of_whoever_said_so_or_was_stopped(
    two: Two,
    now: Any,
    sink: Sink,
) -> None:
    now.move_to(after(meeting_of(two)))
    work()
    assert outcomes(notices.HOW_WAS_IT) == {("pending", None)}
    logs.say(meeting_of(two), two.circle.pnina, Said(held=True))
    stop(two, now)
    commit()
    deliver()
    assert outcomes(notices.HOW_WAS_IT) == {("done", "told"), ("done", "no_access")}


def test_a_weekly_hour_that_was_replaced_is_not_told(two: Two, now: Any, sink: Sink) -> None:
    work()
    series.set_series(db.session.get_one(Pair, two.pair), Slot(2, FIRST.time()))
    work()
    deliver()
    assert outcomes(notices.NEW_HOUR) == {("done", "replaced"), ("done", None)}


def test_a_silence_that_was_broken_is_not_told(two: Two, now: Any, sink: Sink) -> None:
    now.shift(timedelta(days=14, minutes=1))
    work()
    assert outcomes(notices.SILENCE) == {("pending", None)}
    logs.say(meeting_of(two, 1), two.circle.miri, Said(held=True))
    commit()
    deliver()
    assert outcomes(notices.SILENCE) == {("done", "heard_of")}
