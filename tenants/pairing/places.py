"""Who stands where today: participants to match, and the names of people and communities."""

from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select

from maagal import clock, tenancy
from maagal.db import db, rows
from tenants.communities.models import Community
from tenants.communities.queries import held_on
from tenants.pairing.queries import full_name
from tenants.people.models import Membership, Person
from tenants.people.queries import names_of


class Place(NamedTuple):
    """A participant who belongs to a community, as matching looks at them."""

    id: UUID
    name: str
    community_id: UUID

    @property
    def file_of(self) -> UUID:
        """Whose file this is."""
        return self.id

    @property
    def participant_id(self) -> UUID:
        """Whom it is about: nobody matches themself."""
        return self.id


def place_of(person_id: UUID, among: Collection[UUID] = ()) -> Place | None:
    """Return where somebody takes part today: of several places one of those named, if they are in any of them."""
    held = (Membership.person_id == person_id, Membership.role == "participant")
    wanted: Any = (
        select(Person.id, full_name(Person), Membership.community_id)
        .join(Membership, Membership.person_id == Person.id)
        .where(*held, held_on(clock.today(tenancy.current().zone)), Person.state == "active")
        .order_by(Membership.community_id.in_(among).desc(), Membership.since, Membership.id)
    )
    found: Any = db.session.execute(wanted).first()
    return Place(*found) if found else None


def names(person_ids: Collection[UUID]) -> dict[str, str]:
    """Return id as text, as a round's draft holds it -> name."""
    return {str(each): name for each, name in names_of(person_ids).items()}


def community_names(community_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return id -> name, by name."""
    wanted: Any = select(Community.id, Community.name).where(Community.id.in_(community_ids)).order_by(Community.name)
    return {row.id: row.name for row in rows(wanted)}
