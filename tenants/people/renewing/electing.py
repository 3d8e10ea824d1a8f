"""Which two people may make sure of somebody: never one alone, never themself, of a coordinator never administration alone.

A coordinator opens casework: so one of the two coordinates too, and an employer's administration, which also runs the mailboxes
and is told of nobody in the communities, has no part in it. Where an organisation has too few people for that, operators of
the platform take their place.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from maagal import tenancy
from maagal.db import db
from tenants.people import queries
from tenants.people.models import Account, Membership, Person

ADMINISTRATOR, COORDINATOR = "administrator", "coordinator"
NEEDED = 2


@dataclass(frozen=True)
class Electorate:
    """Who here may make sure of somebody (person -> roles), the role one of the two must hold, how many operators it takes."""

    people: dict[UUID, frozenset[str]]
    must: str | None
    operators: int


def electorate(person_id: UUID) -> Electorate:
    """Return who may make sure of somebody, as things stand today."""
    role = COORDINATOR if COORDINATOR in queries.roles_of(person_id) else ADMINISTRATOR
    held = _held_by_others(person_id)
    chosen = {ADMINISTRATOR: _administrators(role, held), COORDINATOR: set[UUID]()}
    if role == COORDINATOR or len(chosen[ADMINISTRATOR]) < NEEDED:
        chosen[COORDINATOR] = _coordinators(person_id, held)
    people = {
        person: frozenset(name for name, them in chosen.items() if person in them) for person in set().union(*chosen.values())
    }
    if not chosen[role]:
        return Electorate(people, None, 1 if people else NEEDED)
    return Electorate(people, role, max(0, NEEDED - len(people)))


def concerned(person_id: UUID) -> set[UUID]:
    """Return who is told and may refuse: whoever may make sure of somebody, and the administration."""
    role = COORDINATOR if COORDINATOR in queries.roles_of(person_id) else ADMINISTRATOR
    return _administrators(role, _held_by_others(person_id)) | electorate(person_id).people.keys()


def voice_of(roles: frozenset[str], must: str | None) -> str:
    """Return as what somebody speaks who may do so in several roles: as the one that is needed."""
    return must if must in roles else min(roles)


def _coordinators(person_id: UUID, held: list[tuple[UUID, str, UUID | None]]) -> set[UUID]:
    """Return colleagues of the same community; where there are none, every coordinator."""
    mine = queries.community_ids_of(person_id)
    colleagues = {person for person, role, place in held if role == COORDINATOR and place in mine}
    return colleagues or _holding(COORDINATOR, held)


def _administrators(role: str, held: list[tuple[UUID, str, UUID | None]]) -> set[UUID]:
    """Return the administration, as far as it has a part where somebody in ROLE lost their step."""
    apart = role == COORDINATOR and tenancy.current().kind == "business"
    return set() if apart else _holding(ADMINISTRATOR, held)


def _holding(role: str, held: list[tuple[UUID, str, UUID | None]]) -> set[UUID]:
    return {person for person, name, _place in held if name == role}


def _held_by_others(person_id: UUID) -> list[tuple[UUID, str, UUID | None]]:
    """Return (person, role, community) of the staff roles held today by whoever can sign in."""
    held = select(Membership.person_id, Membership.role, Membership.community_id).join(Person, Person.id == Membership.person_id)
    held = held.join(Account, Account.person_id == Person.id).where(Person.state == "active", queries.held_today())
    staff = held.where(Membership.role.in_((ADMINISTRATOR, COORDINATOR)))
    return [(row[0], row[1], row[2]) for row in db.session.execute(staff) if row[0] != person_id]
