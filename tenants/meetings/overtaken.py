"""Why something about meetings need not be said any more: asked when it is about to be, and again as its mail goes out.

A mail may have waited for hours by then. Each answers with a code, or with nothing where it is still right.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from maagal import clock, tenancy
from tenants.meetings import overlooked, policy, queries, tellings
from tenants.meetings.actions import clocks
from tenants.meetings.models import Meeting


def why_not(meeting: Meeting | None, which: str, starts: datetime) -> str:
    """Why a reminder is not right, or nothing: planned, at the hour it was asked for, ahead, on the day it speaks of."""
    if meeting is None or meeting.state != "planned":
        return meeting.state if meeting else "gone"
    if meeting.pair.stopped_at is not None:
        return "stopped"
    if meeting.starts_at != starts:
        return "moved"
    zone = tenancy.current().zone
    days = starts.astimezone(zone).date() - clock.today(zone)
    is_the_day = days == timedelta(days=1 if which == clocks.DAY_BEFORE else 0)
    return "" if is_the_day and starts > clock.now() else "late"


def reminder(about: dict[str, Any], reader_id: UUID) -> str:
    """Why a reminder that waited need not be sent any more."""
    meeting = queries.by_id(UUID(about["meeting_id"]))
    why = why_not(meeting, about["which"], datetime.fromisoformat(about["starts"]))
    return why or _why_not_to(reader_id, meeting)


def question(about: dict[str, Any], reader_id: UUID) -> str:
    """Why nobody need be asked any more how it was: they said so, or the link would lead nowhere."""
    meeting = queries.by_id(UUID(about["meeting_id"]))
    if meeting is None or not policy.is_tellable(meeting):
        return "closed"
    return "told" if tellings.log_of(meeting.id, reader_id) else _why_not_to(reader_id, meeting)


def change(about: dict[str, Any], reader_id: UUID) -> str:
    """Why a change need not be told any more: it is over. What the letter says is how the meeting stands by then."""
    meeting = queries.by_id(UUID(about["meeting_id"]))
    return "passed" if meeting and meeting.ends_at <= clock.now() else _why_not_to(reader_id, meeting)


def new_hour(about: dict[str, Any], reader_id: UUID) -> str:
    """Why a weekly hour need not be told any more: there is another, or whoever would hear of it has no access."""
    series, pair = queries.series_by_id(UUID(about["series_id"])), queries.pair_by_id(UUID(about["pair_id"]))
    if series is None or series.until is not None:
        return "replaced"
    return "" if pair and queries.meets(pair) and policy.may_still(reader_id, pair) else "not_meeting"


def farewell(about: dict[str, Any], reader_id: UUID) -> str:
    """Why it need not be told any more that meetings were called off: a mentor who was stopped meanwhile hears nothing."""
    pair = queries.pair_by_id(UUID(about["pair_id"]))
    return "" if pair and policy.may_still(reader_id, pair) else "no_access"


def silence(about: dict[str, Any], _reader_id: UUID) -> str:
    """Why a silence need not be told any more: the pair was heard of, or does not meet."""
    pair = queries.pair_by_id(UUID(about["pair_id"]))
    if pair is None or not queries.meets(pair):
        return "not_meeting"
    return "" if overlooked.quiet_since(pair.id) == datetime.fromisoformat(about["since"]) else "heard_of"


def _why_not_to(person_id: UUID, meeting: Meeting | None) -> str:
    """Why somebody hears nothing of a meeting, or nothing: their pair ended, or they are a mentor who was stopped."""
    return "" if meeting is None or policy.may_still(person_id, meeting.pair) else "no_access"
