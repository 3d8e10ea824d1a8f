"""People who may be one and the same: a coordinator decides, nobody is merged by itself."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from maagal.db import db
from tenants.people.models import Person
from tenants.people.roster.duplicates import KnownPerson, Traits, traits_of_known

MOST = 10


@dataclass(frozen=True)
class Duplicate:
    """Somebody who may be the same person, and in what the two agree (lazy words)."""

    person_id: UUID
    name: str
    reasons: tuple[Any, ...]


def probable_duplicates(person: Person) -> list[Duplicate]:
    """Return people who share a phone or an address; a name alone, in whatever order, is no sign."""
    signs: list[ColumnElement[bool]] = [Person.phone == person.phone] if person.phone else []
    if person.email:
        signs.append(func.lower(Person.email) == person.email.lower())
    if not signs:
        return []
    alike = select(Person).where(or_(*signs), Person.id != person.id, Person.state != "erased").limit(MOST)
    mine = _traits(person)
    return [Duplicate(other.id, other.name, mine.reasons(_traits(other))) for other in db.session.scalars(alike)]


def _traits(person: Person) -> Traits:
    return traits_of_known(
        KnownPerson(
            person.id, person.first_name, person.last_name, person.phone, person.email, person.employee_number, person.birth_year
        )
    )
