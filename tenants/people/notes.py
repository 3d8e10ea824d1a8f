"""What coordinators wrote down about a person, mostly how to be in touch safely: sealed under the person's own key."""

from uuid import UUID

from maagal import sealing
from maagal.db import db
from tenants.audit.actions import record
from tenants.people.models import Person

SUBJECT = "person_note"


def read(person: Person, reader_id: UUID) -> str:
    """Open what is written of a person ("" for nothing); that it was read is written down."""
    if person.notes is None:
        return ""
    record(reader_id, "read", SUBJECT, person.id, person_id=person.id)
    return sealing.unseal(person.notes, _place(person.id))


def write(person: Person, text: str, actor_id: UUID) -> None:
    """Keep a text in the place of what was written; "" for nothing. Raises StaleDataError at the flush, as `change` does."""
    person.notes = sealed(person.id, text)
    record(actor_id, "changed", SUBJECT, person.id, person_id=person.id)
    db.session.flush()


def sealed(person_id: UUID, text: str) -> bytes | None:
    """Return a text as it is kept; None for none."""
    return sealing.seal(text, person_id, _place(person_id)) if text else None


def _place(person_id: UUID) -> sealing.Place:
    return sealing.Place("people", person_id, "notes")
