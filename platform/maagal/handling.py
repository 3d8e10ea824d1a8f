"""What a worker does with the rows it was handed: claim them with one UPDATE, act, mark each as it is done.

A claim is a lease. Whoever dies with one lets it expire, and the row is handed out again; a row that was tried
ATTEMPTS times is failed and stays visible.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from flask import current_app
from sqlalchemy import Integer, Table, and_, bindparam, func, or_, update

from maagal import clock
from maagal.capability import House
from maagal.counters import OUTCOMES
from maagal.db import commit, db
from maagal.events import FACT, JOB, Outbox, revive, wake
from maagal.logs import because_of, log

ATTEMPTS = 8
LEASE = timedelta(seconds=30)  # 1.5 times the task's time limit
ENOUGH = 12.0  # seconds after which a batch hands back what is left, well before the time limit kills it


class Claimed(NamedTuple):
    """A row that this worker alone may act on until its lease ends."""

    id: UUID
    kind: str
    name: str
    body: dict[str, Any]
    attempts: int
    cause: str | None = None


class LeaseLost(Exception):
    """Another worker claimed the row while this one acted on it: a stopped machine, a process cut off from its parent."""


class Needless(str):
    """Why nothing had to be done for a row: it is done, and says so."""

    __slots__ = ()


class Hopeless(str):
    """Why a row can never be done: it fails at once, instead of being tried again."""

    __slots__ = ()


Deliver = Callable[[Sequence[Claimed]], Iterable[tuple[Claimed, str | None]]]

_rows: Table = Outbox.__table__  # type: ignore[assignment]  # a declared class's __table__ is a Table
UNCHANGED: dict[str, Any] = {"error": None, "attempts": None, "due_at": None, "done_at": None}
MINE = (  # written once, on the bare table: this runs once a delivery, and the ORM's way costs twice as much
    update(_rows)
    .where(_rows.c.id == bindparam("row"), _rows.c.state == "claimed", _rows.c.attempts == bindparam("attempt"))
    .values(
        state=bindparam("state"),
        error=bindparam("error"),
        attempts=func.coalesce(bindparam("attempts", type_=Integer), _rows.c.attempts),
        due_at=func.coalesce(bindparam("due_at", type_=_rows.c.due_at.type), _rows.c.due_at),
        done_at=bindparam("done_at"),
    )
)


def handle(ids: Sequence[UUID]) -> None:
    """Act on rows of the outbox; those that somebody else holds or finished are passed over."""
    claimed = [row for row in claim(ids) if not _worn_out(row)]
    house: House = current_app.extensions["house"]
    _do(house, [row for row in claimed if row.kind in (FACT, JOB)])
    channels: dict[str, list[Claimed]] = defaultdict(list)
    for row in claimed:
        if row.kind not in (FACT, JOB):
            channels[row.name].append(row)
    for name, batch in channels.items():
        _bring(house.deliverers[name], batch)


def _do(house: House, batch: Sequence[Claimed]) -> None:
    """React to facts and run jobs, one after the other, as long as there is time."""
    started = time.monotonic()
    for row in batch:
        if time.monotonic() - started > ENOUGH:
            hand_back(row)
        else:
            with because_of(row.cause):
                _act(house, row)


def _bring(deliver: Deliver, batch: Sequence[Claimed]) -> None:
    """Let a channel deliver its rows; what it says nothing of, it had no time for."""
    left = {row.id: row for row in batch}
    for row, trouble in deliver(batch):
        finish(row, trouble)
        del left[row.id]
    for row in left.values():
        hand_back(row)


def claim(ids: Sequence[UUID]) -> list[Claimed]:
    """Take the lease of each row that is free, in one statement and its own transaction.

    A row that waits for its next attempt is not free yet, however often Celery rings for it.
    """
    now = clock.now()
    free = or_(Outbox.state == "handed", and_(Outbox.state.in_(("pending", "claimed")), Outbox.due_at <= now))
    taken = db.session.execute(
        update(Outbox)
        .where(Outbox.id.in_(ids), free)
        .values(state="claimed", attempts=Outbox.attempts + 1, due_at=now + LEASE)
        .returning(Outbox.id, Outbox.kind, Outbox.name, Outbox.body, Outbox.attempts, Outbox.cause)
        .execution_options(synchronize_session=False)
    )
    rows = sorted((Claimed(*row) for row in taken), key=lambda row: row.id)
    commit()
    return rows


def _worn_out(row: Claimed) -> bool:
    """Give up on a row whose every attempt ended with the process that made it."""
    if row.attempts <= ATTEMPTS:
        return False
    finish(row, "never_finished")
    return True


def _act(house: House, row: Claimed) -> None:
    """Run what the manifests name for a fact or a job, and mark the row, in one transaction."""
    try:
        if row.kind == FACT:
            kind, reactions = house.listeners.facts.get(row.name, (dict, []))
            for react in reactions:
                react(revive(kind, row.body))
        else:
            house.listeners.jobs[row.name](**row.body)
        _mark_as_ours(row)
        commit()
    except LeaseLost:  # whoever holds the row now does it; what was done here is taken back with the transaction
        db.session.rollback()
        log.warning("lease_lost", name=row.name, outbox=str(row.id))
    except Exception as why:  # noqa: BLE001  whatever it is, the row must say so and be tried again
        db.session.rollback()
        log.warning("job_failed", name=row.name, outbox=str(row.id), exc_info=why)
        finish(row, type(why).__name__)


def _mark_as_ours(row: Claimed) -> None:
    """Mark a row done; raise LeaseLost where it is no longer ours."""
    if not _mark(row, "done", None):
        raise LeaseLost
    _count(row, "done")


def finish(row: Claimed, trouble: str | None) -> None:
    """Mark a row done, or write down what went wrong and when to try again."""
    if trouble is None or isinstance(trouble, Needless):
        _mark(row, "done", trouble)
        _count(row, "done" if trouble is None else "needless")
    elif row.attempts >= ATTEMPTS or isinstance(trouble, Hopeless):
        _mark(row, "failed", trouble)
        _count(row, "refused" if isinstance(trouble, Hopeless) else "given_up")
        log.error("gave_up", name=row.name, outbox=str(row.id), error=trouble, request=row.cause)
    else:
        _mark(row, "pending", trouble, wait=min(2**row.attempts * 5, 3600))
        _count(row, "failed")
    commit()


def _count(row: Claimed, outcome: str) -> None:
    OUTCOMES.labels(row.name, outcome).inc()


def hand_back(row: Claimed) -> None:
    """Give a row back untouched: the batch ran out of time, which is no attempt."""
    _write(row, state="pending", attempts=row.attempts - 1, due_at=clock.now())
    wake(clock.now())
    commit()


def _mark(row: Claimed, state: str, error: str | None, wait: int = 0) -> bool:
    """Write the row's state; `wait` is in seconds. Return whether the row was still ours."""
    now = clock.now()
    if state == "pending":
        wake(now + timedelta(seconds=wait))
        return _write(row, state=state, error=error, due_at=now + timedelta(seconds=wait))
    return _write(row, state=state, error=error, done_at=now)


def _write(row: Claimed, **values: Any) -> bool:
    """Change a row whose lease is still ours and return whether it was; what is not named stays as it is."""
    done: Any = db.session.execute(MINE, UNCHANGED | values | {"row": row.id, "attempt": row.attempts})
    return bool(done.rowcount)
