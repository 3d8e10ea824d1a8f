"""Sheets on their way in, and what they are compared with."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import String, Uuid, column, or_, select, table

from maagal.db import db
from tenants.people.importing.states import COMMITTED, STAFF
from tenants.people.models import ImportBatch, Person, StaffRecord
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


def known_people() -> list[KnownPerson]:
    """Return everybody the tenant has, as duplicates are looked for."""
    columns = (Person.id, Person.first_name, Person.last_name, Person.phone, Person.email, Person.employee_number)
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
