"""Asking for a link, using it, opening and ending sessions."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from maagal import clock, tenancy
from maagal.config import settings
from maagal.db import db, keep_despite_refusal
from maagal.events import later
from maagal.ids import new_id
from maagal.permissions import STAFF_ROLES
from tenants.people.models import Account, Person, SignedIn, SignInToken
from tenants.people.signing_in import queries

SEND = "people.send_sign_in"
LASTS = timedelta(minutes=15)
INVITATION_LASTS = timedelta(days=7)
STAY, STAFF_STAY = timedelta(days=30), timedelta(hours=12)


@dataclass(frozen=True)
class Letter:
    """What goes into the mail; the token and the code are nowhere else in the clear."""

    to: str | None
    locale: str | None
    token: str
    code: str


def ask(address: str) -> UUID:
    """Ask for a link to an address and return the request's id: the same answer and work whether it is known or not."""
    account = queries.account_reached_by(address)
    return send_to(account.id if account else new_id())


def send_to(account_id: UUID) -> UUID:
    """Have a link sent to an account's own channel; return the request's id."""
    token_id = new_id()
    later(SEND, clock.now(), queue="urgent", token_id=token_id, account_id=account_id)
    return token_id


def mint(token_id: UUID, account_id: UUID, lasts: timedelta = LASTS) -> Letter | None:
    """Make the link and code of a request, in place of earlier ones; None when nobody has the account.

    Kept before the mail goes out, so a link that arrives always works; minted again when sending is tried again.
    """
    token, code = secrets.token_urlsafe(32), f"{secrets.randbelow(10**6):06}"
    with keep_despite_refusal() as session:
        found = select(Person.email, Person.locale).join(Account, Account.person_id == Person.id)
        row = session.execute(found.where(Account.id == account_id, Person.state == "active")).first()
        if row is None:
            return None
        _replace(session, SignInToken(id=token_id, account_id=account_id, expires_at=clock.now() + lasts), token, code)
    return Letter(row.email, row.locale, token, code)


def _replace(session: Session, wanted: SignInToken, token: str, code: str) -> None:
    others = (SignInToken.account_id == wanted.account_id, SignInToken.id != wanted.id, SignInToken.spent_at.is_(None))
    session.execute(update(SignInToken).where(*others).values(spent_at=clock.now()))
    fresh = {
        "token_hash": hashed(token),
        "code_hash": code_hash(wanted.id, code),
        "expires_at": wanted.expires_at,
    }
    made = insert(SignInToken).values(id=wanted.id, account_id=wanted.account_id, attempts=0, **fresh)
    session.execute(made.on_conflict_do_update(index_elements=["id"], set_=fresh, where=SignInToken.spent_at.is_(None)))


def spend(token_id: UUID) -> UUID | None:
    """Use up a link and return whose account it opens; None when somebody used it first or it is too old."""
    once = update(SignInToken).where(SignInToken.id == token_id, queries.usable()).values(spent_at=clock.now())
    return db.session.scalar(once.returning(SignInToken.account_id))


def spend_code(token_id: UUID, code: str) -> UUID | None:
    """Use up a code and return whose account it opens; each attempt counts, also one that is refused."""
    with keep_despite_refusal() as session:
        tried = update(SignInToken).where(SignInToken.id == token_id, queries.usable())
        counted = tried.values(attempts=SignInToken.attempts + 1).returning(SignInToken.code_hash, SignInToken.attempts)
        row = session.execute(counted).first()
    expected = row.code_hash if row and row.attempts <= queries.ATTEMPTS else b""
    return spend(token_id) if hmac.compare_digest(expected, code_hash(token_id, code)) else None


def open_session(account_id: UUID, roles: frozenset[str], device: str, *, second_factor: bool) -> str:
    """Begin a session and return its subject: tenant, account, row. Staff are signed out after half a day."""
    stay = STAFF_STAY if roles & STAFF_ROLES else STAY
    row = SignedIn(
        id=new_id(),
        account_id=account_id,
        expires_at=clock.now() + stay,
        second_factor=second_factor,
        device=device[:120],
    )
    db.session.add(row)
    db.session.flush()
    return f"{tenancy.current().id}:{account_id}:{row.id}"


def end_session(session_id: UUID) -> None:
    """End one session; whoever still holds its cookie is out on the next request."""
    _end(SignedIn.id == session_id)


def end_all_sessions(person_id: UUID) -> None:
    """End every session of a person and spoil the links on their way to them."""
    theirs = select(Account.id).where(Account.person_id == person_id).scalar_subquery()
    _end(SignedIn.account_id == theirs)
    open_links = update(SignInToken).where(SignInToken.account_id == theirs, SignInToken.spent_at.is_(None))
    db.session.execute(open_links.values(spent_at=clock.now()))


def _end(which: object) -> None:
    living = update(SignedIn).where(which, SignedIn.ended_at.is_(None))  # type: ignore[arg-type]  # a condition
    db.session.execute(living.values(ended_at=clock.now()))


def hashed(token: str) -> bytes:
    """Return the hash of a link's token; it is long and random, so a plain SHA-256 is enough."""
    return hashlib.sha256(token.encode()).digest()


def code_hash(token_id: UUID, code: str) -> bytes:
    """Return the keyed hash of a code: six digits could be guessed from a bare one."""
    key = settings().secret_key.encode()
    return hmac.new(key, b"sign-in code" + token_id.bytes + code.encode(), hashlib.sha256).digest()
