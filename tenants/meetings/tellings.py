"""What was said of meetings, by whom, and the links and drafts by which it is said."""

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select

from maagal import clock
from maagal.db import db
from maagal.questions import Asking, Question, reader
from tenants.meetings.models import LogDraft, Meeting, MeetingLog, OneTap
from tenants.meetings.queries import SHOWN
from tenants.pairing.models import Pair


class Told(NamedTuple):
    """What a timeline tells of a pair: `pair` (None: there is none), its latest `meetings`, and what was said, sealed."""

    pair: Any
    meetings: list[Any]
    said: list[Any]


@reader
def told_of(pair_id: UUID) -> Asking[Told]:
    """Read a pair's latest meetings, the latest first, and what was shared of those that took place, as it was said."""
    pair, meetings, said = yield [each.of(pair=pair_id) for each in (PAIR, LATEST, SHARED)]
    return Told(next(iter(pair), None), meetings, said)


def logs_of(meeting_id: UUID) -> list[MeetingLog]:
    """List what was said of a meeting, in the order it was said."""
    return list(db.session.scalars(select(MeetingLog).where(MeetingLog.meeting_id == meeting_id).order_by(MeetingLog.id)))


def logs_by(person_id: UUID) -> list[tuple[MeetingLog, Meeting]]:
    """List everything somebody said of meetings, the oldest first."""
    mine = select(MeetingLog, Meeting).join(Meeting, Meeting.id == MeetingLog.meeting_id)
    found = db.session.execute(mine.where(MeetingLog.author_id == person_id).order_by(Meeting.starts_at))
    return [(row[0], row[1]) for row in found]


def log_of(meeting_id: UUID, author_id: UUID) -> MeetingLog | None:
    """Return what one person said of a meeting, or None."""
    mine = (MeetingLog.meeting_id == meeting_id, MeetingLog.author_id == author_id)
    return db.session.scalar(select(MeetingLog).where(*mine))


def draft_of(meeting_id: UUID, person_id: UUID) -> LogDraft | None:
    """Return what somebody had begun to say of a meeting, or None."""
    return db.session.get(LogDraft, (meeting_id, person_id))


def living_link(digest: bytes) -> OneTap | None:
    """Return the link of this hash while it can be used."""
    fresh = (OneTap.token_hash == digest, OneTap.spent_at.is_(None), OneTap.expires_at > clock.now())
    return db.session.scalar(select(OneTap).where(*fresh))


def _latest() -> Any:
    columns = (Meeting.id, Meeting.starts_at, Meeting.state, Meeting.cancel_reason)
    return (
        select(*columns).where(Meeting.pair_id == bindparam("pair")).order_by(Meeting.starts_at.desc()).limit(SHOWN)
    )


def _shared() -> Any:
    latest = _latest().subquery()
    said = select(MeetingLog.id, MeetingLog.meeting_id, MeetingLog.shared).join(latest, latest.c.id == MeetingLog.meeting_id)
    return said.where(latest.c.state == "held", MeetingLog.shared.is_not(None)).order_by(MeetingLog.id)


STANDING: Any = select(Pair.participant_id, Pair.mentor_id, Pair.community_id, Pair.state, Pair.stopped_at)
PAIR = Question(STANDING.where(Pair.id == bindparam("pair")))
LATEST, SHARED = Question(_latest()), Question(_shared())
