"""The verbs of a pair. Each transition is kept with who, when and why, is audited, and is told to the house.

A verb that finds its work done is a no-op; from any other state it raises NotNow. A pair changed meanwhile is refused
by its version (StaleDataError), a seat that is gone by the database (IntegrityError).
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from maagal import clock, sealing, tenancy
from maagal.db import db
from maagal.events import drop, later, publish
from maagal.ids import new_id
from tenants.audit.actions import record
from tenants.pairing import events, path
from tenants.pairing.models import LIVE, SEATED, Never, Pair, PairAnswer, PairStep
from tenants.pairing.path import NotNow, Unfounded
from tenants.people.models import Profile

EXPIRE, REMIND = "pairing.expire", "pairing.remind"
OFFER_DAYS = 5
DAY = timedelta(days=1)


def offer(
    participant_id: UUID, mentor_id: UUID, community_id: UUID, *, summary: str, approved: bool,
    actor_id: UUID | None = None, round_id: UUID | None = None, receipt: Mapping[str, Any] | None = None, lead: bool = True,
) -> Pair:  # fmt: skip
    """Hold the mentor's seat and ask the mentor, who reads a summary that names nobody and that the participant approved.

    Raises Unfounded without the approval, IntegrityError (`capacity`, `uq_pairs_one_lead`) where no seat is free or the
    participant has a live offer or a lead mentor already.
    """
    if not approved or not summary.strip():
        raise Unfounded
    hold_still((participant_id, mentor_id))
    now, made = clock.now(), new_id()
    pair = Pair(
        id=made, participant_id=participant_id, mentor_id=mentor_id, community_id=community_id, round_id=round_id,
        state="offered", lead=lead, receipt=dict(receipt or {}), offered_at=now, summary_approved_at=now,
        summary=sealing.seal(summary.strip(), participant_id, sealing.Place("pairs", made, "summary")),
    )  # fmt: skip
    db.session.add(pair)
    db.session.flush()
    _kept(pair, actor_id, None)
    _ask_until(pair)
    publish(events.OfferMade(pair.id))
    return pair


def hold_still(person_ids: Collection[UUID]) -> None:
    """Lock the profiles of whoever is about to be paired, in one order for everyone: two offers cannot deadlock."""
    locked = select(Profile.person_id).where(Profile.person_id.in_(person_ids)).order_by(Profile.person_id)
    db.session.execute(locked.with_for_update())


def mentor_accepts(pair: Pair, actor_id: UUID | None = None, *, shares: bool = False, how: str | None = None) -> None:
    """Keep the mentor's yes; now the participant is asked, with the same number of days to answer.

    `shares`: the participant may read of the mentor's own experience before deciding. `how`, here and below, is how a
    coordinator was told (one of `path.WAYS_TOLD`); None: they said so here themselves.
    """
    if pair.mentor_said_yes_at is not None and pair.state in SEATED:
        return
    must_be_open(pair)
    pair.mentor_said_yes_at, pair.mentor_shares = clock.now(), shares
    db.session.flush()
    record(actor_id, "accepted", "offer", pair.id, person_id=pair.participant_id, community_id=pair.community_id)
    _answered(pair, "mentor", actor_id, how, agreed=True)
    _forget_clock(pair)
    _ask_until(pair)
    publish(events.MentorAccepted(pair.id))


def mentor_declines(pair: Pair, reason: str, actor_id: UUID | None = None, *, how: str | None = None) -> None:
    """Free the seat; the participant, who was not asked yet or was, never learns of it."""
    _decline(pair, reason, "mentor", actor_id, how)


def participant_accepts(pair: Pair, actor_id: UUID | None = None, *, how: str | None = None) -> None:
    """Introduce the two: both said yes. Raises NotNow before the mentor's yes."""
    if pair.participant_said_yes_at is not None and pair.state in LIVE:
        return
    _must_be_asked(pair)
    pair.participant_said_yes_at = clock.now()
    _come_into(pair, "introduced", actor_id)
    _answered(pair, "participant", actor_id, how, agreed=True)
    _forget_clock(pair)
    publish(events.PairIntroduced(pair.id))


def participant_declines(pair: Pair, reason: str, actor_id: UUID | None = None, *, how: str | None = None) -> None:
    """Free the seat; the mentor never learns who said no."""
    if pair.state != "declined":
        _must_be_asked(pair)
    _decline(pair, reason, "participant", actor_id, how)


def write_down(
    pair: Pair, side: str, actor_id: UUID, *, how: str, agreed: bool, reason: str = "", shares: bool = False
) -> None:
    """Keep what the mentor or the participant (`side`) told a coordinator: nobody needs to sign in to answer.

    Raises NotNow where a no is told for a mentor who said yes here meanwhile: that offer is taken back, not refused.
    """
    if side == "mentor":
        if agreed:
            mentor_accepts(pair, actor_id, shares=shares, how=how)
        elif pair.mentor_said_yes_at is not None:
            raise NotNow(pair.state)
        else:
            mentor_declines(pair, reason, actor_id, how=how)
    elif agreed:
        participant_accepts(pair, actor_id, how=how)
    else:
        participant_declines(pair, reason, actor_id, how=how)


def withdraw(pair: Pair, reason: str = "other", actor_id: UUID | None = None) -> None:
    """Take an offer back, as its coordinator."""
    _decline(pair, reason, "coordinator", actor_id)


def expire(pair: Pair) -> None:
    """Free the seat of an offer that nobody answered in time; anything else stays as it is."""
    if pair.state != "offered" or not is_over(pair):
        return
    pair.closed_at = clock.now()
    _come_into(pair, "declined", None, "expired")
    publish(events.OfferExpired(pair.id))


def start_trial(pair: Pair, actor_id: UUID | None = None) -> None:
    """Begin the getting-to-know period: from now on the mentor reads what belongs to the pair."""
    if pair.state == "trial":
        return
    pair.started_at = clock.now()
    _come_into(pair, "trial", actor_id)
    publish(events.TrialStarted(pair.id))


def activate(pair: Pair, actor_id: UUID | None = None) -> None:
    """Go on after the getting-to-know period."""
    if pair.state == "active":
        return
    if pair.state == "paused":
        raise NotNow(pair.state)
    _come_into(pair, "active", actor_id)
    publish(events.PairActivated(pair.id))


def pause(pair: Pair, reason: str, actor_id: UUID | None = None) -> None:
    """Let the mentoring rest, for one of `path.PAUSE_REASONS`."""
    if pair.state == "paused":
        return
    _must_know(reason, path.PAUSE_REASONS)
    _come_into(pair, "paused", actor_id, reason)
    publish(events.PairPaused(pair.id))


def resume(pair: Pair, actor_id: UUID | None = None) -> None:
    """Go on after a pause."""
    if pair.state == "active":
        return
    if pair.state != "paused":
        raise NotNow(pair.state)
    _come_into(pair, "active", actor_id)
    publish(events.PairResumed(pair.id))


def close(pair: Pair, initiator: str, reason: str, actor_id: UUID | None = None) -> None:
    """Begin the farewell of an active or paused pair; one that is not active yet ends here (`declined`).

    `initiator` is one of `path.INITIATORS`, `reason` one of `path.CLOSE_REASONS`. Raises NotNow for an offer.
    """
    if pair.state == "closing":
        return
    _must_know(reason, path.CLOSE_REASONS)
    _must_know(initiator, path.INITIATORS)
    if pair.state not in LIVE:
        raise NotNow(pair.state)
    pair.close_initiator, pair.close_reason = initiator, reason
    if pair.state in ("active", "paused"):
        _come_into(pair, "closing", actor_id, reason)
        publish(events.PairClosing(pair.id))
        return
    pair.closed_at = clock.now()
    _come_into(pair, "declined", actor_id, reason)
    _remember(pair, reason, actor_id)
    publish(events.PairClosed(pair.id))


def end_for(pair: Pair, person_id: UUID) -> None:
    """Begin the farewell because the mentor's or the participant's role has ended; an offer is taken back.

    A pair that is in its farewell, or has ended, stays as it is.
    """
    if pair.state == "offered":
        withdraw(pair)
    elif pair.state in LIVE and pair.state != "closing":
        close(pair, "mentor" if pair.mentor_id == person_id else "participant", "other")
        publish(events.PairLeft(pair.id, person_id))


def finish(pair: Pair, actor_id: UUID | None = None) -> None:
    """End the pair after its farewell: the seat is free and nobody of the pair reads on as such."""
    if pair.state == "closed":
        return
    pair.closed_at = clock.now()
    _come_into(pair, "closed", actor_id, pair.close_reason)
    _remember(pair, pair.close_reason or "", actor_id)
    publish(events.PairClosed(pair.id))


def stop(pair: Pair, actor_id: UUID | None = None) -> None:
    """End the mentor's access at once, whatever the state; the seat stays held until the pair is closed."""
    if pair.stopped_at is not None or pair.state not in SEATED:
        return
    pair.stopped_at = clock.now()
    db.session.flush()
    record(actor_id, "stopped", "pair", pair.id, person_id=pair.participant_id, community_id=pair.community_id)
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
    owner, place = pair.participant_id, pair.community_id
    record(actor_id, "let_back", "pair", pair.id, person_id=owner, community_id=place, reason=reason.strip())
    publish(events.PairLetBack(pair.id))


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
    _must_know(never.code, path.LIFTABLE)
    db.session.delete(never)
    record(actor_id, "allowed", "pairing", person_id=never.participant_id, reason=never.code)


def is_over(pair: Any) -> bool:
    """Whether the time to answer an offer has passed."""
    return pair.expires_at is not None and pair.expires_at <= clock.now()


def must_be_open(pair: Pair) -> None:
    """Raise NotNow unless somebody is asked just now."""
    if pair.state != "offered" or is_over(pair) or pair.stopped_at is not None:
        raise NotNow("expired" if pair.state == "offered" else pair.state)


def _decline(pair: Pair, reason: str, initiator: str, actor_id: UUID | None, how: str | None = None) -> None:
    """Free the seat of an offer. What the reason says about the two for good is remembered."""
    if pair.state == "declined":
        return
    if pair.state != "offered":
        raise NotNow(pair.state)
    _must_know(reason, path.DECLINE_REASONS)
    pair.close_initiator, pair.closed_at = initiator, clock.now()
    _come_into(pair, "declined", actor_id, reason)
    if initiator != "coordinator":
        _answered(pair, initiator, actor_id, how, agreed=False)
    _remember(pair, reason, actor_id)
    _forget_clock(pair)
    publish(events.OfferDeclined(pair.id))


def _must_be_asked(pair: Pair) -> None:
    must_be_open(pair)
    if pair.mentor_said_yes_at is None:
        raise NotNow(pair.state)


def _must_know(code: str, known: Collection[str]) -> None:
    if code not in known:
        raise Unfounded(code)


def _come_into(pair: Pair, state: str, actor_id: UUID | None, reason: str | None = None) -> None:
    if state not in path.NEXT[pair.state]:
        raise NotNow(pair.state)
    pair.state = state
    _kept(pair, actor_id, reason)


def _kept(pair: Pair, actor_id: UUID | None, reason: str | None) -> None:
    """Write the step and the audit; flushed first, so that whoever was quicker is heard before anything is told."""
    db.session.flush()
    db.session.add(PairStep(pair_id=pair.id, state=pair.state, actor_id=actor_id, reason=reason))
    owner, place = pair.participant_id, pair.community_id
    record(actor_id, pair.state, "pair", pair.id, person_id=owner, community_id=place, reason=reason)


def _answered(pair: Pair, side: str, actor_id: UUID | None, how: str | None, *, agreed: bool) -> None:
    """Keep an answer. One that a coordinator was told is audited as such: nobody says yes for others unseen."""
    db.session.add(PairAnswer(pair_id=pair.id, side=side, agreed=agreed, how=how, said_by=actor_id))
    if how is not None:
        _must_know(how, path.WAYS_TOLD)
        told = f"{side}:{'yes' if agreed else 'no'}:{how}"
        owner, place = pair.participant_id, pair.community_id
        record(actor_id, "wrote_down", "offer", pair.id, person_id=owner, community_id=place, reason=told)


def _remember(pair: Pair, reason: str, actor_id: UUID | None) -> None:
    if (code := path.LASTING.get(reason)) is not None:
        forbid(pair.participant_id, pair.mentor_id, code=code, reason=reason, actor_id=actor_id)


def _ask_until(pair: Pair) -> None:
    """Give whoever is asked the tenant's days to answer, a reminder the day before, and an end."""
    days = int(tenancy.current().settings.get("offer_days", OFFER_DAYS))
    pair.expires_at = clock.now() + timedelta(days=days)
    expire_once, remind_once = _clocks(pair)
    later(EXPIRE, pair.expires_at, once=expire_once, pair_id=pair.id)
    if days > 1:
        later(REMIND, pair.expires_at - DAY, once=remind_once, pair_id=pair.id)


def _forget_clock(pair: Pair) -> None:
    drop(*_clocks(pair, asked_both=False), *_clocks(pair, asked_both=True))


def _clocks(pair: Pair, *, asked_both: bool | None = None) -> tuple[str, str]:
    both = pair.mentor_said_yes_at is not None if asked_both is None else asked_both
    who = "participant" if both else "mentor"
    return f"{EXPIRE}:{pair.id}:{who}", f"{REMIND}:{pair.id}:{who}"
