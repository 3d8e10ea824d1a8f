"""What the monthly report counts of requests."""

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from maagal import tenancy
from maagal.db import db, rows
from tenants.intake.models import HelpRequest, RequestStep

DECIDED = ("accepted", "waitlisted", "referred_out", "declined", "withdrawn")
Figure = tuple[str, str, int]


def figures(community_id: UUID | None, first_day: date, day_after_last: date) -> list[Figure]:
    """Return (code, unit, value) of a community, or of the tenant (None), for [first_day, day_after_last).

    Waiting list and longest wait (whole days) stand as of the end. A request belongs to no community before it is
    decided, so a community's new requests are those that it later took.
    """
    start, end = _moment(first_day), _moment(day_after_last)
    asked: Any = select(func.count()).select_from(HelpRequest).where(HelpRequest.asked_at >= start)
    new = db.session.scalar(_of(asked.where(HelpRequest.asked_at < end), community_id)) or 0
    moves = _moves(community_id, start, end)
    waits = _waits(community_id, end)
    return [
        ("requests_new", "count", new),
        *((f"requests_{state}", "count", moves.get(state, 0)) for state in DECIDED),
        ("waiting_list", "count", len(waits)),
        ("longest_wait", "days", max(((end - since).days for since in waits), default=0)),
    ]


def _moves(community_id: UUID | None, start: datetime, end: datetime) -> dict[str, int]:
    """Count requests by the state they came into within a span."""
    counted: Any = (
        select(RequestStep.state, func.count(RequestStep.request_id.distinct()))
        .join(HelpRequest, HelpRequest.id == RequestStep.request_id)
        .where(RequestStep.at >= start, RequestStep.at < end, RequestStep.reason.is_distinct_from("taken"))
        .where(func.coalesce(RequestStep.reason, "").not_like("risk%"))
        .group_by(RequestStep.state)
    )
    return dict(map(tuple, rows(_of(counted, community_id))))


def _waits(community_id: UUID | None, end: datetime) -> list[datetime]:
    """Return since when each person waits who was on a waiting list at a moment."""
    last: Any = (
        select(RequestStep.request_id, RequestStep.state)
        .where(RequestStep.at < end)
        .order_by(RequestStep.request_id, RequestStep.at.desc(), RequestStep.id.desc())
        .ext(distinct_on(RequestStep.request_id))
        .subquery()
    )
    wanted: Any = select(HelpRequest.asked_at).join(last, last.c.request_id == HelpRequest.id)
    return [row[0] for row in rows(_of(wanted.where(last.c.state == "waitlisted"), community_id))]


def _of(statement: Any, community_id: UUID | None) -> Any:
    return statement if community_id is None else statement.where(HelpRequest.community_id == community_id)


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), tenancy.current().zone).astimezone(UTC)
