"""A weekly hour and its reminders stay on the wall clock when the clocks change.

In Jerusalem summer time ends on Sunday, 25 October 2026, and begins on Friday, 26 March 2027, each time at two in the night.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from maagal import clock, tenancy
from maagal.db import commit, db
from maagal.events import Outbox
from tenants.meetings import notices, queries
from tenants.meetings.actions import clocks, series
from tenants.meetings.weeks import Slot
from tenants.notifications.models import Notice
from tests.circle import Circle
from tests.meetings.conftest import make_pair, work

CHANGES = [(date(2026, 10, 25), 0), (date(2027, 3, 26), 5)]  # the day, and which of the week it is
HOUR = time(9)


def local(moment: datetime) -> datetime:
    """Return what a clock on the wall in Jerusalem shows."""
    return moment.astimezone(tenancy.current().zone).replace(tzinfo=None)


@pytest.fixture(params=CHANGES, ids=["summer ends", "summer begins"])
def changing(request: pytest.FixtureRequest, now: Any, circle: Circle) -> date:
    """Miri and Pnina meet weekly on the weekday on which the clocks change; it is ten days before."""
    day, weekday = request.param
    now.move_to(datetime.combine(day - timedelta(days=10), time(8), UTC))
    series.set_series(make_pair(circle), Slot(weekday, HOUR))
    commit()
    changes: date = day
    return changes


def reminded() -> int:
    return len(db.session.scalars(db.select(Notice.id).where(Notice.kind == notices.REMINDER)).all())


def test_the_meeting_and_both_reminders_keep_their_hours_before_on_and_after_the_day(changing: date) -> None:
    found = queries.next_meetings(most=3)
    days = [changing + timedelta(days=days) for days in (-7, 0, 7)]
    assert [local(meeting.starts_at) for meeting in found] == [datetime.combine(day, HOUR) for day in days]
    assert len({meeting.starts_at.hour for meeting in found}) == 2, "the clocks did change"
    for day, meeting in zip(days, found, strict=True):
        mine = (Outbox.name == clocks.REMIND, Outbox.body["meeting_id"].astext == str(meeting.id))
        due = db.session.scalars(db.select(Outbox.due_at).where(*mine).order_by(Outbox.due_at))
        evening, morning = datetime.combine(day - timedelta(days=1), time(18)), datetime.combine(day, time(8))
        assert list(map(local, due)) == [evening, morning]


def test_each_reminder_is_said_at_its_hour_and_none_twice(changing: date, now: Any) -> None:
    zone = tenancy.current().zone
    evening = datetime.combine(changing - timedelta(days=1), time(18), zone)
    morning = datetime.combine(changing, time(8), zone)
    now.move_to(evening.astimezone(UTC) - timedelta(minutes=1))
    work()
    before = reminded()
    for moment, expected in ((evening, 2), (morning, 4)):
        now.move_to(moment.astimezone(UTC) - timedelta(minutes=1))
        work()
        assert reminded() - before == expected - 2
        now.move_to(moment.astimezone(UTC))
        work()
        assert reminded() - before == expected
    assert clock.now() < queries.next_meetings(most=1)[0].starts_at


def test_the_weeks_that_are_added_later_keep_the_hour_too(changing: date, now: Any) -> None:
    for weeks in range(1, 4):
        now.move_to(datetime.combine(changing + timedelta(weeks=weeks), time(12), UTC))
        work()
    assert {local(meeting.starts_at).time() for meeting in queries.next_meetings(most=10)} == {HOUR}
