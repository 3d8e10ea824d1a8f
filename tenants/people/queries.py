"""People, for those who may see them."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, column, false, func, or_, select, table, true

from maagal import clock, tenancy
from maagal.db import db, rows
from tenants.people.models import Account, Membership, Organisation, Person
from tenants.people.roster import phones
from tenants.people.roster.faults import BadCellError

PAGE = 30  # people
communities = table("communities", column("id"), column("name"))  # a higher capability's; only names are read here


class Held(NamedTuple):
    """A role somebody holds or held, and the name of the community where there is one."""

    role: str
    community_id: UUID | None
    community: str | None
    since: date
    until: date | None

    def is_held_on(self, day: date) -> bool:
        """Whether the role is held on a day; it ends before `until`."""
        return self.since <= day and (self.until is None or self.until > day)


class Listed(NamedTuple):
    """A line of the list of people; `roles` are those of today."""

    id: UUID
    name: str
    gender: str | None
    phone: str | None
    roles: list[str]


def by_id(person_id: UUID) -> Person | None:
    """Return a person who was not erased."""
    found = db.session.get(Person, person_id)
    return found if found and found.state != "erased" else None


def account_of(person_id: UUID) -> Account | None:
    """Return a person's account."""
    return db.session.scalar(select(Account).where(Account.person_id == person_id))


def memberships_of(person_id: UUID) -> list[Held]:
    """Return the roles somebody holds or held, the newest first."""
    named = select(Membership.role, Membership.community_id, communities.c.name, Membership.since, Membership.until).outerjoin(
        communities, communities.c.id == Membership.community_id
    )
    theirs = named.where(Membership.person_id == person_id).order_by(Membership.since.desc(), Membership.id)
    return [Held(*each) for each in db.session.execute(theirs)]


def roles_of(person_id: UUID) -> frozenset[str]:
    """Return the roles somebody holds today, wherever."""
    return frozenset(db.session.scalars(select(Membership.role).where(Membership.person_id == person_id, held_today())))


def community_ids_of(person_id: UUID) -> frozenset[UUID]:
    """Return the communities somebody belongs to or belonged to."""
    theirs = select(Membership.community_id).where(Membership.person_id == person_id)
    return frozenset(place for place in db.session.scalars(theirs) if place is not None)


def community_named(name: str) -> UUID | None:
    """Return the id of the community of that name."""
    found: UUID | None = db.session.scalar(select(communities.c.id).where(communities.c.name == name))
    return found


def visible_to(viewer: Any) -> ColumnElement[bool]:
    """Return the condition of people whom somebody may find: own communities; all, for a public tenant's administration."""
    if "administrator" in viewer.roles and tenancy.current().kind == "public":
        return true()
    mine = viewer.communities("coordinator")
    if not mine:
        return false()
    return Person.id.in_(select(Membership.person_id).where(Membership.community_id.in_(mine)))


def found(viewer: Any, words: str, page: int) -> tuple[list[Listed], int]:
    """Return a page (from 1) of the people somebody may find by name or phone, by name, and how many there are."""
    wanted = (Person.state != "erased", visible_to(viewer), *_matching(words))
    number = db.session.scalar(select(func.count(Person.id)).where(*wanted)) or 0
    roles = select(func.array_agg(Membership.role.distinct())).where(Membership.person_id == Person.id, held_today())
    listed: Any = select(
        Person.id, Person.first_name, Person.last_name, Person.gender, Person.phone, roles.scalar_subquery().label("roles")
    ).where(*wanted)
    ordered = listed.order_by(Person.first_name, Person.last_name, Person.id).limit(PAGE).offset((page - 1) * PAGE)
    return [_listed(row) for row in rows(ordered)], number


def findable(viewer: Any, ids: Iterable[UUID]) -> set[UUID]:
    """Return which of these people somebody may find."""
    return set(db.session.scalars(select(Person.id).where(Person.id.in_(set(ids)), visible_to(viewer))))


def names_of(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return id -> name."""
    named: Any = select(Person.id, Person.first_name, Person.last_name).where(Person.id.in_(set(ids)))
    return {row.id: f"{row.first_name} {row.last_name}".strip() for row in rows(named)}


def held_today() -> ColumnElement[bool]:
    """Return the condition of memberships that hold today."""
    return (Membership.since <= clock.today(tenancy.current().zone)) & held_from_now_on()


def held_from_now_on() -> ColumnElement[bool]:
    """Return the condition of memberships that have not ended, begun or not."""
    return or_(Membership.until.is_(None), Membership.until > clock.today(tenancy.current().zone))


def organisation() -> Organisation | None:
    """Return what the organisation says of its accessibility, once it has said something."""
    return db.session.scalar(select(Organisation))


def _listed(row: Any) -> Listed:
    name = f"{row.first_name} {row.last_name}".strip()
    return Listed(row.id, name, row.gender, row.phone, sorted(row.roles or []))


def _matching(words: str) -> list[ColumnElement[bool]]:
    """Each word is part of the name; or the whole is a phone number."""
    whole = Person.first_name + " " + Person.last_name
    named: list[ColumnElement[bool]] = [whole.ilike(f"%{_escaped(word)}%", escape="\\") for word in words.split()]
    try:
        number = phones.read(words)
    except BadCellError:
        return named
    return [Person.phone == number.number] if number else named


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
