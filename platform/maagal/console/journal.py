"""What operators did, written down in the transaction that does it."""

from uuid import UUID

from sqlalchemy import insert

from maagal import clock
from maagal.console.models import Operation
from maagal.db import db

Detail = str | int | list[str] | None


def record(operator_id: UUID | None, what: str, slug: str | None = None, **detail: Detail) -> None:
    """Write down that an operator (None: a command) did something, perhaps about an organisation."""
    values = {"at": clock.now(), "operator_id": operator_id, "what": what, "slug": slug, "detail": detail}
    db.session.execute(insert(Operation).values(values))  # returns nothing: what is written may not even be locked
