"""Sheets on their way in, and what they are compared with."""

from collections.abc import Collection, Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import String, Uuid, column, or_, select, table

from maagal.db import db
from tenants.people.importing.identity import further_id, person_id
from tenants.people.importing.states import COMMITTED, STAFF, UNDONE
from tenants.people.models import ImportBatch, Membership, Person, StaffRecord
from tenants.people.queries import held_from_now_on
from tenants.people.roster.duplicates import KnownPerson
from tenants.people.roster.text import key

MOST_LISTED = 20
# The capability that keeps communities stands above this one; only their names are needed, for choosing.
communities = table("communities", column("id", Uuid), column("name", String), column("state", String))


class Place(NamedTuple):
    """A community to import into."""

    id: UUID
    name: str


def by_id(import_id: UUID) -> ImportBatch | None:
    """Return a sheet."""
    return db.session.get(ImportBatch, import_id)


def locked(import_id: UUID) -> ImportBatch | None:
    """Return a sheet that nobody else moves until this transaction ends."""
    return db.session.get(ImportBatch, import_id, with_for_update=True, populate_existing=True)


def places(ids: Collection[UUID] | None) -> list[Place]:
    """Return open communities by name: those of `ids`, or all."""
    wanted = select(communities.c.id, communities.c.name).where(communities.c.state == "open")
    if ids is not None:
        wanted = wanted.where(communities.c.id.in_(ids))
    return [Place(row.id, row.name) for row in db.session.execute(wanted.order_by(communities.c.name))]


def place_name(community_id: UUID | None) -> str:
    """Return a community's name, "" for none."""
    return db.session.scalar(select(communities.c.name).where(communities.c.id == community_id)) or ""


def recent(ids: Collection[UUID] | None, *, staff_too: bool) -> list[ImportBatch]:
    """Return the latest sheets for communities (None: all), and staff files where they may be seen."""
    wanted = select(ImportBatch).order_by(ImportBatch.created_at.desc()).limit(MOST_LISTED)
    if ids is not None:
        mine = (ImportBatch.community_id.in_(ids)) & (ImportBatch.kind != STAFF)
        wanted = wanted.where(or_(mine, ImportBatch.kind == STAFF) if staff_too else mine)
    return list(db.session.scalars(wanted))


def same_file(batch: ImportBatch) -> ImportBatch | None:
    """Return an earlier sheet of the very same bytes for the same community that came in."""
    alike = (ImportBatch.digest == batch.digest, ImportBatch.community_id == batch.community_id)
    return db.session.scalar(
        select(ImportBatch)
        .where(*alike, ImportBatch.id != batch.id, ImportBatch.state == COMMITTED)
        .order_by(ImportBatch.created_at.desc())
        .limit(1)
    )


def came_before(batch: ImportBatch, numbers: Iterable[int]) -> dict[int, UUID]:
    """Return row -> who came in by it when a file of the very same bytes was brought in before, whatever became of them."""
    alike = (ImportBatch.digest == batch.digest, ImportBatch.id != batch.id, ImportBatch.state.in_((COMMITTED, UNDONE)))
    earlier = list(db.session.scalars(select(ImportBatch.id).where(*alike)))
    came = set(db.session.scalars(select(Person.id).where(Person.import_id.in_(earlier)))) if earlier else set()
    tried = ((number, person_id(before, number)) for number in (numbers if came else ()) for before in earlier)
    return {number: person for number, person in tried if person in came}


def lacking(community_id: UUID | None, roles: Collection[tuple[UUID, str]]) -> set[tuple[UUID, str]]:
    """Return which of these (person, role) somebody who is still with us does not hold in a community."""
    ids = {person for person, _role in roles}
    active = set(db.session.scalars(select(Person.id).where(Person.id.in_(ids), Person.state == "active")))
    places = (Membership.community_id == community_id, Membership.person_id.in_(ids))
    found = db.session.execute(select(Membership.person_id, Membership.role).where(*places, held_from_now_on()))
    held = {(row.person_id, row.role) for row in found}
    return {each for each in roles if each[0] in active and each not in held}


def barred(person_id: UUID, community_id: UUID | None) -> frozenset[str]:
    """Return the phone and address at which a sheet must make nobody a coordinator: somebody's own, who is none there."""
    if not lacking(community_id, {(person_id, "coordinator")}):
        return frozenset()
    found = db.session.execute(select(Person.phone, Person.email).where(Person.id == person_id)).one()
    return frozenset(contact.lower() for contact in found if contact)


def given(batch: ImportBatch) -> list[Membership]:
    """Return the roles that a sheet gave to people who were here, and that did not end."""
    here = select(Membership).where(Membership.community_id == batch.community_id, Membership.until.is_(None))
    return [each for each in db.session.scalars(here) if each.id == further_id(batch.id, each.person_id, each.role)]


def known_people() -> list[KnownPerson]:
    """Return everybody the tenant has, as duplicates are looked for."""
    columns = (
        Person.id, Person.first_name, Person.last_name, Person.phone, Person.email, Person.employee_number, Person.birth_year,
    )  # fmt: skip
    return [KnownPerson(*row) for row in db.session.execute(select(*columns).where(Person.state == "active"))]


def names_by_contact(phones: Collection[str], emails: Collection[str], besides: UUID) -> set[tuple[str, str]]:
    """Return (phone or mail, name as `key` writes it) of those reachable there who did not come by the sheet `besides`."""
    found = db.session.execute(
        select(Person.first_name, Person.last_name, Person.phone, Person.email)
        .where(or_(Person.phone.in_(phones), Person.email.in_(emails)), Person.state == "active")
        .where(or_(Person.import_id.is_(None), Person.import_id != besides))
    )
    return {(contact, key(row.first_name + row.last_name)) for row in found for contact in (row.phone, row.email)}


def present(ids: Collection[UUID]) -> set[UUID]:
    """Return which of these people exist."""
    return set(db.session.scalars(select(Person.id).where(Person.id.in_(list(ids)))))


def brought(import_id: UUID, after: UUID | None, most: int) -> list[Person]:
    """Return people whom a sheet brought, in the order of their ids, those after one."""
    wanted = select(Person).where(Person.import_id == import_id).order_by(Person.id).limit(most)
    return list(db.session.scalars(wanted if after is None else wanted.where(Person.id > after)))


def staff_numbers() -> set[str]:
    """Return the number of every employee on record."""
    return set(db.session.scalars(select(StaffRecord.number)))
