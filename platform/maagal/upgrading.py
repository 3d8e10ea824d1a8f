"""Bringing the control schema and every tenant's to the newest revision: one that fails stops no other, a run that was
killed goes on where it was, and two at once share the work.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg_pool import ConnectionPool
from sqlalchemy.engine import make_url

from maagal import lineage, migrate, provisioning, standing
from maagal.bootstrap import plain, prepare_server
from maagal.config import Settings
from maagal.replaying import AGAIN, DONE, ELSEWHERE, HOLD, TRIES, mended, pause, replayed, stands_at
from maagal.standing import BLANK, Target

PARALLEL = 4
TICK = 0.1  # seconds; woken at each outcome, we would hold up the very threads that work
ONE_AT_A_TIME = 7_316_001  # the advisory lock of whoever upgrades the control schema
FAILED = "insert into control.upgrades (schema_name, revision, outcome, seconds) values (%s, %s, %s, %s)"


@dataclass(frozen=True)
class Outcome:
    """What became of one schema: DONE, ELSEWHERE, or PostgreSQL's reason in short; seconds it took."""

    schema: str
    name: str
    outcome: str
    seconds: float

    @property
    def stayed_behind(self) -> bool:
        """Whether nobody brought it to the newest revision."""
        return self.outcome not in (DONE, ELSEWHERE)


def prepare(settings: Settings) -> list[Outcome]:
    """Make a server ready for the house: roles, both histories, the pool of blanks. Safe to run at every start.

    Raises MadeOtherwise where the tables here come from a history that was rewritten since.
    """
    if settings.database_url:
        prepare_server(settings)
    with provisioning.connect(settings) as connection:
        lineage.check(connection)
        upgrade_shared(connection)
        lineage.note(connection)
        outcomes = list(upgrade_tenants(settings))
        provisioning.refill(connection, settings.blank_schemas)
    return outcomes


def upgrade_shared(connection: psycopg.Connection) -> None:
    """Bring the control schema up to date; whoever comes second waits, and finds it done."""
    with _alone(connection):
        for attempt in range(TRIES):
            if not standing.shared_is_behind(connection):
                return
            try:
                migrate.replay(connection, "shared", "control", stands_at(connection, "control"))
            except AGAIN:
                if attempt == TRIES - 1:
                    raise
                pause(attempt)


@contextmanager
def _alone(connection: psycopg.Connection) -> Iterator[None]:
    connection.execute("select pg_advisory_lock(%s)", [ONE_AT_A_TIME])
    try:
        yield
    finally:
        connection.execute("select pg_advisory_unlock(%s)", [ONE_AT_A_TIME])


def upgrade_tenants(
    settings: Settings, slug: str | None = None, *, parallel: int = PARALLEL, hold: float = HOLD,
    found: Callable[[int], object] = lambda _number: None,
) -> Iterator[Outcome]:  # fmt: skip
    """Bring every tenant that is behind up to date, or the one of that slug; one that fails stops no other.

    `parallel` connections share the work; `found` is told how many schemas there are to do, and again when an older
    release opened more meanwhile.
    """
    address = plain(make_url(settings.provisioner_url))
    tried: set[str] = set()
    with ConnectionPool(address, min_size=1, max_size=parallel, kwargs={"autocommit": True}, open=True) as connections:
        while targets := [target for target in _targets(connections, slug) if target.schema not in tried]:
            tried |= {target.schema for target in targets}
            found(len(tried))
            yield from _bring_all(connections, targets, parallel, hold)


def _targets(connections: ConnectionPool, slug: str | None) -> list[Target]:
    """List what is to be done; one that is asked for by name is looked into, whatever the register says of it."""
    with connections.connection() as connection:
        if slug is None:
            return standing.behind(connection)
        query = "select schema_name, slug, revision from control.tenants where slug = %s and state <> 'erased'"
        row = connection.execute(query, [slug]).fetchone()
        if row is None:
            message = f"there is no tenant {slug!r}"
            raise provisioning.TenantRefused(message)
        target = Target(*row)
        since = mended(connection, target, target.since)
        return [Target(target.schema, slug, since)] if since in migrate.earlier("tenant") else []


def _bring_all(connections: ConnectionPool, targets: Sequence[Target], parallel: int, hold: float) -> Iterator[Outcome]:
    for since in {target.since for target in targets}:
        migrate.compiled("tenant", since)  # what cannot be replayed is refused before the first tenant is touched
    with ThreadPoolExecutor(parallel) as threads:
        waiting = {threads.submit(_bring, connections, target, hold) for target in targets}
        try:
            while waiting:
                ready, waiting = wait(waiting, timeout=TICK)
                yield from (job.result() for job in ready)
        finally:
            threads.shutdown(cancel_futures=True)


def _bring(connections: ConnectionPool, target: Target, hold: float) -> Outcome:
    """Bring one schema to the newest revision and return what became of it; a blank that cannot be brought there goes."""
    started = time.monotonic()
    outcome = replayed(connections, target, hold)
    made = Outcome(target.schema, target.name, outcome, time.monotonic() - started)
    if made.stayed_behind:
        with connections.connection() as connection:
            connection.execute(FAILED, [target.schema, migrate.head("tenant"), outcome, made.seconds])
            if target.name == BLANK:
                provisioning.drop_blank(connection, target.schema)
    return made
