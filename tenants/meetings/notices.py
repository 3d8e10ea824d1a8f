"""What people hear of meetings: who, whether and what are three questions."""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from maagal import clock, mail
from maagal.db import keep_despite_refusal
from tenants.communities.queries import coordinators_of
from tenants.meetings import overtaken, policy, queries, tellings
from tenants.meetings.actions import links
from tenants.meetings.events import MeetingCancelled, MeetingMissed, MeetingMoved, MeetingsCalledOff, SeriesChanged
from tenants.meetings.models import Meeting
from tenants.notifications.actions import tell
from tenants.pairing.models import Pair

REMINDER, HOW_WAS_IT, CHANGED, NEW_HOUR = "meetings/reminder", "meetings/how_was_it", "meetings/changed", "meetings/new_hour"
MISSED_TWICE, SILENCE, CALLED_OFF = "meetings/missed_twice", "meetings/silence", "meetings/called_off"


def who(pair: Pair) -> list[UUID]:
    """The two of the pair; a mentor who was stopped hears nothing."""
    return sorted(person for person in (pair.mentor_id, pair.participant_id) if policy.may_still(person, pair))


def whether(meeting: Meeting | None, which: str, starts: datetime) -> bool:
    """Whether a reminder is still right."""
    return not overtaken.why_not(meeting, which, starts)


def what(person_id: UUID, meeting: Meeting, which: str) -> None:
    """Tell one of them of the meeting."""
    starts = meeting.starts_at.isoformat()
    tell(person_id, REMINDER, once=f"{meeting.id}-{which}-{starts}", meeting_id=meeting.id, which=which, starts=starts)


def remind(meeting: Meeting | None, which: str, starts: datetime) -> None:
    """Remind the two of their meeting, if that is still right."""
    if meeting is not None and whether(meeting, which, starts):
        for person_id in who(meeting.pair):
            what(person_id, meeting, which)


def ask(meeting: Meeting | None, starts: datetime, ends: datetime) -> None:
    """Ask whoever of the two has not said so how it was, if that meeting was at these hours."""
    if meeting is None or (meeting.starts_at, meeting.ends_at) != (starts, ends) or not policy.is_tellable(meeting):
        return
    for person_id in who(meeting.pair):
        if tellings.log_of(meeting.id, person_id) is None:
            tell(person_id, HOW_WAS_IT, once=str(meeting.id), meeting_id=meeting.id, reader_id=person_id)


def tell_of_change(happened: MeetingMoved | MeetingCancelled) -> None:
    """The two hear that a meeting moved or was called off; once for each time it is given."""
    meeting = queries.by_id(happened.meeting_id)
    if meeting is not None and meeting.ends_at > clock.now():
        once = f"{meeting.id}-{meeting.version}"
        for person_id in who(meeting.pair):
            tell(person_id, CHANGED, once=once, meeting_id=meeting.id)


def tell_of_farewell(happened: MeetingsCalledOff) -> None:
    """Whoever of the two has access hears that the coming meetings were called off, and which one still takes place."""
    pair, left = queries.pair_by_id(happened.pair_id), happened.meeting_id
    for person_id in who(pair) if pair else ():
        kept: dict[str, Any] = {"meeting_id": left} if left else {}
        tell(person_id, CALLED_OFF, once=str(happened.pair_id), pair_id=happened.pair_id, **kept)


def tell_of_series(happened: SeriesChanged) -> None:
    """The two hear when they meet from now on."""
    pair = queries.pair_by_id(happened.pair_id)
    for person_id in who(pair) if pair else ():
        tell(person_id, NEW_HOUR, once=str(happened.series_id), pair_id=happened.pair_id, series_id=happened.series_id)


def tell_of_misses(happened: MeetingMissed) -> None:
    """Two misses in a row reach the coordinators, once until a meeting takes place again.

    The row is known by the meeting before it: its own first one changes when misses are told the newest first.
    """
    run, pair = queries.missed_in_a_row(happened.pair_id), queries.pair_by_id(happened.pair_id)
    if pair is not None and len(run) >= 2:
        before = queries.last_held(pair.id)
        _tell_coordinators(pair, MISSED_TWICE, once=f"{pair.id}-after-{before.id if before else 'none'}")


def tell_of_silence(pair: Pair, since: datetime) -> None:
    """Fourteen days without a word reach the coordinators, once until something is heard."""
    _tell_coordinators(pair, SILENCE, once=f"{pair.id}-{since.isoformat()}", since=since.isoformat())


def meeting_context(about: dict[str, Any]) -> dict[str, Any]:
    """Give templates the meeting (None when it is gone)."""
    return {"meeting": queries.by_id(UUID(about["meeting_id"]))}


def farewell_context(about: dict[str, Any]) -> dict[str, Any]:
    """Give templates the meeting to say goodbye as long as it is ahead, or None."""
    kept = queries.by_id(UUID(about["meeting_id"])) if "meeting_id" in about else None
    return {"meeting": kept if kept and kept.state == "planned" and kept.starts_at > clock.now() else None}


def how_was_it_context(about: dict[str, Any]) -> dict[str, Any]:
    """Give templates the meeting, and `one_tap()`, which makes a fresh link when it is called, one for each letter.

    The link is kept before the letter goes out, so that one which arrives always works.
    """
    return meeting_context(about) | {"one_tap": cache(lambda: _one_tap(UUID(about["meeting_id"]), UUID(about["reader_id"])))}


def _one_tap(meeting_id: UUID, person_id: UUID) -> str:
    with keep_despite_refusal() as session:
        token = links.mint(meeting_id, person_id, session)
    return mail.link("one_tap.ask", token=token)


def _tell_coordinators(pair: Pair, kind: str, once: str, **about: Any) -> None:
    for person in coordinators_of(pair.community_id):
        tell(person, kind, once=once, pair_id=pair.id, **about)


REACTIONS: dict[type, tuple[Any, ...]] = {
    MeetingMoved: (tell_of_change,),
    MeetingCancelled: (tell_of_change,),
    MeetingsCalledOff: (tell_of_farewell,),
    SeriesChanged: (tell_of_series,),
    MeetingMissed: (tell_of_misses,),
}
OVERTAKEN = {
    REMINDER: overtaken.reminder,
    HOW_WAS_IT: overtaken.question,
    CHANGED: overtaken.change,
    NEW_HOUR: overtaken.new_hour,
    CALLED_OFF: overtaken.farewell,
    SILENCE: overtaken.silence,
}
CONTEXTS = {REMINDER: meeting_context, CHANGED: meeting_context, CALLED_OFF: farewell_context, HOW_WAS_IT: how_was_it_context}
