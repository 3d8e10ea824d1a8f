"""Adding people, changing what is kept of them, and leaving."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm.attributes import flag_modified

from maagal import clock, tenancy
from maagal.db import db
from maagal.ids import new_id
from tenants.audit.actions import record
from tenants.people import queries
from tenants.people.answers import kept
from tenants.people.models import Account, Membership, Organisation, Person, Profile
from tenants.people.room import make_sure_of_people
from tenants.people.signing_in.actions import end_all_sessions


def add(first_name: str, last_name: str, email: str, role: str, community_id: UUID | None) -> Person:
    """Add somebody with a role from today on, able to sign in; for the first people of a tenant. Raises NoRoomError."""
    make_sure_of_people(1)
    made = Person(id=new_id(), first_name=first_name, last_name=last_name, email=email.strip().lower())
    db.session.add(made)
    db.session.flush()
    since = clock.today(tenancy.current().zone)
    held = Membership(id=new_id(), person_id=made.id, role=role, community_id=community_id, since=since)
    db.session.add_all((Profile(person_id=made.id), Account(person_id=made.id), held))
    db.session.flush()
    record(None, "added", "person", made.id, person_id=made.id, community_id=community_id)
    return made


def change(person: Person, values: Mapping[str, Any], free_hours: list[list[int]], actor_id: UUID) -> None:
    """Change what is kept of a person: columns of Person by name, and the weekly free hours.

    Raises StaleDataError at the flush when somebody else changed them in the meantime.
    """
    for name, value in values.items():
        setattr(person, name, value)
    _touch(person)
    db.session.merge(Profile(person_id=person.id, free_hours=free_hours))
    record(actor_id, "changed", "person", person.id, person_id=person.id)
    db.session.flush()


def answer(person: Person, answers: Mapping[str, Any], actor_id: UUID) -> None:
    """Keep a person's answers, by the names of `kept.of`; a question that is not among them stays as it was.

    Raises StaleDataError at the flush when somebody else changed the person in the meantime.
    """
    profile = person.profile or Profile(person_id=person.id)
    db.session.add(profile)
    for name, value in kept.columns(answers).items():
        setattr(profile, name, value)
    for name in kept.OF_THE_PERSON:
        setattr(person, name, answers.get(name, getattr(person, name)))
    _touch(person)
    record(actor_id, "changed", "answers", person.id, person_id=person.id)
    db.session.flush()


def _touch(person: Person) -> None:
    """Count the person's version on although only rows beside theirs changed: another edit of the same page is then stale."""
    flag_modified(person, "first_name")


def let_sign_in(person: Person, actor_id: UUID) -> None:
    """Give somebody who was taken for another a way in of their own; a second time is a no-op."""
    made = insert(Account).values(id=new_id(), person_id=person.id).on_conflict_do_nothing(index_elements=["person_id"])
    if db.session.scalar(made.returning(Account.id)) is not None:
        record(actor_id, "let_in", "account", person.id, person_id=person.id, reason="somebody_else")


def keep_display(account_id: UUID, display: str) -> None:
    """Keep how a person wants pages to look, so that it is there on their next device."""
    db.session.execute(update(Account).where(Account.id == account_id).values(display=display))


def organise(values: Mapping[str, Any], actor_id: UUID) -> None:
    """Keep what the organisation says of its accessibility."""
    kept = queries.organisation()
    if kept is None:
        kept = Organisation(id=new_id())
        db.session.add(kept)
    for name, value in values.items():
        setattr(kept, name, value)
    record(actor_id, "changed", "organisation", kept.id)
    db.session.flush()


def end_memberships_and_sessions(person_id: UUID) -> None:
    """Let somebody leave: every role ends today, every session at once."""
    theirs = update(Membership).where(Membership.person_id == person_id, queries.held_from_now_on())
    db.session.execute(theirs.values(until=clock.today(tenancy.current().zone)))
    end_all_sessions(person_id)
