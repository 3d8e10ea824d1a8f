"""Taking a sheet back: whoever it brought and has done nothing yet goes again."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from maagal import clock, tenancy
from maagal.db import db
from maagal.events import publish
from maagal.permissions import ROLES
from tenants.audit.actions import record
from tenants.communities.events import MembershipEnded
from tenants.people.importing import queries
from tenants.people.importing.identity import further_id, membership_id
from tenants.people.models import Account, ImportBatch, Membership, Person, Profile, SignedIn, SignInToken


def take_back(batch: ImportBatch, people: Collection[Person]) -> int:
    """Remove those who never signed in and to whom nothing points; return how many went."""
    came = _signed_in([person.id for person in people])
    gone = [person.id for person in people if person.id not in came and _remove(batch, person.id)]
    for person in gone:
        record(batch.uploaded_by, "taken_back", "person", person, person_id=person, community_id=batch.community_id)
    return len(gone)


def end_roles(batch: ImportBatch, actor_id: UUID) -> None:
    """End the roles that a sheet gave to people who were here already."""
    today = clock.today(tenancy.current().zone)
    for held in queries.given(batch):
        held.until = max(today, held.since)
        record(actor_id, "ended", "membership", held.id, person_id=held.person_id, community_id=held.community_id)
        if held.community_id is not None:
            publish(MembershipEnded(held.id, held.person_id, held.community_id))


def _signed_in(ids: Collection[UUID]) -> set[UUID]:
    accounts = select(Account.person_id).join(SignedIn, SignedIn.account_id == Account.id)
    return set(db.session.scalars(accounts.where(Account.person_id.in_(ids))))


def _remove(batch: ImportBatch, person: UUID) -> bool:
    """Remove a person with what their row brought; the database refuses where anything else has come to point at them."""
    account = select(Account.id).where(Account.person_id == person).scalar_subquery()
    roles = [membership_id(person), *(further_id(batch.id, person, role) for role in ROLES)]
    try:
        with db.session.begin_nested():
            for statement in (
                delete(SignInToken).where(SignInToken.account_id == account),
                delete(Account).where(Account.person_id == person),
                delete(Profile).where(Profile.person_id == person),
                delete(Membership).where(Membership.id.in_(roles)),
                delete(Person).where(Person.id == person),
            ):
                db.session.execute(statement.execution_options(synchronize_session=False))
    except IntegrityError:
        return False
    return True
