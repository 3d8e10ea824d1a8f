"""Taking a sheet back: whoever it brought and has done nothing yet goes again."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from maagal.db import db
from tenants.audit.actions import record
from tenants.people.importing.arrivals import membership_id
from tenants.people.models import Account, ImportBatch, Membership, Person, Profile, SignedIn, SignInToken


def take_back(batch: ImportBatch, people: Collection[Person]) -> int:
    """Remove those who never signed in and to whom nothing points; return how many went."""
    came = _signed_in([person.id for person in people])
    gone = [person.id for person in people if person.id not in came and _remove(person.id)]
    for person in gone:
        record(batch.uploaded_by, "taken_back", "person", person, person_id=person, community_id=batch.community_id)
    return len(gone)


def _signed_in(ids: Collection[UUID]) -> set[UUID]:
    accounts = select(Account.person_id).join(SignedIn, SignedIn.account_id == Account.id)
    return set(db.session.scalars(accounts.where(Account.person_id.in_(ids))))


def _remove(person: UUID) -> bool:
    """Remove a person with what their row brought; the database refuses where anything else has come to point at them."""
    account = select(Account.id).where(Account.person_id == person).scalar_subquery()
    try:
        with db.session.begin_nested():
            for statement in (
                delete(SignInToken).where(SignInToken.account_id == account),
                delete(Account).where(Account.person_id == person),
                delete(Profile).where(Profile.person_id == person),
                delete(Membership).where(Membership.id == membership_id(person)),
                delete(Person).where(Person.id == person),
            ):
                db.session.execute(statement.execution_options(synchronize_session=False))
    except IntegrityError:
        return False
    return True
