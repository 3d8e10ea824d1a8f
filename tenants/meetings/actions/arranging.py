"""One meeting: given another time, called off, resting with its pair."""

from datetime import datetime, timedelta
from uuid import UUID

from maagal import clock
from maagal.db import db
from maagal.events import publish
from tenants.audit.actions import record
from tenants.meetings import queries
from tenants.meetings.actions import clocks
from tenants.meetings.events import MeetingCancelled, MeetingMoved, MeetingsCalledOff
from tenants.meetings.models import Meeting

REASONS = ("illness", "holiday", "work", "travel", "other_matter", "other")
PAUSED, STOPPED, CLOSING, ENDED = "pair_paused", "pair_stopped", "pair_closing", "pair_ended"
RESTING = (PAUSED, STOPPED)  # such meetings are planned again when the pair goes on
BY_THE_HOUSE = (*RESTING, CLOSING, ENDED)  # nobody called these off: the pair's path did


class TimeTaken(ValueError):
    """The pair meets at that very time already."""


def move(
    meeting: Meeting, starts_at: datetime, minutes: int, *, remote: bool, place: str, actor_id: UUID | None = None
) -> None:
    """Give one meeting another time (aware) or place; its series stays. Raises TimeTaken; the same again is a no-op."""
    ends_at = starts_at + timedelta(minutes=minutes)
    wanted = (starts_at, ends_at, remote, place)
    if wanted == (meeting.starts_at, meeting.ends_at, meeting.remote, meeting.place):
        return
    if queries.is_taken(meeting.pair_id, starts_at, meeting.id):
        raise TimeTaken
    meeting.starts_at, meeting.ends_at, meeting.remote, meeting.place = wanted
    db.session.flush()
    clocks.wind(meeting)
    _record(meeting, "moved", actor_id)
    publish(MeetingMoved(meeting.id, meeting.pair_id))


def cancel(meeting: Meeting, reason: str, actor_id: UUID | None = None) -> None:
    """Call one meeting off, for one of REASONS; one that is not planned any more stays as it is."""
    if meeting.state != "planned":
        return
    meeting.state, meeting.cancel_reason = "cancelled", reason
    clocks.stop(meeting)
    _record(meeting, "cancelled", actor_id)
    publish(MeetingCancelled(meeting.id, meeting.pair_id))


def end_all(pair_id: UUID) -> None:
    """Call off what a pair that ended had planned or let rest."""
    planned = queries.planned_after(pair_id, clock.now())
    for meeting in (*planned, *queries.rested(pair_id, RESTING)):
        _call_off(meeting, ENDED)
    if planned:
        publish(MeetingsCalledOff(pair_id, None))


def say_goodbye(pair_id: UUID, *, may_meet: bool) -> None:
    """Call off what a pair that says farewell had planned, but for the next one where the two may meet once more."""
    planned = queries.planned_after(pair_id, clock.now())
    kept, gone = (planned[:1], planned[1:]) if may_meet else ([], planned)
    for meeting in (*gone, *queries.rested(pair_id, RESTING)):
        _call_off(meeting, CLOSING)
    if gone:
        publish(MeetingsCalledOff(pair_id, kept[0].id if kept else None))


def rest(pair_id: UUID, why: str) -> None:
    """Call off what a pair that rests, for one of RESTING, had planned.

    Its reminders find it cancelled and say nothing. They are not dropped: whoever wakes the meeting finds them waiting.
    """
    for meeting in queries.planned_after(pair_id, clock.now()):
        meeting.state, meeting.cancel_reason = "cancelled", why


def wake(pair_id: UUID) -> None:
    """Plan again what only rested and is still ahead."""
    for meeting in queries.rested(pair_id, RESTING):
        if not queries.is_taken(pair_id, meeting.starts_at, meeting.id):
            meeting.state, meeting.cancel_reason = "planned", None
            clocks.wind(meeting)


def _call_off(meeting: Meeting, why: str) -> None:
    meeting.state, meeting.cancel_reason = "cancelled", why
    clocks.stop(meeting)


def _record(meeting: Meeting, action: str, actor_id: UUID | None) -> None:
    record(actor_id, action, "meeting", meeting.id, person_id=meeting.file_of, community_id=meeting.community_id)
