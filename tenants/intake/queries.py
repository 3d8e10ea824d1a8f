"""Requests as coordinators ask about them."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, and_, bindparam, func, or_, select

from maagal import clock
from maagal.db import db, rows
from maagal.questions import Asking, Question, among, reader
from tenants.intake import states
from tenants.intake.models import HelpRequest, RequestStep
from tenants.people.models import Person, Profile


class Waiting(NamedTuple):
    """Somebody accepted or on a waiting list, for whoever makes pairs."""

    request_id: UUID
    person_id: UUID
    community_id: UUID
    state: str
    asked_at: datetime
    life_areas: list[str]


def by_id(request_id: UUID) -> HelpRequest | None:
    """Return a request."""
    return db.session.get(HelpRequest, request_id)


def of_person(person_id: UUID) -> list[HelpRequest]:
    """Return somebody's requests, newest first."""
    theirs = select(HelpRequest).where(HelpRequest.person_id == person_id)
    return list(db.session.scalars(theirs.order_by(HelpRequest.asked_at.desc())))


def person_of(request: HelpRequest) -> tuple[Person, Profile | None]:
    """Return who asks, with what they answered."""
    return db.session.get_one(Person, request.person_id), db.session.get(Profile, request.person_id)


def steps(request_id: UUID) -> list[tuple[RequestStep, str]]:
    """Return the path of a request, oldest first, with the name of whoever took each step ("" for the person)."""
    path: Any = select(RequestStep, Person.first_name, Person.last_name).outerjoin(Person, Person.id == RequestStep.actor_id)
    found = rows(path.where(RequestStep.request_id == request_id).order_by(RequestStep.at, RequestStep.id))
    return [(row.RequestStep, f"{row.first_name or ''} {row.last_name or ''}".strip()) for row in found]


def names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return the names of people."""
    wanted = {each for each in ids if each}
    if not wanted:
        return {}
    asked: Any = select(Person.id, Person.first_name, Person.last_name).where(Person.id.in_(wanted))
    found = rows(asked)
    return {row.id: f"{row.first_name} {row.last_name}".strip() for row in found}


def position(request: HelpRequest) -> int | None:
    """Return the place on the community's waiting list, counted from 1; None for one that is not on it."""
    if request.state != "waitlisted":
        return None
    listed = (HelpRequest.state == "waitlisted", HelpRequest.community_id == request.community_id)
    before = HelpRequest.asked_at < request.asked_at
    return 1 + (db.session.scalar(select(func.count()).select_from(HelpRequest).where(*listed, before)) or 0)


def waiting(communities: Collection[UUID]) -> list[Waiting]:
    """Return who was accepted into these communities or is on their lists, longest waiting first; paired or not."""
    wanted: Any = select(
        HelpRequest.id, HelpRequest.person_id, HelpRequest.community_id, HelpRequest.state, HelpRequest.asked_at,
        HelpRequest.life_areas,
    ).where(HelpRequest.community_id.in_(communities), HelpRequest.state.in_(("accepted", "waitlisted")))  # fmt: skip
    return [Waiting._make(row) for row in rows(wanted.order_by(HelpRequest.asked_at))]


def within_reach(communities: Collection[UUID]) -> ColumnElement[bool]:
    """Select what a coordinator of these communities answers for: their requests, and those without a community."""
    return or_(HelpRequest.community_id.is_(None), HelpRequest.community_id.in_(communities))


def is_ownerless() -> ColumnElement[bool]:
    """Select requests that nobody took."""
    return and_(HelpRequest.owner_id.is_(None), or_(HelpRequest.state == "new", HelpRequest.state == "in_conversation"))


def is_overdue(now: Any) -> ColumnElement[bool]:
    """Select requests that wait longer than states.py allows; `now` is a moment or the bind that will be one."""
    return or_(
        and_(is_ownerless(), HelpRequest.asked_at < now - states.OWNERLESS),
        and_(HelpRequest.state == "new", HelpRequest.asked_at < now - states.UNANSWERED),
        and_(HelpRequest.state == "in_conversation", HelpRequest.asked_at < now - states.UNDECIDED),
    )


class Alarm(NamedTuple):
    """How much waits for somebody: ownerless, overdue, and in danger without an owner; with the oldest of each."""

    ownerless: int
    ownerless_since: datetime | None
    overdue: int
    overdue_since: datetime | None
    danger: int


def _alarm_asked() -> Any:
    alone = is_ownerless()
    late = and_(is_overdue(bindparam("now", type_=DateTime(timezone=True))), HelpRequest.owner_id.is_not(None))
    near = or_(HelpRequest.community_id.is_(None), among(HelpRequest.community_id, "communities"))
    return select(
        func.count().filter(alone).label("ownerless"), func.min(HelpRequest.asked_at).filter(alone).label("ownerless_since"),
        func.count().filter(late).label("overdue"), func.min(HelpRequest.asked_at).filter(late).label("overdue_since"),
        func.count().filter(alone, HelpRequest.urgency == "danger").label("danger"),
    ).where(or_(HelpRequest.state == "new", HelpRequest.state == "in_conversation"), near)  # fmt: skip


ALARM = Question(_alarm_asked())


@reader
def alarm(communities: Collection[UUID]) -> Asking[Alarm]:
    """Count what a coordinator of these communities must not overlook."""
    (found,) = yield [ALARM.of(communities=list(communities), now=clock.now())]
    return Alarm._make(found[0])
