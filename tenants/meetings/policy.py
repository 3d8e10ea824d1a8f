"""Who sees, arranges and tells of meetings."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from maagal import clock
from maagal.permissions import rule
from tenants.meetings import queries, tellings
from tenants.pairing.models import LIVE, READING
from tenants.pairing.policy import coordinates

MENDABLE = timedelta(days=14)
SAYING = ("introduced", "trial", "active", "closing")


@rule("meeting", "R")
def see(viewer: Any, meeting: Any = None) -> Iterator[str]:
    """The two of the pair, the mentor while active; coordinators of the community."""
    if meeting is None:
        yield from ("active", "own")
        yield from ("community",) if viewer.communities("coordinator") else ()
    else:
        yield from _stands(viewer, meeting.pair)


@rule("meeting", "R")
def see_all(viewer: Any, pair: Any) -> Iterator[str]:
    """The two of the pair, the mentor while active; coordinators of the community."""
    yield from _stands(viewer, pair)


@rule("meeting", "W")
def set_series(viewer: Any, pair: Any) -> Iterator[str]:
    """The two of a pair that meets; coordinators of the community."""
    if queries.meets(pair):
        yield from _stands(viewer, pair)


@rule("meeting", "W")
def rearrange(viewer: Any, meeting: Any) -> Iterator[str]:
    """The two of the pair, and coordinators of the community, as long as the meeting is planned and ahead."""
    if meeting.state == "planned" and meeting.starts_at > clock.now():
        yield from _stands(viewer, meeting.pair)


@rule("meeting", "W")
def tell(viewer: Any, meeting: Any) -> Iterator[str]:
    """The two of the pair, once the meeting has begun; what they said can be mended for fourteen days."""
    said = tellings.log_of(meeting.id, viewer.person_id)
    if is_tellable(meeting) and (said is None or said.logged_at > clock.now() - MENDABLE):
        yield from (relation for relation in _stands(viewer, meeting.pair) if relation != "community")


@rule("meeting", "A")
def oversee(viewer: Any, meeting: Any) -> Iterator[str]:
    """Coordinators of the community, once the meeting has begun."""
    if meeting.state != "cancelled" and meeting.starts_at <= clock.now():
        yield from (relation for relation in _stands(viewer, meeting.pair) if relation == "community")


@rule("pair", "R")
def read_shared(viewer: Any, pair: Any) -> Iterator[str]:
    """The participant, the mentor while the pair is theirs to read, and coordinators of the community."""
    stands = _stands(viewer, pair)
    yield from (relation for relation in stands if relation != "active" or pair.state in READING)


@rule("private_note", "R")
def read_private(viewer: Any, log: Any) -> Iterator[str]:
    """Nobody but whoever wrote it."""
    if log.author_id == viewer.person_id:
        yield "author"


def is_tellable(meeting: Any) -> bool:
    """Whether something can be said of a meeting: it has begun, was not cancelled, and the pair has not ended."""
    return meeting.starts_at <= clock.now() and meeting.state != "cancelled" and meeting.pair.state in SAYING


def may_still(person_id: Any, pair: Any) -> bool:
    """Whether somebody is one of the two of a pair, and as its mentor still has access."""
    is_mentor = person_id == pair.mentor_id and pair.stopped_at is None and pair.state in LIVE
    return bool(is_mentor or person_id == pair.participant_id)


def _stands(viewer: Any, pair: Any) -> Iterator[str]:
    yield from coordinates(viewer, pair)
    if may_still(viewer.person_id, pair):
        yield "own" if viewer.person_id == pair.participant_id else "active"
