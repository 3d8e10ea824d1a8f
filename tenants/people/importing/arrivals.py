"""Good rows become people or staff records. Each row has one id for ever, so that a chunk may be repeated."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from maagal import tenancy
from maagal.db import db
from maagal.events import publish
from maagal.ids import new_id
from tenants.audit.actions import record
from tenants.communities.events import MembershipBegan
from tenants.people import notes
from tenants.people.events import PersonJoined, WelcomeWished
from tenants.people.importing import queries
from tenants.people.importing.entries import Entry
from tenants.people.importing.identity import further_id, membership_id, person_id
from tenants.people.models import Account, ImportBatch, Membership, Person, Profile, StaffRecord
from tenants.people.room import ONE_AT_A_TIME
from tenants.people.roster.text import key


def bring_people(batch: ImportBatch, entries: Sequence[Entry]) -> int:
    """Make the people of these rows who are not here yet; return how many were made.

    Two sheets with the same people may come in at once: whoever another one brought since the dry run is passed over.
    """
    db.session.execute(ONE_AT_A_TIME)
    ids = {entry["row"]: person_id(batch.id, entry["row"]) for entry in entries}
    here, met = queries.present(ids.values()), _met(batch, entries) | queries.came_before(batch, ids).keys()
    fresh = [entry for entry in entries if ids[entry["row"]] not in here and entry["row"] not in met]
    _write(batch, [(ids[entry["row"]], entry) for entry in fresh])
    return len(fresh)


def give_roles(batch: ImportBatch, asked: Sequence[Entry]) -> int:
    """Give people who are here the roles of these rows that they do not hold yet; return how many were given."""
    if not asked:
        return 0
    db.session.execute(ONE_AT_A_TIME)
    wished = [(_who(batch, entry), entry["role"]) for entry in asked]
    given = queries.lacking(batch.community_id, set(wished))
    for person, role in sorted(given):
        _give(batch, person, role)
    db.session.flush()
    return len(given)


def _who(batch: ImportBatch, entry: Entry) -> UUID:
    return UUID(entry["known"]) if entry["known"] else person_id(batch.id, entry["other_row"])


def _give(batch: ImportBatch, person: UUID, role: str) -> None:
    made, place = further_id(batch.id, person, role), batch.community_id
    day = batch.created_at.astimezone(tenancy.current().zone).date()
    db.session.add(Membership(id=made, person_id=person, role=role, community_id=place, since=day))
    record(batch.uploaded_by, "began", "membership", made, person_id=person, community_id=place, reason=role)
    if place is not None:
        publish(MembershipBegan(made, person, place))


def bring_staff(entries: Sequence[Entry]) -> int:
    """Write these employees down, newer lines over older ones; return how many were new."""
    records = [{"id": new_id()} | entry["record"] for entry in entries]
    if not records:
        return 0
    fresh = {told["number"] for told in records} - queries.staff_numbers()
    statement = insert(StaffRecord).values(records)
    told = {name: statement.excluded[name] for name in records[0] if name not in ("id", "number")}
    db.session.execute(statement.on_conflict_do_update(index_elements=["number"], set_=told))
    return len(fresh)


def _met(batch: ImportBatch, entries: Sequence[Entry]) -> set[int]:
    """Find rows whose name is here already under the same phone or mail, unless they were said to be somebody else."""
    asked = [entry["person"] for entry in entries]
    phones, emails = [one["phone"] for one in asked if one["phone"]], [one["email"] for one in asked if one["email"]]
    known = queries.names_by_contact(phones, emails, besides=batch.id)
    return {entry["row"] for entry in entries if entry["row"] not in batch.let_in and _contacts(entry["person"]) & known}


def _contacts(person: Entry) -> set[tuple[str, str]]:
    name = key(person["first_name"] + person["last_name"])
    return {(contact, name) for contact in (person["phone"], person["email"]) if contact}


def _write(batch: ImportBatch, made: Sequence[tuple[UUID, Entry]]) -> None:
    """Write a chunk table by table: a flush for each person would cost a round trip for each table."""
    day = batch.created_at.astimezone(tenancy.current().zone).date()
    db.session.add_all([_person(batch, person, entry) for person, entry in made])
    db.session.flush()  # the rows below point at them
    for person, entry in made:
        db.session.add_all(_belongings(batch, person, entry, day))
    db.session.flush()
    for person, _entry in made:
        record(batch.uploaded_by, "brought_in", "person", person, person_id=person, community_id=batch.community_id)
    for person, entry in made:
        _tell_the_house(batch, person, entry)


def _person(batch: ImportBatch, made: UUID, entry: Entry) -> Person:
    return Person(id=made, import_id=batch.id, notes=notes.sealed(made, entry["notes"]), **entry["person"])


def _belongings(batch: ImportBatch, made: UUID, entry: Entry, day: date) -> tuple[Profile, Account, Membership]:
    place = {"role": entry["role"], "community_id": batch.community_id, "since": day}
    return (
        Profile(person_id=made, **_profile(entry, day)),
        Account(person_id=made),
        Membership(id=membership_id(made), person_id=made, **place),
    )


def _profile(entry: Entry, day: date) -> dict[str, Any]:
    asked: dict[str, Any] = entry["profile"]
    until = asked["training_valid_until"]
    told = asked | {"training_valid_until": date.fromisoformat(until) if until else None}
    # The sheet is the coordinator's own list of accepted volunteers: a mentor with a training date in it has been screened.
    return told | {"screened_at": day if entry["role"] == "mentor" and until else None}


def _tell_the_house(batch: ImportBatch, made: UUID, entry: Entry) -> None:
    if batch.community_id is not None:
        publish(PersonJoined(made, batch.community_id, entry["role"]))
    if batch.notify and entry["person"]["email"]:
        publish(WelcomeWished(made, batch.id))
