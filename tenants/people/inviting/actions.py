"""Making the first administrator."""

from uuid import UUID

from sqlalchemy import exists, select

from maagal import clock
from maagal.db import db
from maagal.events import later
from tenants.audit.actions import record
from tenants.people import queries
from tenants.people.actions import add
from tenants.people.models import Account, Membership, Person, SignedIn

SEND = "people.send_invitation"


def invite(email: str, locale: str) -> bool:
    """Have the first administrator invited; False where there are people already, who bring in others by themselves.

    An operator names the address: so this is for an organisation in which nobody has been yet, and for nobody else's.
    """
    waiting = _waiting()
    if db.session.scalar(select(exists().where(Person.state == "active", Person.id.not_in([each.id for each in waiting])))):
        return False
    person = waiting[0] if waiting else add(email.partition("@")[0], "", email, "administrator", None)
    person.email, person.locale = email, locale
    db.session.flush()
    account = queries.account_of(person.id)
    assert account is not None  # noqa: S101  whoever waits has one
    record(None, "invited", "person", person.id, person_id=person.id)
    later(SEND, clock.now(), queue="urgent", account_id=account.id)
    return True


def has_come(account_id: UUID) -> bool:
    """Whether somebody has ever been in."""
    return bool(db.session.scalar(select(exists().where(SignedIn.account_id == account_id))))


def _waiting() -> list[Person]:
    """Return administrators who were invited and have never been in."""
    been = exists().where(SignedIn.account_id == Account.id)
    held = exists().where(Membership.person_id == Person.id, Membership.role == "administrator", queries.held_today())
    theirs = select(Person).join(Account, Account.person_id == Person.id).where(Person.state == "active", held, ~been)
    return list(db.session.scalars(theirs.where(Account.totp_confirmed_at.is_(None)).order_by(Person.created_at, Person.id)))
