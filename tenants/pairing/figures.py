"""What the monthly report counts of pairs."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from maagal import tenancy
from maagal.db import db, rows
from tenants.communities.queries import held_on
from tenants.pairing.models import Pair, PairStep
from tenants.people.models import Membership

Figure = tuple[str, str, str, int]


def usage() -> dict[str, int]:
    """Count the pairs that meet, or pause, at this moment."""
    living = (Pair.started_at.is_not(None), Pair.closed_at.is_(None))
    return {"pairs": db.session.scalar(select(func.count()).select_from(Pair).where(*living)) or 0}


def figures(community_id: UUID | None, first: date, after: date) -> list[Figure]:
    """Return (section, code, of what or "", number) of a community, or of all, from a day until before another.

    Codes: pairs_started, pairs_active and pairs_paused (at the end), pairs_closed, closed_by_reason (of a reason) in the
    section "pairs"; seats_taken (at the end) in "people"; waiting_for_mentor (at the end) in "waiting". A pair counts from
    its getting-to-know period on.
    """
    zone = tenancy.current().zone
    begin, end = (datetime(day.year, day.month, day.day, tzinfo=zone) for day in (first, after))
    here: Any = (Pair.community_id == community_id) if community_id else True
    numbers = db.session.execute(_numbers(begin, end).where(here)).one()._asdict()
    taken = numbers.pop("seats_taken")
    found: list[Figure] = [("pairs", code, "", number) for code, number in numbers.items()]
    reasons: Any = rows(_by_reason(begin, end).where(here))
    found += [("pairs", "closed_by_reason", reason, number) for reason, number in reasons]
    waiting = db.session.scalar(_without_mentor(end, after, community_id)) or 0
    return [*found, ("people", "seats_taken", "", taken), ("waiting", "waiting_for_mentor", "", waiting)]


def _numbers(begin: datetime, end: datetime) -> Any:
    state = _state_at(end)
    seated = and_(Pair.offered_at < end, or_(Pair.closed_at.is_(None), Pair.closed_at >= end))
    return select(
        func.count().filter(Pair.started_at >= begin, Pair.started_at < end).label("pairs_started"),
        func.count().filter(state.in_(("trial", "active"))).label("pairs_active"),
        func.count().filter(state == "paused").label("pairs_paused"),
        func.count().filter(_closed(begin, end)).label("pairs_closed"),
        func.count().filter(seated).label("seats_taken"),
    )


def _without_mentor(end: datetime, after: date, community_id: UUID | None) -> Any:
    """Count participants who had no lead pair at the end; the month's last day decides who took part."""
    theirs = (Pair.participant_id == Membership.person_id, Pair.lead, Pair.offered_at < end)
    paired = select(Pair.id).where(*theirs, or_(Pair.closed_at.is_(None), Pair.closed_at >= end)).exists()
    held = and_(Membership.role == "participant", held_on(after - timedelta(days=1)), ~paired)
    counted = select(func.count(func.distinct(Membership.person_id))).where(held)
    return counted.where(Membership.community_id == community_id) if community_id else counted


def _by_reason(begin: datetime, end: datetime) -> Any:
    reason = func.coalesce(Pair.close_reason, "other")
    return select(reason, func.count()).where(_closed(begin, end)).group_by(reason).order_by(reason)


def _closed(begin: datetime, end: datetime) -> Any:
    return and_(Pair.started_at.is_not(None), Pair.closed_at >= begin, Pair.closed_at < end)


def _state_at(moment: datetime) -> Any:
    """Select the state a pair was in just before a moment."""
    last = select(PairStep.state).where(PairStep.pair_id == Pair.id, PairStep.at < moment)
    return last.order_by(PairStep.at.desc(), PairStep.id.desc()).limit(1).correlate(Pair).scalar_subquery()
