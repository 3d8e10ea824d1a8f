"""Two people who must not be paired: what a coordinator said, and what happened between them."""

from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from maagal import sealing
from maagal.db import db, rows
from maagal.ids import new_id
from tenants.audit.actions import record
from tenants.pairing.models import Never
from tenants.pairing.path import LIFTABLE, must_know
from tenants.pairing.queries import Mentoring, full_name


class Barred(NamedTuple):
    """A mentor with whom a participant must not be paired; `liftable`: a coordinator said so and may take it back."""

    id: UUID
    participant_id: UUID
    mentor: str
    code: str
    note: str
    liftable: bool


def barred(participant_ids: Collection[UUID]) -> list[Barred]:
    """List whom participants must not be paired with, by name; the notes are open."""
    wanted: Any = (
        select(Never.id, Never.participant_id, full_name(Mentoring).label("mentor"), Never.code, Never.note)
        .join(Mentoring, Mentoring.id == Never.mentor_id)
        .where(Never.participant_id.in_(participant_ids))
        .order_by(full_name(Mentoring), Never.code)
    )
    return [
        Barred(row.id, row.participant_id, row.mentor, row.code, _note(row), row.code in LIFTABLE) for row in rows(wanted)
    ]


def _note(never: Any) -> str:
    return sealing.unseal_or_empty(never.note, sealing.Place("nevers", never.id, "note"))


def never_of(person_id: UUID, never_id: UUID) -> Never | None:
    """Return what a coordinator said of a participant and a mentor, to take it back."""
    theirs = (Never.id == never_id, Never.participant_id == person_id, Never.code.in_(LIFTABLE))
    return db.session.scalar(select(Never).where(*theirs))


def forbid(
    participant_id: UUID, mentor_id: UUID, *, code: str = "never", reason: str | None = None, note: str = "",
    actor_id: UUID | None = None,
) -> None:  # fmt: skip
    """Keep for good that two people must not be paired; saying so again changes nothing."""
    made = new_id()
    sealed = sealing.seal(note.strip(), participant_id, sealing.Place("nevers", made, "note")) if note.strip() else None
    values = {"participant_id": participant_id, "mentor_id": mentor_id, "code": code, "reason": reason, "said_by": actor_id}
    db.session.execute(insert(Never).values(id=made, note=sealed, **values).on_conflict_do_nothing())
    record(actor_id, "forbade", "pairing", person_id=participant_id, reason=code)


def allow(never: Never, actor_id: UUID | None = None) -> None:
    """Take back what a coordinator said of two people; raises Unfounded for what happened between them."""
    must_know(never.code, LIFTABLE)
    db.session.delete(never)
    record(actor_id, "allowed", "pairing", person_id=never.participant_id, reason=never.code)
