"""Communities and the people in them."""

from collections.abc import Collection
from datetime import date
from itertools import chain
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, or_, select

from maagal import clock, tenancy
from maagal.db import db, rows
from maagal.questions import Asking, Question, anywhere_or_among, reader
from tenants.communities.models import Community
from tenants.people.lines import Lines, Place, lines, not_together
from tenants.people.models import Membership, Person, Profile

ROLE_ORDER = ("coordinator", "advisor", "mentor", "participant")


class Member(NamedTuple):
    """A person in a role on a day, with what pairing asks about them; lists hold the vocabulary's codes."""

    membership_id: UUID
    community_id: UUID
    role: str
    since: date
    person_id: UUID
    name: str
    gender: str | None
    languages: list[str]
    life_areas: list[str]
    skills: list[str]
    gender_preference: str | None
    capacity: int


def by_id(community_id: UUID) -> Community | None:
    """Return a community."""
    return db.session.get(Community, community_id)


def open_communities(ids: Collection[UUID] | None = None) -> list[Community]:
    """Return open communities by name: those named, or all."""
    wanted = select(Community).where(Community.state == "open").order_by(Community.name)
    return list(db.session.scalars(wanted if ids is None else wanted.where(Community.id.in_(ids))))


def named(name: str) -> Community | None:
    """Return the community of a name."""
    return db.session.scalar(select(Community).where(Community.name == name))


def held_on(day: Any) -> ColumnElement[bool]:
    """Select memberships that hold on a day, or on the day a bind will name: begun, and not ended by then."""
    return and_(Membership.since <= day, or_(Membership.until.is_(None), Membership.until > day))


@reader
def members(ids: Collection[UUID] | None = None, on: date | None = None) -> Asking[list[Member]]:
    """Return who holds which role in communities (all, unless named) on a day (today), by name."""
    day = on or clock.today(tenancy.current().zone)
    (found,) = yield [MEMBERS.of(none_named=ids is None, communities=list(ids or ()), day=day)]
    return [_member(row) for row in found]


def people_by_role(community_id: UUID, on: date | None = None) -> dict[str, list[Member]]:
    """Return role -> its people by name, coordinators first; a role that nobody holds has an empty list."""
    found: dict[str, list[Member]] = {role: [] for role in ROLE_ORDER}
    for member in members([community_id], on):
        found[member.role].append(member)
    return found


def membership(person_id: UUID, role: str, community_id: UUID) -> Membership | None:
    """Return a role that somebody holds without an end."""
    held = (Membership.person_id == person_id, Membership.role == role, Membership.community_id == community_id)
    return db.session.scalar(select(Membership).where(*held, Membership.until.is_(None)))


def kept_apart_from(person_id: UUID, role: str, community_id: UUID) -> list[str]:
    """Return the names of those in a community with whom somebody must not be in it, in this role: at an employer a
    participant and whoever stands above or below them at work (DOMAIN, "Pairing").
    """
    staff = lines()
    if not staff:
        return []
    wanted: Any = select(Person, Membership.role).join(Membership, Membership.person_id == Person.id)
    there = or_(Membership.until.is_(None), Membership.until > clock.today(tenancy.current().zone))
    found = rows(wanted.where(Membership.community_id == community_id, there, Person.state == "active"))
    joining = _standing(staff, db.session.get_one(Person, person_id), role)
    others = (_standing(staff, row.Person, row.role) for row in found if row.Person.id != person_id)
    apart = chain.from_iterable(not_together((joining, other)) for other in others)
    return sorted({other.name for _joining, other in apart})


def _standing(staff: Lines, person: Person, role: str) -> tuple[Person, str, Place | None]:
    return person, role, staff.place(person.employee_number, person.first_name, person.last_name)


def membership_by_id(membership_id: UUID) -> Membership | None:
    """Return a membership of a community."""
    found = db.session.get(Membership, membership_id)
    return found if found and found.community_id else None


def known_person(address: str) -> Person | None:
    """Return the one living person with this e-mail address or phone (E.164); None when there is none or several."""
    wanted = or_(Person.email == address, Person.phone == address)
    found = list(db.session.scalars(select(Person).where(wanted, Person.state == "active").limit(2)))
    return found[0] if len(found) == 1 else None


def coordinator_ids() -> list[UUID]:
    """Return every coordinator of the tenant today, in the one order that cannot deadlock."""
    return _holders_of("coordinator")


def administrator_ids() -> list[UUID]:
    """Return every administrator of the tenant today, in the same order."""
    return _holders_of("administrator")


def coordinators_of(community_id: UUID) -> list[UUID]:
    """Return every coordinator of a community today, in the same order."""
    return _holders_of("coordinator", Membership.community_id == community_id)


def holding(role: str, day: Any, column: Any = Membership.person_id) -> Any:
    """Select who holds a role on a day, or (with `column`) where it is held; `day` as for `held_on`."""
    held = select(column).join(Person, Person.id == Membership.person_id)
    return held.where(Membership.role == role, held_on(day), Person.state == "active")


def _holders_of(role: str, *where: ColumnElement[bool]) -> list[UUID]:
    wanted = holding(role, clock.today(tenancy.current().zone)).where(*where)
    return sorted(set(db.session.scalars(wanted)))


def _members() -> Any:
    return (
        select(
            Membership.id, Membership.community_id, Membership.role, Membership.since, Person.id.label("person_id"),
            Person.first_name, Person.last_name, Person.gender, Profile.languages, Profile.life_areas, Profile.skills,
            Profile.gender_preference, Profile.capacity,
        )
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(Profile, Profile.person_id == Person.id)
        .where(Membership.community_id.is_not(None), anywhere_or_among(Membership.community_id, "communities"))
        .where(held_on(bindparam("day")), Person.state == "active")
        .order_by(Person.first_name, Person.last_name, Person.id)
    )  # fmt: skip


MEMBERS = Question(_members())


def _member(row: Any) -> Member:
    name = f"{row.first_name} {row.last_name}".strip()
    answers = (row.languages or [], row.life_areas or [], row.skills or [], row.gender_preference)
    seats = row.capacity if row.capacity is not None else 0
    return Member(row.id, row.community_id, row.role, row.since, row.person_id, name, row.gender, *answers, seats)
