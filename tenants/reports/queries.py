"""Reports as they were frozen, and the figures that were published."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import false, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from maagal import clock, tenancy
from maagal.db import db, rows
from tenants.communities.models import Community
from tenants.communities.queries import held_on
from tenants.people.models import Membership, Person, StaffRecord
from tenants.reports.models import PublishedFigure, Report


class Listed(NamedTuple):
    """A report's line in the list: its latest revision; without a community's name it is the whole organisation's."""

    id: UUID
    period: date
    community_name: str | None
    revision: int
    made_at: datetime


def by_id(report_id: UUID) -> Report | None:
    """Return a report."""
    return db.session.get(Report, report_id)


def revisions(community_id: UUID | None, period: date) -> list[Report]:
    """Return all revisions of a month, newest first."""
    month = (Report.community_id.is_not_distinct_from(community_id), Report.period == period)
    return list(db.session.scalars(select(Report).where(*month).order_by(Report.revision.desc())))


def latest(community_id: UUID | None, period: date) -> Report | None:
    """Return the newest revision of a month."""
    return next(iter(revisions(community_id, period)), None)


def listed(community_ids: Collection[UUID], *, whole: bool) -> list[Listed]:
    """Return the newest revision of each month of these communities, and of the organisation if `whole`; newest first."""
    columns = (Report.id, Report.period, Community.name, Report.revision, Report.made_at)
    mine = or_(Report.community_id.in_(community_ids), Report.community_id.is_(None) if whole else false())
    wanted: Any = select(*columns).outerjoin(Community, Community.id == Report.community_id).where(mine)
    order = (Report.period.desc(), Community.name, Report.community_id, Report.revision.desc())
    newest = distinct_on(Report.period, Community.name, Report.community_id)
    return [Listed(*each) for each in _plain(wanted.ext(newest).order_by(*order))]


def readers(report: Report) -> list[UUID]:
    """Return whom a report is for today: the coordinators of its community, or administration; in one order."""
    role = "coordinator" if report.community_id else "administrator"
    place = Membership.community_id.is_not_distinct_from(report.community_id)
    today = held_on(clock.today(tenancy.current().zone))
    wanted = select(Membership.person_id).join(Person, Person.id == Membership.person_id)
    return sorted(set(db.session.scalars(wanted.where(Membership.role == role, place, today, Person.state == "active"))))


def eligible_people() -> int:
    """Count who could take part: the staff of an employer's tenant, everybody known in a public one."""
    if tenancy.current().kind == "business":
        return db.session.scalar(select(func.count()).select_from(StaffRecord)) or 0
    return db.session.scalar(select(func.count()).select_from(Person).where(Person.state == "active")) or 0


def published() -> dict[date, dict[str, int | None]]:
    """Return quarter -> code -> figure, newest quarter first. This is all that the sponsor's login can read."""
    found: dict[date, dict[str, int | None]] = {}
    wanted: Any = select(PublishedFigure.quarter, PublishedFigure.code, PublishedFigure.value)
    for quarter, code, value in _plain(wanted.order_by(PublishedFigure.quarter.desc(), PublishedFigure.code)):
        found.setdefault(quarter, {})[code] = value
    return found


def _plain(statement: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in rows(statement)]
