"""Accounts, links that can still be used, and people to try the demonstration as."""

from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from maagal import clock, tenancy
from maagal.db import db
from tenants.people.models import Account, Membership, Person, SignInToken
from tenants.people.queries import held_today
from tenants.people.roster import phones
from tenants.people.roster.faults import BadCellError

ATTEMPTS = 5


def account_reached_by(address: str) -> Account | None:
    """Return the account of whoever is reached by a mail address or a phone number; of several, the first."""
    wanted = address.strip()
    reached: ColumnElement[bool] = func.lower(Person.email) == wanted.lower()
    if number := _phone(wanted):
        reached = or_(reached, Person.phone == number)
    theirs = select(Account).join(Account.person).where(Person.state == "active", reached)
    return db.session.scalar(theirs.order_by(Account.id).limit(1))


def account_by_id(account_id: UUID) -> Account | None:
    """Return an account of somebody who is still with us."""
    living = select(Account).join(Account.person).where(Account.id == account_id, Person.state == "active")
    return db.session.scalar(living)


def sharing_mailbox(account: Account) -> list[tuple[Account, Person]]:
    """Return everybody who is reached at the mail address of an account, the account itself among them, by name."""
    box = select(func.lower(Person.email)).where(Person.id == account.person_id).scalar_subquery()
    theirs = select(Account, Person).join(Account.person).where(Person.state == "active", func.lower(Person.email) == box)
    return [(row[0], row[1]) for row in db.session.execute(theirs.order_by(Person.first_name, Account.id))]


def living_token(digest: bytes) -> SignInToken | None:
    """Return the link with this hash while it can be used."""
    return db.session.scalar(select(SignInToken).where(SignInToken.token_hash == digest, usable()))


def usable() -> ColumnElement[bool]:
    """Return the condition of links and codes that can still be used."""
    fresh = SignInToken.spent_at.is_(None) & (SignInToken.expires_at > clock.now())
    return fresh & (SignInToken.attempts <= ATTEMPTS)


def somebody_in(role: str) -> Person | None:
    """Return the person to try a role as: whom the demonstration named, else whoever has held it longest."""
    named = tenancy.current().settings.get("demo_people", {}).get(role)
    holding = select(Person).join(Membership, Membership.person_id == Person.id).join(Account, Account.person_id == Person.id)
    holding = holding.where(Membership.role == role, held_today(), Person.state == "active")
    first = (Person.id == UUID(named)).desc() if named else Membership.since
    return db.session.scalar(holding.order_by(first, Membership.since, Person.id).limit(1))


def _phone(address: str) -> str | None:
    try:
        found = phones.read(address)
    except BadCellError:
        return None
    return found.number if found else None
