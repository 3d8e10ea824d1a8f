"""Requests as coordinators ask about them."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Date, DateTime, and_, bindparam, func, or_, select

from maagal import clock, tenancy
from maagal.db import db, rows
from maagal.questions import Asking, Question, among, reader
from tenants.communities.queries import holding
from tenants.intake import states
from tenants.intake.models import OPEN, HelpRequest, RequestStep
from tenants.people.models import Membership, Person, Profile


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


def within_reach(theirs: ColumnElement[bool], today: Any) -> ColumnElement[bool]:
    """Select what a coordinator answers for: the requests of their communities (`theirs`), those without a community, and
    those of a community that nobody coordinates. `today`, here and below, is a day or the bind that will be one.
    """
    return or_(HelpRequest.community_id.is_(None), theirs, is_left_alone(today))


def is_left_alone(today: Any) -> ColumnElement[bool]:
    """Select requests whose community nobody coordinates."""
    return HelpRequest.community_id.not_in(_coordinated(today))


def is_ownerless(today: Any) -> ColumnElement[bool]:
    """Select requests that nobody looks after: nobody took them, or whoever did is no coordinator any more. Those who wait
    for a place have their community's coordinators; where there are none, they count too.
    """
    nobody = or_(HelpRequest.owner_id.is_(None), HelpRequest.owner_id.not_in(holding("coordinator", today)))
    waits = and_(HelpRequest.state == "waitlisted", is_left_alone(today))
    return and_(nobody, or_(HelpRequest.state == "new", HelpRequest.state == "in_conversation", waits))


def is_overdue(now: Any, today: Any) -> ColumnElement[bool]:
    """Select requests that wait longer than states.py allows; `now` is a moment or the bind that will be one."""
    begun = func.coalesce(HelpRequest.begun_at, HelpRequest.asked_at)
    return or_(
        and_(is_ownerless(today), HelpRequest.asked_at < now - states.OWNERLESS),
        and_(HelpRequest.state == "new", HelpRequest.asked_at < now - states.UNANSWERED),
        and_(HelpRequest.state == "in_conversation", begun < now - states.UNDECIDED),
    )


def is_coordinated(community_id: UUID) -> bool:
    """Whether anybody coordinates a community today."""
    there = _coordinated(_today()).where(Membership.community_id == community_id)
    return db.session.scalar(there.limit(1)) is not None


def owner_today(request: HelpRequest) -> UUID | None:
    """Return who looks after a request: its owner, as long as they are a coordinator."""
    theirs = holding("coordinator", _today()).where(Membership.person_id == request.owner_id)
    return db.session.scalar(theirs.limit(1)) if request.owner_id else None


def left_behind_by(person_id: UUID) -> list[HelpRequest]:
    """Return the requests that somebody owns and nobody looks after."""
    theirs = select(HelpRequest).where(HelpRequest.owner_id == person_id, is_ownerless(_today()))
    return list(db.session.scalars(theirs.order_by(HelpRequest.asked_at)))


def _coordinated(today: Any) -> Any:
    """Select the communities that somebody coordinates."""
    return holding("coordinator", today, Membership.community_id)


def _today() -> date:
    return clock.today(tenancy.current().zone)


class Alarm(NamedTuple):
    """How much waits for somebody: ownerless, overdue, and in danger without an owner; with the oldest of each."""

    ownerless: int
    ownerless_since: datetime | None
    overdue: int
    overdue_since: datetime | None
    danger: int


def _alarm_asked() -> Any:
    today = bindparam("today", type_=Date())
    alone = is_ownerless(today)
    late = and_(is_overdue(bindparam("now", type_=DateTime(timezone=True)), today), ~alone)
    near = within_reach(among(HelpRequest.community_id, "communities"), today)
    return select(
        func.count().filter(alone).label("ownerless"), func.min(HelpRequest.asked_at).filter(alone).label("ownerless_since"),
        func.count().filter(late).label("overdue"), func.min(HelpRequest.asked_at).filter(late).label("overdue_since"),
        func.count().filter(alone, HelpRequest.urgency == "danger").label("danger"),
    ).where(among(HelpRequest.state, "open", OPEN), near, HelpRequest.person_id != bindparam("reader"))  # fmt: skip


ALARM = Question(_alarm_asked())


@reader
def alarm(communities: Collection[UUID], reader_id: UUID) -> Asking[Alarm]:
    """Count what a coordinator of these communities must not overlook; about their own request others decide."""
    (found,) = yield [ALARM.of(communities=list(communities), now=clock.now(), today=_today(), reader=reader_id)]
    return Alarm._make(found[0])
