"""Which two people may make sure of somebody: never one alone, never themself, of a coordinator never administration alone.

A coordinator opens casework: so one of the two coordinates too, and an employer's administration, which also runs the mailboxes
and is told of nobody in the communities, has no part in it. Where an organisation has too few people for that, operators of
the platform take their place.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
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
    return electorates([person_id])[person_id]


def electorates(person_ids: Collection[UUID]) -> dict[UUID, Electorate]:
    """Return who may make sure of each of these; as many queries for fifty as for one, and none for nobody."""
    if not person_ids:
        return {}
    staff, theirs = _staff(), _memberships_of(person_ids)
    return {each: _elected([row for row in staff if row.person_id != each], theirs[each]) for each in person_ids}


def concerned(person_id: UUID) -> set[UUID]:
    """Return who is told and may refuse: whoever may make sure of somebody; administration is always among them, if it may be."""
    return set(electorate(person_id).people)


def voice_of(roles: frozenset[str], must: str | None) -> str:
    """Return as what somebody speaks who may do so in several roles: as the one that is needed."""
    return must if must in roles else min(roles)


def _elected(others: Collection[Any], theirs: Iterable[Any]) -> Electorate:
    """Choose among the staff of today, others than whoever lost their step; `theirs` are the memberships of that one."""
    role = COORDINATOR if any(each.today and each.role == COORDINATOR for each in theirs) else ADMINISTRATOR
    chosen = {ADMINISTRATOR: _administrators(role, others), COORDINATOR: set[UUID]()}
    if role == COORDINATOR or len(chosen[ADMINISTRATOR]) < NEEDED:
        chosen[COORDINATOR] = _coordinators({each.community_id for each in theirs} - {None}, others)
    people = {
        person: frozenset(name for name, them in chosen.items() if person in them) for person in set().union(*chosen.values())
    }
    must = role if chosen[role] else None
    operators = max(0, NEEDED - len(people)) if must else 1 if people else NEEDED
    return Electorate(people, must, operators)


def _coordinators(communities: set[UUID], others: Iterable[Any]) -> set[UUID]:
    """Return colleagues of the same community; where there are none, every coordinator."""
    colleagues = {each.person_id for each in others if each.role == COORDINATOR and each.community_id in communities}
    return colleagues or _holding(COORDINATOR, others)


def _administrators(role: str, others: Iterable[Any]) -> set[UUID]:
    """Return the administration, as far as it has a part where somebody in ROLE lost their step."""
    apart = role == COORDINATOR and tenancy.current().kind == "business"
    return set() if apart else _holding(ADMINISTRATOR, others)


def _holding(role: str, others: Iterable[Any]) -> set[UUID]:
    return {each.person_id for each in others if each.role == role}


def _staff() -> list[Any]:
    """Return (person_id, role, community_id) of administration and coordination held today by whoever can sign in."""
    held = select(Membership.person_id, Membership.role, Membership.community_id).join(Person, Person.id == Membership.person_id)
    held = held.join(Account, Account.person_id == Person.id).where(Person.state == "active", queries.held_today())
    return list(db.session.execute(held.where(Membership.role.in_((ADMINISTRATOR, COORDINATOR)))))


def _memberships_of(person_ids: Collection[UUID]) -> dict[UUID, list[Any]]:
    """Return person -> (role, community_id, today: whether it is held now) of every role that somebody holds or held."""
    columns = (Membership.person_id, Membership.role, Membership.community_id, queries.held_today().label("today"))
    found: dict[UUID, list[Any]] = {each: [] for each in person_ids}
    for row in db.session.execute(select(*columns).where(Membership.person_id.in_(person_ids))):
        found[row.person_id].append(row)
    return found
