"""From the outbox to Celery: reads only the index of what is due, hands ids in batches. Any number of copies may run.

Valkey is only a doorbell: a batch that it forgets is handed out again when its lease ends.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

from kombu.exceptions import OperationalError
from sqlalchemy.exc import DBAPIError, ProgrammingError

from maagal import activity, clock, due, register, tenancy
from maagal.alive import breathe
from maagal.db import commit, db, within
from maagal.handing import hand_over, next_hour
from maagal.logs import log
from maagal.queues import BATCH

PAUSE = 0.1  # seconds; so long a tenant that had its share waits at most for its next one
PATIENCE = timedelta(seconds=5)
SWEPT_AT_ONCE = 200
SWEPT_BESIDES = 5  # in case somebody's activity was never heard of

Send = Callable[[tenancy.Tenant, str, list[str]], None]


def turn(send: Send) -> int:
    """Look once into every tenant that is due; return how many rows were handed over.

    One that cannot be served (behind in its upgrade, broken) is looked into again later and keeps nobody else waiting.
    """
    return sum(_serve_or_pass_by(entry, send) for entry in due.ready(clock.now()))


def run(send: Send, should_stop: Callable[[], bool], note: Callable[[], None] = lambda: None) -> None:
    """Turn for as long as the process lives; a database that is away is waited for. `note` is called before each turn."""
    while not should_stop():
        breathe()
        note()
        try:
            handed = turn(send)
        except Exception as why:  # noqa: BLE001  the relay outlives whatever happens to PostgreSQL and Valkey
            log.warning("relay_stumbled", exc_info=why)
            handed = 0
            time.sleep(1)
        if not handed:
            time.sleep(PAUSE)


def _serve_or_pass_by(entry: due.Due, send: Send) -> int:
    try:
        return _serve(entry, send)
    except DBAPIError as why:
        if why.connection_invalidated:  # PostgreSQL itself is away: nobody can be served
            raise
        log.error("tenant_passed_by", tenant_id=str(entry.tenant_id), exc_info=why)
        due.settle(entry, clock.now() + PATIENCE)
        return 0


def _serve(entry: due.Due, send: Send) -> int:
    tenant = register.by_id(entry.tenant_id)
    if tenant is None:
        due.settle(entry, None)
        return 0
    if tenant.state == "opening":  # still being furnished: look again in a while
        due.settle(entry, clock.now() + PATIENCE)
        return 0
    try:
        with within(tenant):
            activity.note()  # a worker will do something
            handed = hand_over()
            commit()
    except tenancy.TenantBehind:  # its upgrade is on its way: look again in a while
        due.settle(entry, clock.now() + PATIENCE)
        return 0
    except tenancy.TenantClosed:  # suspended: its rows wait, and the sweep finds them when it is back
        due.settle(entry, None)
        return 0
    _ring(tenant, handed.rows, send)
    waiting = {each.queue: (each.ripe, each.leased) for each in handed.waits}
    due.settle(entry, handed.next_at, oldest=handed.oldest, waiting=waiting)
    return len(handed.rows)


def _ring(tenant: tenancy.Tenant, rows: Sequence[tuple[UUID, str]], send: Send) -> None:
    queues: dict[str, list[str]] = defaultdict(list)
    for row_id, queue in rows:
        queues[queue].append(str(row_id))
    try:
        for queue, ids in queues.items():
            for start in range(0, len(ids), BATCH):
                send(tenant, queue, ids[start : start + BATCH])
    except (OperationalError, ConnectionError, TimeoutError):
        log.warning("broker_away", tenant_id=str(tenant.id), rows=len(rows))


def sweep(then: Callable[[tenancy.Tenant], None] = lambda _tenant: None) -> int:
    """Correct the index of what is due for tenants that did something lately, and for a few others; return how many it were.

    `then` is called for each that is open, outside it.
    A commit that was killed before it could tell the index is found here. Tenants that are idle cost a call nothing.
    """
    ids = activity.next_to_see(SWEPT_AT_ONCE, SWEPT_BESIDES)
    activity.seen(ids)
    for tenant in filter(None, map(register.by_id, ids)):
        _correct(tenant)
        if tenant.state == "open":
            then(tenant)
    return len(ids)


def _correct(tenant: tenancy.Tenant) -> None:
    try:
        with within(tenant):
            next_at = db.session.scalar(next_hour())
            db.session.rollback()
            if next_at is not None:
                due.upsert(next_at)
    except (tenancy.TenantClosed, ProgrammingError) as why:  # suspended, or behind in its upgrade
        log.info("sweep_passed_by", tenant_id=str(tenant.id), exc_info=why)
