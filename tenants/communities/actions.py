"""Opening a community, and who belongs to it from which day to which."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from maagal import clock, tenancy
from maagal.db import db
from maagal.events import publish
from maagal.ids import new_id
from tenants.audit.actions import record
from tenants.communities import queries
from tenants.communities.events import CommunityOpened, MembershipBegan, MembershipEnded
from tenants.communities.models import SHAPE, Community
from tenants.people.models import Membership

ROLES = ("participant", "mentor", "advisor", "coordinator")


class OwnCoordinator(ValueError):
    """An administrator never makes themself a coordinator (SECURITY, "Who may what")."""


class InOneLine(ValueError):
    """Somebody above or below them at work is in the community, and one of the two takes part; the argument: their names."""


def open_community(
    name: str, *, kind: str = "paired", locality: str | None = None,
    shape: Mapping[str, int] | None = None, actor_id: UUID | None = None,
) -> Community:  # fmt: skip
    """Open a community; a name that is taken is refused by the database (IntegrityError)."""
    made = Community(id=new_id(), name=name, kind=kind, locality=locality, shape=SHAPE | dict(shape or {}))
    db.session.add(made)
    db.session.flush()
    record(actor_id, "opened", "community", made.id, community_id=made.id)
    publish(CommunityOpened(made.id))
    return made


def join(
    person_id: UUID, role: str, community_id: UUID, *, since: date | None = None, actor_id: UUID | None = None
) -> Membership:
    """Give somebody a role in a community from a day on (today); one they hold already stays as it is.

    Raises OwnCoordinator when somebody who is no coordinator there would make themself one, InOneLine at an employer
    where a participant would meet somebody above or below them at work.
    """
    if (held := queries.membership(person_id, role, community_id)) is not None:
        return held
    if role == "coordinator" and actor_id == person_id:
        raise OwnCoordinator
    if apart := queries.kept_apart_from(person_id, role, community_id):
        raise InOneLine(apart)
    first = since or clock.today(tenancy.current().zone)
    made = Membership(id=new_id(), person_id=person_id, role=role, community_id=community_id, since=first)
    db.session.add(made)
    db.session.flush()
    record(actor_id, "began", "membership", made.id, person_id=person_id, community_id=community_id, reason=role)
    publish(MembershipBegan(made.id, person_id, community_id))
    return made


def leave(membership: Membership, *, until: date | None = None, actor_id: UUID | None = None) -> None:
    """End a role before a day (today); one that has ended stays as it is."""
    if membership.until is not None or membership.community_id is None:
        return
    membership.until = max(until or clock.today(tenancy.current().zone), membership.since)
    person_id, place = membership.person_id, membership.community_id
    record(actor_id, "ended", "membership", membership.id, person_id=person_id, community_id=place)
    publish(MembershipEnded(membership.id, person_id, place))
