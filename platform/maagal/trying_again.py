"""Work that was given up is tried again when an operator wished so: by the tenant's own worker, in the tenant."""

from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, update

from maagal import clock, control, register, tenancy
from maagal.db import db
from maagal.events import Outbox, wake

WISHED = """
select r.tenant_id from control.retries r join control.tenants t on t.id = r.tenant_id
where r.done_at is null and t.state = 'open' order by r.wished_at limit 50
"""
DONE = "update control.retries set done_at = now(), revived = %s where tenant_id = %s and done_at is null"


def wished() -> list[tenancy.Tenant]:
    """Return tenants whose failed work is to be tried again; a suspended one's wish waits until it is back."""
    ids: list[UUID] = [row[0] for row in control.run(WISHED)]
    return [tenant for tenant in map(register.by_id, ids) if tenant is not None]


def revive_failed() -> int:
    """Let everything that was given up in the current tenant be tried from the beginning; return how many rows that is."""
    given_up = update(Outbox).where(Outbox.state == "failed")
    fresh = given_up.values(state="pending", attempts=0, due_at=clock.now(), done_at=None)
    revived: CursorResult[Any] = db.session.execute(fresh.execution_options(synchronize_session=False))  # type: ignore[assignment]  # as its documentation says
    if revived.rowcount:
        wake(clock.now())
    return revived.rowcount


def done(revived: int) -> None:
    """Note that the current tenant's wish was carried out; called after the commit."""
    control.run(DONE, (revived, tenancy.current().id))
