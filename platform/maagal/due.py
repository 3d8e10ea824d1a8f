"""The shared index of what is due: one row a tenant, so that ten thousand idle tenants cost a tick nothing.

Every statement here is short, stands alone, and runs on a connection of its own outside any tenant.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb

from maagal import control, tenancy
from maagal.logs import log

OUTBOX = "outbox"
NOTHING: Mapping[str, tuple[int, int]] = {}
UPSERT = """
insert into control.due as d (tenant_id, what, at) values (%s, %s, %s)
on conflict (tenant_id, what) do update set at = least(d.at, excluded.at), version = d.version + 1
"""
READY = "select tenant_id, at, version from control.due where what = %s and at <= %s order by at limit %s"
MOVE = """
update control.due set at = %s, oldest = %s, waiting = %s where tenant_id = %s and what = %s and version = %s
"""
CLEAR = "delete from control.due where tenant_id = %s and what = %s and version = %s"


class Due(NamedTuple):
    """A tenant with something to do; `version` tells whether more came while we looked."""

    tenant_id: UUID
    at: datetime
    version: int


def upsert(at: datetime, what: str = OUTBOX) -> None:
    """Note that the current tenant has something due at a moment. A failure is only logged: the sweep corrects it."""
    try:
        control.run(UPSERT, (tenancy.current().id, what, at))
    except Exception as why:  # noqa: BLE001  the business transaction is committed: nothing may make it look failed
        log.warning("due_not_noted", error=type(why).__name__)


def ready(at: datetime, what: str = OUTBOX, most: int = 100) -> list[Due]:
    """List tenants whose hour has come, longest waiting first."""
    return [Due(*row) for row in control.run(READY, (what, at, most))]


def settle(
    entry: Due, next_at: datetime | None, what: str = OUTBOX, *, oldest: datetime | None = None,
    waiting: Mapping[str, tuple[int, int]] = NOTHING,
) -> None:  # fmt: skip
    """Set a tenant's next hour, or clear it; does nothing when something new came in the meantime.

    `oldest` is the hour of the oldest row that is not finished, `waiting` queue -> rows that are ripe, rows that are leased.
    """
    if next_at is None:
        control.run(CLEAR, (entry.tenant_id, what, entry.version))
    else:
        control.run(MOVE, (next_at, oldest, Jsonb(waiting), entry.tenant_id, what, entry.version))
