"""What the monthly report counts of meetings."""

from datetime import date, time
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Float, case, cast, extract, func, select

from maagal import clock, tenancy
from maagal.db import db
from tenants.meetings import weeks
from tenants.meetings.actions.arranging import BY_THE_HOUSE
from tenants.meetings.models import Meeting, MeetingLog
from tenants.pairing.models import Pair

Figure = tuple[str, str, int | float, str]


def figures(community_id: UUID | None, first_day: date, day_after_last: date) -> list[Figure]:
    """Count a period's meetings, days in the tenant's zone: (section, code, value, unit).

    Planned are all but those called off because the pair rested, was stopped or ended; hours are of what took place: the
    mean of what the two said, or else the planned length.
    """
    zone = tenancy.current().zone
    bounds = (weeks.moment(day, time(), zone) for day in (first_day, day_after_last))
    first, after = bounds
    own = func.coalesce(Meeting.cancel_reason, "").not_in(BY_THE_HOUSE)
    wanted = select(
        _count(own), _count(Meeting.state == "held"), _count(Meeting.state == "missed"),
        _count((Meeting.state == "cancelled") & own), _hours(),
    ).join(Meeting.pair).where(Meeting.starts_at >= first, Meeting.starts_at < min(after, clock.now()))  # fmt: skip
    if community_id is not None:
        wanted = wanted.where(Pair.community_id == community_id)
    planned, held, missed, cancelled, hours = db.session.execute(wanted).one()
    return [
        ("meetings", "meetings_planned", planned, "count"),
        ("meetings", "meetings_held", held, "count"),
        ("meetings", "meetings_missed", missed, "count"),
        ("meetings", "meetings_cancelled", cancelled, "count"),
        ("meetings", "hours", round(float(hours), 1), "hours"),
    ]


def _count(condition: ColumnElement[bool]) -> Any:
    return func.count(case((condition, 1)))


def _hours() -> Any:
    said = select(func.avg(MeetingLog.minutes)).where(MeetingLog.meeting_id == Meeting.id, MeetingLog.held)
    planned = extract("epoch", Meeting.ends_at - Meeting.starts_at) / 60
    minutes = func.coalesce(cast(said.scalar_subquery(), Float), cast(planned, Float))
    return func.coalesce(func.sum(case((Meeting.state == "held", minutes))), 0) / 60
