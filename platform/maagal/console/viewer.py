"""Whoever looks at the console: a signed-in operator, as far as pages must know."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import session
from sqlalchemy import select

from maagal import clock
from maagal.config import settings
from maagal.console.models import Operator, OperatorSession
from maagal.db import db
from maagal.permissions import OPERATOR

SESSION = "operator"  # where the cookie keeps the id of the session's row
PROVEN = timedelta(minutes=5)  # how long a password that was shown counts for what is dangerous


@dataclass(frozen=True)
class SignedInOperator:
    """A signed-in operator."""

    session_id: UUID
    person_id: UUID
    name: str
    is_demo: bool
    proven_at: datetime
    roles: frozenset[str] = frozenset({OPERATOR})
    locale: None = None
    timezone: None = None

    @property
    def account_id(self) -> UUID:
        """An operator and their account are one."""
        return self.person_id

    @property
    def is_proven(self) -> bool:
        """Whether the password was shown just now; the demonstration's operator has none."""
        return self.proven_at > clock.now() - PROVEN or (self.is_demo and waived())


def waived() -> bool:
    """Whether there is an operator to try: on a demonstration on this machine alone, as for its organisations."""
    return settings().demo and settings().is_loopback


def load_operator() -> SignedInOperator | None:
    """Return whose living session the cookie names."""
    kept = session.get(SESSION)
    if not kept:
        return None
    columns = (OperatorSession.id, Operator.id, Operator.email, Operator.is_demo, OperatorSession.proven_at)
    found = select(*columns).join(Operator, Operator.id == OperatorSession.operator_id)
    living = (OperatorSession.ended_at.is_(None), OperatorSession.expires_at > clock.now(), Operator.ended_at.is_(None))
    row = db.session.execute(found.where(OperatorSession.id == UUID(kept), *living)).first()
    if row is None or (row.is_demo and not waived()):
        return None
    return SignedInOperator(*row)
