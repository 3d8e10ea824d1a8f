"""Export and erasure, asked for by one operator and approved by another. The database itself holds to two people and a delay.

Nothing is carried out from here: a command does it, on a machine that may (see docs/operating.md, "Leaving").
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from maagal.config import settings
from maagal.console.journal import record
from maagal.console.models import Departure, Operator
from maagal.db import db
from maagal.register import TenantRow

OPEN = text("done_at is null and withdrawn_at is null")  # word for word the index's
SHOWN = 100
OVER = ("done", "withdrawn")


@dataclass(frozen=True)
class Seen:
    """A request with who asked and who approved: the address of an operator, or the name that was typed at a command."""

    departure: Departure
    asked_by: str
    approved_by: str | None
    withdrawn_by: str | None
    now: datetime

    @property
    def due_at(self) -> datetime | None:
        """When it may be carried out; None while nobody has approved."""
        approved = self.departure.approved_at
        return approved + self.departure.delay if approved else None

    @property
    def state(self) -> str:
        """Where it stands, by the database's clock."""
        row = self.departure
        if row.withdrawn_at or row.done_at:
            return "withdrawn" if row.withdrawn_at else "done"
        if row.begun_at:
            return "begun"
        if self.due_at is None:
            return "asked"
        return "due" if self.due_at <= self.now else "waiting"

    @property
    def hours_left(self) -> int:
        """The hours until it may be carried out, begun ones counted whole."""
        left = (self.due_at or self.now) - self.now
        return max(0, -(-int(left.total_seconds()) // 3600))


def ask(tenant: TenantRow, what: str, reason: str, recipient: str | None, operator_id: UUID) -> bool:
    """Ask for an organisation's export or erasure; False while the same was asked for and is not over."""
    delay = timedelta(hours=settings().leaving_delay_hours)
    values: dict[str, Any] = {"tenant_id": tenant.id, "slug": tenant.slug, "what": what, "reason": reason, "delay": delay}
    asked = upsert(Departure).values(values | {"recipient": recipient, "asked_by": str(operator_id)})
    once = asked.on_conflict_do_nothing(index_elements=["tenant_id", "what"], index_where=OPEN)
    if db.session.scalar(once.returning(Departure.id)) is None:
        return False
    record(operator_id, f"asked_{what}", tenant.slug)
    return True


def approve(departure_id: int, operator_id: UUID) -> bool:
    """Agree to somebody else's request: from now on its delay runs. False where it is over, approved, or one's own."""
    others = (Departure.approved_by.is_(None), func.lower(func.btrim(Departure.asked_by)) != str(operator_id))
    return _change(departure_id, operator_id, "approved", *others, approved_by=str(operator_id))


def withdraw(departure_id: int, operator_id: UUID) -> bool:
    """Take a request back; False where it has begun or is over."""
    values = {"withdrawn_by": str(operator_id), "withdrawn_at": func.now()}
    return _change(departure_id, operator_id, "withdrew", Departure.begun_at.is_(None), **values)


def by_id(departure_id: int) -> Departure | None:
    """Return a request, or None."""
    return db.session.get(Departure, departure_id)


def seen(tenant_id: UUID | None = None) -> list[Seen]:
    """Return requests, perhaps about one organisation, the newest first."""
    found = select(Departure, func.now()).order_by(Departure.id.desc()).limit(SHOWN)
    if tenant_id:
        found = found.where(Departure.tenant_id == tenant_id)
    rows = db.session.execute(found.execution_options(populate_existing=True)).all()
    named = _addresses()
    return [_seen(row[0], row[1], named) for row in rows]


def last_key(tenant: TenantRow) -> str:
    """Return the public key that the organisation gave, else the one of its last export."""
    if given := tenant.settings.get("recipient"):
        return str(given)
    exports = select(Departure.recipient).where(Departure.tenant_id == tenant.id, Departure.recipient.is_not(None))
    return db.session.scalar(exports.order_by(Departure.id.desc()).limit(1)) or ""


def _change(departure_id: int, operator_id: UUID, what: str, *which: Any, **values: Any) -> bool:
    still_open = (Departure.id == departure_id, Departure.done_at.is_(None), Departure.withdrawn_at.is_(None), *which)
    changed = update(Departure).where(*still_open).values(values).returning(Departure.slug, Departure.what)
    row = db.session.execute(changed.execution_options(synchronize_session=False)).first()
    if row is None:
        return False
    record(operator_id, f"{what}_{row.what}", row.slug)
    return True


def _seen(row: Departure, now: datetime, named: dict[str, str]) -> Seen:
    asked, approved, withdrawn = (named.get(by or "", by) for by in (row.asked_by, row.approved_by, row.withdrawn_by))
    return Seen(row, asked or "", approved, withdrawn, now)


def _addresses() -> dict[str, str]:
    """Return operator's id as text -> mail address."""
    return {str(row.id): row.email for row in db.session.execute(select(Operator.id, Operator.email))}
