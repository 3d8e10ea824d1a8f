"""Concerns as whoever handles them asks about them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select
from sqlalchemy.orm import aliased

from maagal import clock, tenancy
from maagal.db import db, rows
from maagal.questions import Asking, Question, among, reader
from tenants.communities.queries import administrator_ids, coordinator_ids, coordinators_of, held_on
from tenants.pairing.models import LIVE, Pair
from tenants.people.models import Membership, Person
from tenants.safeguarding.models import Concern

CLOSED_SHOWN = 50


class Line(NamedTuple):
    """A concern in a list: that there is one, how grave, and whose turn it is; nothing of whom or what."""

    id: UUID
    level: int
    state: str
    raised_at: datetime
    answer_by: datetime
    taker: str


class Subject(NamedTuple):
    """Somebody a concern may be about, as one reader may know them; `name` is empty where only the part is known."""

    person_id: UUID
    part: str
    name: str


def by_id(concern_id: UUID) -> Concern | None:
    """Return a concern."""
    return db.session.get(Concern, concern_id)


def _handled() -> ColumnElement[bool]:
    """Select what the reader answers for as a coordinator of `communities`, and never what is about themself.

    A concern is open to every coordinator when it has no community, when nobody answered in time, and when its community
    has no coordinator but the one it is about.
    """
    reading = bindparam("reader", type_=Concern.taken_by.type)
    waited = and_(Concern.state == "open", Concern.answer_by <= bindparam("now"))
    mine = or_(
        among(Concern.community_id, "communities"), Concern.community_id.is_(None), Concern.taken_by == reading, waited,
        ~_somebody_else_there(),
    )  # fmt: skip
    return and_(Concern.about_id.is_distinct_from(reading), mine)


def _somebody_else_there() -> ColumnElement[bool]:
    there = and_(Membership.community_id == Concern.community_id, Membership.role == "coordinator", held_on(bindparam("today")))
    return exists().where(there, Membership.person_id.is_distinct_from(Concern.about_id)).correlate(Concern)


def is_handled_by(person_id: UUID, communities: Collection[UUID], concern_id: UUID) -> bool:
    """Whether a coordinator answers for one concern."""
    return bool(HANDLED.rows(**_as(person_id, communities), concern=concern_id))


@reader
def open_ones(person_id: UUID, communities: Collection[UUID]) -> Asking[list[Line]]:
    """Return what is not closed, nobody's first, then the gravest and the earliest due."""
    (found,) = yield [OPEN.of(**_as(person_id, communities))]
    return [_line(row) for row in found]


def closed_ones(person_id: UUID, communities: Collection[UUID]) -> list[Line]:
    """Return what was closed last."""
    return [_line(row) for row in CLOSED.rows(**_as(person_id, communities))]


@reader
def of_pair(person_id: UUID, communities: Collection[UUID], pair_id: UUID) -> Asking[list[Line]]:
    """Return a pair's concerns, open and closed."""
    (found,) = yield [OF_PAIR.of(**_as(person_id, communities), pair=pair_id)]
    return [_line(row) for row in found]


def raised_by(person_id: UUID) -> list[Line]:
    """Return what somebody raised, newest first."""
    theirs = _lines().where(Concern.raised_by == person_id)
    return [_line(row) for row in rows(theirs.order_by(Concern.raised_at.desc()).limit(CLOSED_SHOWN))]


def open_concerns(pair_id: UUID) -> int:
    """Count the concerns that keep a pair's record from being closed."""
    return len(rows(select(Concern.id).where(Concern.pair_id == pair_id, Concern.state != "closed")))


def first_told(concern: Concern) -> list[UUID]:
    """Return whom a new concern reaches: its community's coordinators, or else every other one of the organisation.

    Never the person it is about; whoever raised it only where nobody else is left.
    """
    near = [person for person in _near(concern.community_id) if person != concern.about_id]
    far = [person for person in coordinator_ids() if person != concern.about_id]
    others = [person for person in near if person != concern.raised_by]
    return others or [person for person in far if person != concern.raised_by] or near


def everyone_told(concern: Concern) -> list[UUID]:
    """Return whom a concern reaches that nobody answered: every coordinator but the one it is about."""
    return [person for person in coordinator_ids() if person != concern.about_id]


def administrators_told(concern: Concern) -> list[UUID]:
    """Return who hears that something waits where no coordinator may answer: every administrator but the one it is about."""
    return [person for person in administrator_ids() if person != concern.about_id]


def reached(concern: Concern) -> str:
    """Say whom a concern reaches: "coordinators", or else "administrators" (who read nothing of it), or "nobody"."""
    if first_told(concern):
        return "coordinators"
    return "administrators" if administrators_told(concern) else "nobody"


def unanswerable(reader_id: UUID) -> int:
    """Count what waits while no coordinator may answer it; what is about the reader is not counted."""
    waiting = select(Concern.about_id).where(Concern.state == "open", Concern.about_id.is_distinct_from(reader_id))
    there = set(coordinator_ids())
    return sum(not there - {row.about_id} for row in rows(waiting))


def subjects(person_id: UUID, communities: Collection[UUID], pair: Pair | None, file: UUID | None) -> list[Subject]:
    """Return whom a concern may name: the pair's two, the file's person, the reader themself, and coordinators.

    Somebody who stands in no relation to the pair or the file is told nothing of them.
    """
    found: dict[UUID, Subject] = {}
    if pair and (person_id in (pair.participant_id, pair.mentor_id) or pair.community_id in communities):
        known = pair.state in LIVE or pair.community_id in communities
        for other, part in ((pair.participant, "participant"), (pair.mentor, "mentor")):
            found[other.id] = Subject(other.id, part, other.name if known else "")
    elif file and communities and _stays_in(file, communities):
        found[file] = Subject(file, "other", db.session.get_one(Person, file).name)
    found[person_id] = Subject(person_id, "me", "")
    place = pair.community_id if pair else community_of(person_id)
    for other in db.session.scalars(select(Person).where(Person.id.in_(_near(place)))):
        found.setdefault(other.id, Subject(other.id, "coordinator", other.name))
    return list(found.values())


def _near(community_id: UUID | None) -> list[UUID]:
    """Return who coordinates a community today; nobody where there is none."""
    return coordinators_of(community_id) if community_id else []


def pair_by_id(pair_id: UUID) -> Pair | None:
    """Return a pair."""
    return db.session.get(Pair, pair_id)


def pair_of(concern: Concern) -> Pair | None:
    """Return the pair a concern belongs to, if any."""
    return pair_by_id(concern.pair_id) if concern.pair_id else None


def community_of(person_id: UUID) -> UUID | None:
    """Return the community somebody belongs to today, the longest first."""
    theirs = select(Membership.community_id).where(Membership.person_id == person_id, held_on(_today()))
    return db.session.scalar(theirs.where(Membership.community_id.is_not(None)).order_by(Membership.since).limit(1))


def name_of(person_id: UUID | None) -> str:
    """Return somebody's name, or nothing."""
    found = db.session.get(Person, person_id) if person_id else None
    return found.name if found else ""


def _stays_in(person_id: UUID, communities: Collection[UUID]) -> bool:
    held = (Membership.person_id == person_id, Membership.community_id.in_(communities), held_on(_today()))
    return bool(db.session.scalar(select(exists().where(*held))))


def _lines() -> Any:
    taker = aliased(Person)
    return select(
        Concern.id,
        Concern.level,
        Concern.state,
        Concern.raised_at,
        Concern.answer_by,
        taker.first_name,
        taker.last_name,
    ).outerjoin(taker, taker.id == Concern.taken_by)


HANDLED = Question(select(Concern.id).where(Concern.id == bindparam("concern"), _handled()))
OPEN = Question(
    _lines()
    .where(Concern.state != "closed", _handled())
    .order_by(Concern.state, Concern.level.desc(), Concern.answer_by)
)
CLOSED = Question(
    _lines().where(Concern.state == "closed", _handled()).order_by(Concern.closed_at.desc()).limit(CLOSED_SHOWN)
)
OF_PAIR = Question(_lines().where(Concern.pair_id == bindparam("pair"), _handled()))


def _as(person_id: UUID, communities: Collection[UUID]) -> dict[str, Any]:
    return {"reader": person_id, "communities": list(communities), "now": clock.now(), "today": _today()}


def _line(row: Any) -> Line:
    taker = f"{row.first_name or ''} {row.last_name or ''}".strip()
    return Line(row.id, row.level, row.state, row.raised_at, row.answer_by, taker)


def _today() -> Any:
    return clock.today(tenancy.current().zone)
