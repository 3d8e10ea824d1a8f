"""The verbs of a pair after both said yes; before, see `offers`.

Each transition is kept with who, when and why, is audited, and is told to the house. A verb that finds its work done is a
no-op; from any other state it raises NotNow. A pair changed meanwhile is refused by its version (StaleDataError), a seat
that is gone by the database (IntegrityError).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from maagal import clock
from maagal.db import db
from maagal.events import publish
from tenants.pairing import events, offers, path
from tenants.pairing.models import LIVE, SEATED, Pair
from tenants.pairing.path import NotNow, Unfounded, must_know
from tenants.pairing.steps import audit, come_into, remember


def start_trial(pair: Pair, actor_id: UUID | None = None) -> None:
    """Begin the getting-to-know period: from now on the mentor reads what belongs to the pair."""
    if pair.state == "trial":
        return
    pair.started_at = clock.now()
    come_into(pair, "trial", actor_id)
    publish(events.TrialStarted(pair.id))


def activate(pair: Pair, actor_id: UUID | None = None) -> None:
    """Go on after the getting-to-know period."""
    if pair.state == "active":
        return
    if pair.state == "paused":
        raise NotNow(pair.state)
    come_into(pair, "active", actor_id)
    publish(events.PairActivated(pair.id))


def pause(pair: Pair, reason: str, actor_id: UUID | None = None) -> None:
    """Let the mentoring rest, for one of `path.PAUSE_REASONS`."""
    if pair.state == "paused":
        return
    must_know(reason, path.PAUSE_REASONS)
    come_into(pair, "paused", actor_id, reason)
    publish(events.PairPaused(pair.id))


def resume(pair: Pair, actor_id: UUID | None = None) -> None:
    """Go on after a pause."""
    if pair.state == "active":
        return
    if pair.state != "paused":
        raise NotNow(pair.state)
    come_into(pair, "active", actor_id)
    publish(events.PairResumed(pair.id))


def close(pair: Pair, initiator: str, reason: str, actor_id: UUID | None = None) -> None:
    """Begin the farewell of an active or paused pair; one that is not active yet ends here (`declined`).

    `initiator` is one of `path.INITIATORS`, `reason` one of `path.CLOSE_REASONS`. Raises NotNow for an offer.
    """
    if pair.state == "closing":
        return
    must_know(reason, path.CLOSE_REASONS)
    must_know(initiator, path.INITIATORS)
    if pair.state not in LIVE:
        raise NotNow(pair.state)
    pair.close_initiator, pair.close_reason = initiator, reason
    if pair.state in ("active", "paused"):
        come_into(pair, "closing", actor_id, reason)
        publish(events.PairClosing(pair.id))
        return
    pair.closed_at = clock.now()
    come_into(pair, "declined", actor_id, reason)
    remember(pair, reason, actor_id)
    publish(events.PairClosed(pair.id))


def end_for(pair: Pair, person_id: UUID) -> None:
    """Begin the farewell because the mentor's or the participant's role has ended; an offer is taken back.

    A pair that is in its farewell, or has ended, stays as it is.
    """
    if pair.state == "offered":
        offers.withdraw(pair)
    elif pair.state in LIVE and pair.state != "closing":
        close(pair, "mentor" if pair.mentor_id == person_id else "participant", "other")
        publish(events.PairLeft(pair.id, person_id))


def finish(pair: Pair, actor_id: UUID | None = None) -> None:
    """End the pair after its farewell: the seat is free and nobody of the pair reads on as such."""
    if pair.state == "closed":
        return
    pair.closed_at = clock.now()
    come_into(pair, "closed", actor_id, pair.close_reason)
    remember(pair, pair.close_reason or "", actor_id)
    publish(events.PairClosed(pair.id))


def stop(pair: Pair, actor_id: UUID | None = None) -> None:
    """End the mentor's access at once, whatever the state; the seat stays held until the pair is closed."""
    if pair.stopped_at is not None or pair.state not in SEATED:
        return
    pair.stopped_at = clock.now()
    db.session.flush()
    audit(pair, actor_id, "stopped")
    publish(events.PairStopped(pair.id))


def hold_pair(pair_id: UUID) -> None:
    """Lock a pair, so that whoever else would change it now waits until this is committed."""
    db.session.execute(select(Pair.id).where(Pair.id == pair_id).with_for_update(key_share=True))


def note_last_held(pair_id: UUID, at: datetime | None) -> None:
    """Keep when the two last met, or that they never did; nobody's open form of the pair grows stale."""
    db.session.execute(update(Pair).where(Pair.id == pair_id).values(last_held_at=at))


def let_back(pair: Pair, reason: str, actor_id: UUID | None = None) -> None:
    """Give a stopped mentor's access back, for a reason that the audit keeps; raises Unfounded without one."""
    if pair.stopped_at is None:
        return
    if not reason.strip():
        raise Unfounded
    pair.stopped_at = None
    db.session.flush()
    audit(pair, actor_id, "let_back", reason=reason.strip())
    publish(events.PairLetBack(pair.id))
