"""What is asked for a meeting at its hours: two reminders, and the question how it was.

Each carries the hours it was asked for and is a no-op when the meeting was moved since, or made longer or shorter; so
moving needs no undoing.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from uuid import UUID

from maagal import clock, tenancy
from maagal.events import drop, later
from tenants.meetings import weeks
from tenants.meetings.models import Meeting

REMIND, ASK, EXTEND, LOOK_AFTER = "meetings.remind", "meetings.ask", "meetings.extend", "meetings.look_after"
SWEEP = "meetings.forget_old_drafts"
DAY_BEFORE, MORNING = "day_before", "morning"
EVENING_HOUR, MORNING_HOUR, NIGHT_HOUR = time(18), time(8), time(3)
BEFOREHAND, AFTERWARDS = timedelta(hours=1), timedelta(hours=1)


def wind(meeting: Meeting) -> None:
    """Ask for a meeting's reminders and for the question afterwards; hours that have passed are left out."""
    starts, ends = meeting.starts_at.isoformat(), meeting.ends_at.isoformat()
    for which, at in _reminders(meeting):
        if clock.now() < at < meeting.starts_at:
            later(REMIND, at, once=_once(which, meeting), meeting_id=meeting.id, which=which, starts=starts)
    asked_at = meeting.ends_at + AFTERWARDS
    later(ASK, asked_at, once=_once_asked(meeting), meeting_id=meeting.id, starts=starts, ends=ends)


def stop(meeting: Meeting) -> None:
    """Forget what was asked for a meeting that will not be; a meeting cancelled for good alone may be stopped."""
    drop(*(_once(which, meeting) for which in (DAY_BEFORE, MORNING)), _once_asked(meeting))


def extend_next_sunday(series_id: UUID) -> None:
    """Ask that a series is looked at on the night before its next week."""
    zone = tenancy.current().zone
    sunday = weeks.next_sunday(clock.today(zone))
    at = weeks.moment(sunday, NIGHT_HOUR, zone)
    later(EXTEND, at, once=f"extend-{series_id}-{sunday.isoformat()}", series_id=series_id)


def look_after(pair_id: UUID, at: datetime) -> None:
    """Ask that somebody looks at a moment whether the pair has been heard of."""
    later(LOOK_AFTER, at, once=f"look-after-{pair_id}-{at.isoformat()}", pair_id=pair_id)


def forget_drafts(at: datetime) -> None:
    """Ask that drafts nobody touched since are thrown away, at most once a day."""
    later(SWEEP, at, once=f"{SWEEP}-{at.date().isoformat()}")


def _reminders(meeting: Meeting) -> Iterator[tuple[str, datetime]]:
    """Name each reminder and its moment: the evening before, and at eight that morning or an hour before an early meeting."""
    zone = tenancy.current().zone
    day = meeting.starts_at.astimezone(zone).date()
    yield DAY_BEFORE, weeks.moment(day - timedelta(days=1), EVENING_HOUR, zone)
    an_hour_before = meeting.starts_at - BEFOREHAND
    yield MORNING, max(weeks.moment(day, time(), zone), min(weeks.moment(day, MORNING_HOUR, zone), an_hour_before))


def _once(which: str, meeting: Meeting) -> str:
    return f"remind-{meeting.id}-{which}-{meeting.starts_at.isoformat()}"


def _once_asked(meeting: Meeting) -> str:
    return f"{_once('ask', meeting)}-{meeting.ends_at.isoformat()}"
