"""Signing in at the console: a password and a code of an app, attempts counted, sessions that can be ended."""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, update

from maagal import authenticator, clock
from maagal.console import vault
from maagal.console.journal import record
from maagal.console.models import Operator, OperatorSession
from maagal.db import db, keep_despite_refusal
from maagal.ids import new_id

STAY = timedelta(hours=8)
LINK_LASTS = timedelta(hours=24)
FAILURES = 8  # in a row, after which nothing is tried for a while
BARRED = timedelta(minutes=15)


def check_password(email: str, password: str) -> UUID | None:
    """Return whose address and password these are; each attempt counts. The same time for an unknown address."""
    theirs = (Operator.email == email.strip().lower(), Operator.enrolled_at.is_not(None), _free())
    found = db.session.scalar(select(Operator).where(*theirs))
    right = vault.matches(found.password if found else None, password)
    if found is not None and not right:
        _count_a_failure(found.id)
    return found.id if found is not None and right else None


def prove(operator_id: UUID, session_id: UUID, password: str) -> bool:
    """Whether an operator shows their password again; if so, the session may do what is dangerous for a while."""
    found = db.session.scalar(select(Operator).where(Operator.id == operator_id, _free()))
    if not vault.matches(found.password if found else None, password):
        _count_a_failure(operator_id)
        return False
    mine = update(OperatorSession).where(OperatorSession.id == session_id)
    db.session.execute(mine.values(proven_at=clock.now()))
    return True


def check_code(operator_id: UUID, code: str) -> bool:
    """Whether a code is right and was not used before; it is used up by this, and a wrong one counts."""
    found = db.session.scalar(select(Operator).where(Operator.id == operator_id, _free()))
    secret = vault.unseal(found.totp, found.id) if found else ""
    step = authenticator.step_of(secret, code, clock.now())
    if step is not None and _use(operator_id, step):
        return True
    _count_a_failure(operator_id)
    return False


def open_session(operator_id: UUID, device: str) -> UUID:
    """Begin a session and return its id, which the cookie keeps."""
    row = OperatorSession(id=new_id(), operator_id=operator_id, expires_at=clock.now() + STAY, device=device[:120])
    db.session.add(row)
    db.session.flush()
    record(operator_id, "signed_in")
    return row.id


def end_session(session_id: UUID) -> None:
    """End a session: whoever still holds its cookie is out on the next request."""
    mine = update(OperatorSession).where(OperatorSession.id == session_id, OperatorSession.ended_at.is_(None))
    db.session.execute(mine.values(ended_at=clock.now()))


def living_link(token: str) -> Operator | None:
    """Return who was invited by a link, while it can be used."""
    fresh = (Operator.link_hash == link_hash(token), Operator.link_until > clock.now(), Operator.ended_at.is_(None))
    return db.session.scalar(select(Operator).where(*fresh))


def enrol(operator: Operator, password: str, code: str) -> bool:
    """Spend a link: from now on this password and the app's codes open the console. False for a wrong code."""
    step = authenticator.step_of(vault.unseal(operator.totp, operator.id), code, clock.now())
    if step is None:
        return False
    once = update(Operator).where(Operator.id == operator.id, Operator.link_hash == operator.link_hash)
    fresh = {"password": vault.hashed(password), "totp_step": step, "enrolled_at": clock.now(), "link_hash": None}
    spent = db.session.execute(once.values(link_until=None, failures=0, barred_until=None, **fresh).returning(Operator.id))
    if spent.first() is None:
        return False
    record(operator.id, "enrolled")
    return True


def new_token() -> str:
    """Return the secret part of an enrolment link."""
    return secrets.token_urlsafe(32)


def link_hash(token: str) -> bytes:
    """Return what is kept of a link; it is long and random, so a plain SHA-256 is enough."""
    return hashlib.sha256(token.encode()).digest()


def _use(operator_id: UUID, step: int) -> bool:
    """Use a code up. Only this ends a row of failures: whoever has the password alone may not guess codes for ever."""
    unused = or_(Operator.totp_step.is_(None), Operator.totp_step < step)
    once = update(Operator).where(Operator.id == operator_id, unused).values(totp_step=step, failures=0)
    return db.session.execute(once.returning(Operator.id)).first() is not None


def _count_a_failure(operator_id: UUID) -> None:
    """Count a wrong attempt though the page be refused."""
    with keep_despite_refusal() as kept:
        counting = update(Operator).where(Operator.id == operator_id).values(failures=Operator.failures + 1)
        if (kept.scalar(counting.returning(Operator.failures)) or 0) >= FAILURES:
            bar = update(Operator).where(Operator.id == operator_id)
            kept.execute(bar.values(failures=0, barred_until=clock.now() + BARRED))


def _free() -> ColumnElement[bool]:
    """Return the condition of operators who may try: still with us, and not barred after too many attempts."""
    rested = or_(Operator.barred_until.is_(None), Operator.barred_until <= clock.now())
    return Operator.ended_at.is_(None) & rested
