"""The verbs of an offer: made, answered by the mentor and then the participant, taken back, or over.

As in `actions`: a verb that finds its work done is a no-op, from any other state it raises NotNow.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from maagal import clock, sealing, tenancy
from maagal.db import db
from maagal.events import drop, later, publish
from maagal.ids import new_id
from tenants.pairing import events, path
from tenants.pairing.models import LIVE, SEATED, Pair, PairAnswer
from tenants.pairing.path import NotNow, Unfounded, must_know
from tenants.pairing.steps import audit, come_into, keep, remember
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
    keep(pair, actor_id, None)
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
    audit(pair, actor_id, "accepted", "offer")
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
    come_into(pair, "introduced", actor_id)
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
    come_into(pair, "declined", None, "expired")
    publish(events.OfferExpired(pair.id))


def is_over(pair: Any) -> bool:
    """Whether the time to answer an offer has passed."""
    return pair.expires_at is not None and pair.expires_at <= clock.now()


def is_open(pair: Any) -> bool:
    """Whether somebody is asked just now."""
    return pair.state == "offered" and not is_over(pair) and pair.stopped_at is None


def must_be_open(pair: Pair) -> None:
    """Raise NotNow unless somebody is asked just now."""
    if not is_open(pair):
        raise NotNow("expired" if pair.state == "offered" else pair.state)


def _decline(pair: Pair, reason: str, initiator: str, actor_id: UUID | None, how: str | None = None) -> None:
    """Free the seat of an offer. What the reason says about the two for good is remembered."""
    if pair.state == "declined":
        return
    if pair.state != "offered":
        raise NotNow(pair.state)
    must_know(reason, path.DECLINE_REASONS)
    pair.close_initiator, pair.closed_at = initiator, clock.now()
    come_into(pair, "declined", actor_id, reason)
    if initiator != "coordinator":
        _answered(pair, initiator, actor_id, how, agreed=False)
    remember(pair, reason, actor_id)
    _forget_clock(pair)
    publish(events.OfferDeclined(pair.id))


def _must_be_asked(pair: Pair) -> None:
    must_be_open(pair)
    if pair.mentor_said_yes_at is None:
        raise NotNow(pair.state)


def _answered(pair: Pair, side: str, actor_id: UUID | None, how: str | None, *, agreed: bool) -> None:
    """Keep an answer. One that a coordinator was told is audited as such: nobody says yes for others unseen."""
    db.session.add(PairAnswer(pair_id=pair.id, side=side, agreed=agreed, how=how, said_by=actor_id))
    if how is not None:
        must_know(how, path.WAYS_TOLD)
        told = f"{side}:{'yes' if agreed else 'no'}:{how}"
        audit(pair, actor_id, "wrote_down", "offer", told)


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
