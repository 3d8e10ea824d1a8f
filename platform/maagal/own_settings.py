"""What an organisation decided for itself: values by name, in one row of its own schema, read from memory between changes.

The register (control schema) holds what the operators decide; this is the organisation's. Whoever is signed in brings the
row's version along with their session, so they never see an older one; visitors and workers may, for FRESH seconds.
"""

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import CheckConstraint, Text, cast, event, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from maagal import clock, tenancy
from maagal.db import HouseSession, Model, db

FRESH = 5.0  # seconds until a reader that brings no version asks again
MINE = "own_settings"  # in a session: what it wrote itself and has not committed yet


class Settings(Model):
    """The one row of values; there is none before the first is written."""

    __tablename__ = "settings"
    single: Mapped[bool] = mapped_column(primary_key=True, default=True)
    values: Mapped[dict[str, Any]] = mapped_column(JSONB)
    version: Mapped[int]
    changed_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("single", name="single"),)


class Kept(NamedTuple):
    """The values, and the version they are of: 0 before anything was written."""

    version: int
    values: Mapping[str, Any]


NOTHING = Kept(0, {})
VERSION = select(Settings.version).scalar_subquery()  # None before anything was written
_known: dict[UUID, tuple[float, Kept]] = {}


def get(name: str, default: Any = None) -> Any:
    """Return one value of the tenant we are in, as JSON has it, or the default. Raises NoTenant outside any."""
    return current().values.get(name, default)


def version() -> int:
    """Return the version of the values, for a form that is to notice another's change."""
    return current().version


def current() -> Kept:
    """Return all values of the tenant we are in. The sponsors' login is told what is remembered: it may not ask."""
    mine: Kept | None = db.session().info.get(MINE)
    if mine is not None:
        return mine
    at, kept = _known.get(tenancy.current().id, (float("-inf"), NOTHING))
    return kept if tenancy.login() != "app" or time.monotonic() - at <= FRESH else _ask()


def heard(of: int | None) -> None:
    """Hear the version that a session's question brought along; ask where what is remembered is another."""
    known = _known.get(tenancy.current().id)
    if known is None or known[1].version != (of or 0):
        _ask()


def put(values: Mapping[str, Any], seen: int | None = None) -> None:
    """Write some values, None to forget one. Raises StaleDataError where `seen` is not the version that stands."""
    gone = [name for name, value in values.items() if value is None]
    told = {name: value for name, value in values.items() if value is not None}
    made = insert(Settings).values(single=True, values=told, version=1, changed_at=clock.now())
    merged = Settings.values.op("||")(made.excluded["values"]).op("-")(cast(gone, ARRAY(Text)))
    changed = {"values": merged, "version": Settings.version + 1, "changed_at": clock.now()}
    stands = None if seen is None else Settings.version == seen
    written = made.on_conflict_do_update(index_elements=["single"], set_=changed, where=stands)
    row = db.session.execute(written.returning(Settings.version, Settings.values)).first()
    if row is None:
        message = "the settings were changed by somebody else"
        raise StaleDataError(message)
    db.session().info[MINE] = Kept(row.version, row.values)


def forget() -> None:
    """Believe nothing; the next reader asks."""
    _known.clear()


def _ask() -> Kept:
    row = db.session.execute(select(Settings.version, Settings.values)).first()
    kept = Kept(row.version, row.values) if row else NOTHING
    if len(_known) > tenancy.MOST_REMEMBERED:
        _known.clear()
    _known[tenancy.current().id] = (time.monotonic(), kept)
    return kept


def _settled(session: Session) -> None:
    """Once a transaction is over, what it wrote is the row's business again."""
    if not session.in_nested_transaction() and session.info.pop(MINE, None) is not None:
        _known.pop(tenancy.current().id, None)


event.listen(HouseSession, "after_commit", _settled)
event.listen(HouseSession, "after_rollback", _settled)
