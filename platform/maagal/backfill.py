"""Filling what an upgrade added, tenant by tenant and in small batches, while everybody goes on working.

Three steps over two releases. Expand: a revision adds the column, empty, and the release writes it along with the old one.
Backfill: once that release serves everywhere, `maagal backfill NAME` fills the rows from before. Contract: a revision of the
release after it may rely on the column, and take away the old one. Where the backfill is not through, that revision fails
and names the tenant.

A batch is a function of a number: it fills at most so many rows that are still empty, and returns how many it filled. What is
left to do is thus written in the rows themselves; a run that was killed loses one batch and goes on by being started again.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from maagal.db import commit, db, within
from maagal.logs import log
from maagal.tenancy import Tenant

ROWS = 500  # a batch: some tens of milliseconds in one transaction
PAUSE = 0.05  # seconds in which everybody else has the database

Batch = Callable[[int], int]


@dataclass(frozen=True)
class Filled:
    """How many rows of a tenant were filled, and what ended it early, in short."""

    slug: str
    rows: int
    trouble: str = ""


def run(batch: Batch, tenants: Iterable[Tenant], *, rows: int = ROWS, pause: float = PAUSE) -> Iterator[Filled]:
    """Fill each tenant to its end; one in trouble (suspended, behind, a row that cannot be) stops no other."""
    for tenant in tenants:
        filled = 0
        try:
            for number in _batches(batch, tenant, rows, pause):
                filled += number
        except Exception as why:  # noqa: BLE001  whatever it is, the next tenant has nothing to do with it
            log.warning("backfill_stopped", tenant_id=str(tenant.id), exc_info=why)
            yield Filled(tenant.slug, filled, type(why).__name__)
        else:
            yield Filled(tenant.slug, filled)


def _batches(batch: Batch, tenant: Tenant, rows: int, pause: float) -> Iterator[int]:
    """Commit batch after batch, each in a transaction of its own, until one finds nothing."""
    while True:
        with within(tenant):
            try:
                number = batch(rows)
                commit()
            finally:
                db.session.rollback()
        if not number:
            return
        yield number
        time.sleep(pause)
