"""What each side says of a meeting, and what the house makes of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from maagal import clock, sealing
from maagal.db import db
from maagal.events import publish
from maagal.ids import new_id
from tenants.audit.actions import record
from tenants.meetings import queries, tellings
from tenants.meetings.actions import clocks
from tenants.meetings.events import MeetingHeld, MeetingMissed
from tenants.meetings.models import LogDraft, Meeting, MeetingLog
from tenants.pairing.actions import hold_pair, note_last_held

TABLE, DRAFTS = "meeting_logs", "log_drafts"
DRAFTS_LAST = timedelta(days=7)
FACTS = {"held": MeetingHeld, "missed": MeetingMissed}


@dataclass(frozen=True)
class Said:
    """One side's words. Texts are plain and may be empty; `topics` are codes of life areas, `minutes` None if unsaid."""

    held: bool
    minutes: int | None = None
    medium: str | None = None
    topics: tuple[str, ...] = ()
    next_step: str = ""
    shared: str = ""
    private: str = ""


def say(meeting: Meeting, author_id: UUID, said: Said, *, by_link: bool = False) -> MeetingLog:
    """Keep what one side says, in place of what they said before; the draft is spent with it.

    Shared words are sealed under the participant's key, the private note under its author's.
    """
    _one_at_a_time(meeting)
    log = tellings.log_of(meeting.id, author_id) or _new_log(meeting, author_id, by_link=by_link)
    log.held, log.minutes, log.medium = said.held, said.minutes, said.medium
    log.topics = list(said.topics)
    log.next_step = _sealed(said.next_step, meeting.file_of, log.id, "next_step")
    log.shared = _sealed(said.shared, meeting.file_of, log.id, "shared")
    log.private = _sealed(said.private, author_id, log.id, "private")
    db.session.flush()
    forget_draft(meeting, author_id)
    record(author_id, "told", "meeting", meeting.id, person_id=meeting.file_of, community_id=meeting.community_id)
    _settle(meeting)
    return log


def decide(meeting: Meeting, *, held: bool, actor_id: UUID) -> None:
    """Let a coordinator say whether it took place, where the two say differently or nobody says anything."""
    _one_at_a_time(meeting)
    meeting.decided_by, meeting.contradicted = actor_id, False
    record(actor_id, "decided", "meeting", meeting.id, person_id=meeting.file_of, community_id=meeting.community_id)
    _come_to(meeting, "held" if held else "missed")


def read(log: MeetingLog, *, private: bool = False) -> Said:
    """Open what was said; the private note only where asked for, which its author alone may."""
    texts = {name: _opened(log, name) for name in ("next_step", "shared")}
    return Said(
        log.held, log.minutes, log.medium, tuple(log.topics), **texts, private=_opened(log, "private") if private else ""
    )


def shared_words(log: Any) -> str:
    """Open what one side shared; `log` is a summary or a row with its id and the sealed words."""
    return _opened(log, "shared")


def keep_draft(meeting: Meeting, person_id: UUID, typed: Mapping[str, Any]) -> None:
    """Keep what somebody has typed so far (JSON-ready), sealed under their own key; nothing typed is nothing kept."""
    if not any(typed.values()):
        return
    content = sealing.seal(json.dumps(dict(typed)), person_id, _draft_place(meeting.id, person_id))
    kept = {"content": content, "touched_at": clock.now()}
    statement = insert(LogDraft).values(meeting_id=meeting.id, person_id=person_id, **kept)
    db.session.execute(statement.on_conflict_do_update(index_elements=["meeting_id", "person_id"], set_=kept))
    clocks.forget_drafts(clock.now() + DRAFTS_LAST + timedelta(days=1))


def read_draft(draft: LogDraft) -> dict[str, Any]:
    """Open what somebody had typed."""
    place = _draft_place(draft.meeting_id, draft.person_id)
    typed: dict[str, Any] = json.loads(sealing.unseal(draft.content, place))
    return typed


def forget_old_drafts() -> None:
    """Throw away drafts that nobody touched for seven days."""
    db.session.execute(delete(LogDraft).where(LogDraft.touched_at < clock.now() - DRAFTS_LAST))


def forget_draft(meeting: Meeting, person_id: UUID) -> None:
    """Throw a draft away."""
    mine = (LogDraft.meeting_id == meeting.id, LogDraft.person_id == person_id)
    db.session.execute(delete(LogDraft).where(*mine))


def _settle(meeting: Meeting) -> None:
    """Held when somebody says so and nobody denies it, missed when all who speak deny it; a coordinator's word stands."""
    if meeting.decided_by is not None:
        return
    said = {log.held for log in tellings.logs_of(meeting.id)}
    meeting.contradicted = len(said) > 1
    _come_to(meeting, "planned" if meeting.contradicted else "held" if True in said else "missed")


def _come_to(meeting: Meeting, state: str) -> None:
    before, meeting.state = meeting.state, state
    if before == state:
        return
    db.session.flush()
    if "held" in (before, state):
        hold_pair(meeting.pair_id)  # two meetings told of at once: the second counts the first
        last = queries.last_held(meeting.pair_id)
        note_last_held(meeting.pair_id, last.starts_at if last else None)
    if state == "held":  # counted from the word: a summary that comes late must not say that silence is over already
        clocks.look_after(meeting.pair_id, max(meeting.starts_at, clock.now()) + queries.FORTNIGHT)
    if state in FACTS:
        publish(FACTS[state](meeting.id, meeting.pair_id))


def _one_at_a_time(meeting: Meeting) -> None:
    """Let the two sides speak one after the other, each hearing what the other said."""
    locked = select(Meeting).where(Meeting.id == meeting.id).with_for_update()
    db.session.scalars(locked.execution_options(populate_existing=True)).one()


def _new_log(meeting: Meeting, author_id: UUID, *, by_link: bool) -> MeetingLog:
    log = MeetingLog(id=new_id(), meeting_id=meeting.id, author_id=author_id, by_link=by_link)
    db.session.add(log)
    return log


def _sealed(text: str, owner: UUID, log_id: UUID, column: str) -> bytes | None:
    return sealing.seal(text.strip(), owner, sealing.Place(TABLE, log_id, column)) if text.strip() else None


def _opened(log: Any, column: str) -> str:
    return sealing.unseal_or_empty(getattr(log, column), sealing.Place(TABLE, log.id, column))


def _draft_place(meeting_id: UUID, person_id: UUID) -> sealing.Place:
    return sealing.Place(DRAFTS, meeting_id, f"content.{person_id}")
