"""Who did something lately, so that the sweep looks at those and leaves whoever is idle alone.

A process says so before the commit, at most once in FRESH for a tenant: killed right after it, the commit is found all the same.
"""

import time
from uuid import UUID

from maagal import control, tenancy
from maagal.logs import log

FRESH = 60.0  # seconds that what we said is believed
MOST = 20_000
NOTE = """
insert into control.sweeps as s (tenant_id, swept_at, wanted_at) values (%s, '-infinity', now() + interval '2 minutes')
on conflict (tenant_id) do update set wanted_at = excluded.wanted_at
"""  # longer than FRESH: the last commit that was not said again is still looked for
NEXT = """
(select tenant_id from control.sweeps where swept_at < wanted_at order by swept_at limit %s)
union (select tenant_id from control.sweeps order by swept_at limit %s)
"""
SEEN = "update control.sweeps set swept_at = now() where tenant_id = any(%s)"
_noted: dict[UUID, float] = {}


def note() -> None:
    """Have the current tenant looked at by the next sweeps. A failure is only logged: nothing of the tenant's may fail by it."""
    tenant_id, now = tenancy.current().id, time.monotonic()
    if now - _noted.get(tenant_id, float("-inf")) < FRESH:
        return
    if len(_noted) > MOST:
        _noted.clear()
    _noted[tenant_id] = now
    try:
        control.run(NOTE, (tenant_id,))
    except Exception as why:  # noqa: BLE001  the tenant's own transaction goes on
        _noted.pop(tenant_id, None)
        log.warning("activity_not_noted", error=type(why).__name__)


def forget() -> None:
    """Say it anew the next time."""
    _noted.clear()


def next_to_see(active: int, besides: int) -> list[UUID]:
    """Return whom a sweep looks at, longest unseen first: so many that did something since, and so many whatever they did."""
    return [row[0] for row in control.run(NEXT, (active, besides))]


def seen(tenants: list[UUID]) -> None:
    """Note that they are being looked at, before it is done: what happens meanwhile wants another look."""
    control.run(SEEN, (tenants,))
