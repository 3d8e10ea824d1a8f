"""The verbs of safeguarding: raise, take, ring again, close."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from maagal import clock, sealing, tenancy
from maagal.db import db
from maagal.events import later, publish
from tenants.audit.actions import record
from tenants.notifications.actions import tell
from tenants.pairing.models import Pair
from tenants.safeguarding import clocks, events, queries
from tenants.safeguarding.models import Concern

RING = "safeguarding.ring"
RAISED, UNANSWERED, NOBODY_THERE = "safeguarding/raised", "safeguarding/unanswered", "safeguarding/nobody_there"


class NotYours(ValueError):
    """Somebody else has taken it, or it is closed; or this id is somebody else's concern."""


class NoNote(ValueError):
    """A concern is closed only with a note of what was done."""


def raise_concern(
    concern_id: UUID, raiser_id: UUID, level: int, words: str, *,
    about_id: UUID | None = None, pair: Pair | None = None, file: UUID | None = None,
) -> Concern:  # fmt: skip
    """Write down a concern and tell whoever handles it at once; the same id again is a no-op, also in the same moment.

    `about_id` is never told. `file` is whose file it belongs to where there is no pair. `words` may be empty. Raises
    NotYours where the id is of what another raised.
    """
    now = clock.now()
    values = {
        "id": concern_id, "raised_by": raiser_id, "person_id": pair.participant_id if pair else file, "about_id": about_id,
        "pair_id": pair.id if pair else None,
        "community_id": pair.community_id if pair else queries.community_of(about_id or file or raiser_id),
        "level": level, "words": sealing.seal(words.strip(), raiser_id, _place(concern_id, "words")), "raised_at": now,
        "answer_by": clocks.answer_by(level, now, tenancy.current().zone),
    }  # fmt: skip
    statement = insert(Concern).values(values).on_conflict_do_nothing(index_elements=["id"]).returning(Concern)
    if (concern := db.session.scalar(statement)) is None:
        return _known(concern_id, raiser_id)
    record(raiser_id, "raised", "concern", concern_id, person_id=concern.person_id, community_id=concern.community_id)
    for person_id in (heard := queries.first_told(concern)):
        tell(person_id, RAISED, once=str(concern_id), urgent=True, concern_id=concern_id)
    _unless(heard, concern, 0)
    _ask_to_ring(concern, 1)
    publish(events.ConcernRaised(concern_id))
    return concern


def ring(concern: Concern, turn: int) -> None:
    """Tell every coordinator but the one it is about, and ask to ring again; nothing once somebody took it.

    Where there is none, administrators hear that something waits.
    """
    if concern.state != "open":
        return
    for person_id in (heard := queries.everyone_told(concern)):
        once = f"{concern.id}:{turn}"
        tell(person_id, UNANSWERED, once=once, urgent=True, concern_id=concern.id)
    _unless(heard, concern, turn)
    _ask_to_ring(concern, turn + 1)


def take(concern: Concern, actor_id: UUID) -> None:
    """Answer for it from now on; again by the same person is a no-op. Raises NotYours for what another took."""
    db.session.refresh(concern, with_for_update=True)  # of two in the same moment the second sees what the first did
    if concern.state == "taken" and concern.taken_by == actor_id:
        return
    if concern.state != "open":
        raise NotYours
    concern.state, concern.taken_by, concern.taken_at = "taken", actor_id, clock.now()
    _kept(concern, actor_id, "taken")
    publish(events.ConcernTaken(concern.id))


def close(concern: Concern, note: str, actor_id: UUID) -> None:
    """End it with a note of what was done, sealed under its writer's key; a second time is a no-op.

    Raises NoNote without one, NotYours before somebody took it.
    """
    db.session.refresh(concern, with_for_update=True)  # of two in the same moment the second sees what the first did
    if concern.state == "closed":
        return
    if concern.state != "taken":
        raise NotYours
    if not note.strip():
        raise NoNote
    concern.closing_note = sealing.seal(note.strip(), actor_id, _place(concern.id, "closing_note"))
    concern.state, concern.closed_at = "closed", clock.now()
    _kept(concern, actor_id, "closed")
    publish(events.ConcernClosed(concern.id))


def words_of(concern: Concern) -> str:
    """Open what was written."""
    return sealing.unseal(concern.words, _place(concern.id, "words"))


def note_of(concern: Concern) -> str:
    """Open the note of what was done, or return nothing."""
    return sealing.unseal_or_empty(concern.closing_note, _place(concern.id, "closing_note"))


def _known(concern_id: UUID, raiser_id: UUID) -> Concern:
    known = db.session.get_one(Concern, concern_id)
    if known.raised_by != raiser_id:
        raise NotYours
    return known


def _kept(concern: Concern, actor_id: UUID, action: str) -> None:
    """Write the audit, once the change is in the database."""
    db.session.flush()
    record(actor_id, action, "concern", concern.id, person_id=concern.person_id, community_id=concern.community_id)


def _unless(heard: Sequence[UUID], concern: Concern, turn: int) -> None:
    """Let administrators appoint somebody where nobody heard; they are told neither what it says nor of whom."""
    for person_id in () if heard else queries.administrators_told(concern):
        tell(person_id, NOBODY_THERE, once=f"{concern.id}:{turn}", urgent=True, concern_id=concern.id)


def _ask_to_ring(concern: Concern, turn: int) -> None:
    """Ask for the next ring: at the concern's hour first, then each time after the level's time again."""
    zone = tenancy.current().zone
    at = concern.answer_by if turn == 1 else clocks.answer_by(concern.level, clock.now(), zone)
    later(RING, at, once=f"{RING}:{concern.id}:{turn}", queue="urgent", concern_id=concern.id, turn=turn)


def _place(concern_id: UUID, column: str) -> sealing.Place:
    return sealing.Place("concerns", concern_id, column)
