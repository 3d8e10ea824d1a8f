"""A step of a pair's way: the state it comes into, who brought it there and why, and what it leaves behind for good."""

from uuid import UUID

from maagal.db import db
from tenants.audit.actions import record
from tenants.pairing import nevers, path
from tenants.pairing.models import Pair, PairStep
from tenants.pairing.path import NotNow


def come_into(pair: Pair, state: str, actor_id: UUID | None, reason: str | None = None) -> None:
    """Let a pair come into a state that its path allows; raise NotNow for any other."""
    if state not in path.NEXT[pair.state]:
        raise NotNow(pair.state)
    pair.state = state
    keep(pair, actor_id, reason)


def keep(pair: Pair, actor_id: UUID | None, reason: str | None) -> None:
    """Write the step and the audit; flushed first, so that whoever was quicker is heard before anything is told."""
    db.session.flush()
    db.session.add(PairStep(pair_id=pair.id, state=pair.state, actor_id=actor_id, reason=reason))
    audit(pair, actor_id, pair.state, reason=reason)


def audit(pair: Pair, actor_id: UUID | None, action: str, subject: str = "pair", reason: str | None = None) -> None:
    """Write down what somebody did to a pair or its offer, in the participant's file."""
    owner, place = pair.participant_id, pair.community_id
    record(actor_id, action, subject, pair.id, person_id=owner, community_id=place, reason=reason)


def remember(pair: Pair, reason: str, actor_id: UUID | None) -> None:
    """Keep what a reason says about the two for good, where it says anything."""
    if (code := path.LASTING.get(reason)) is not None:
        nevers.forbid(pair.participant_id, pair.mentor_id, code=code, reason=reason, actor_id=actor_id)
