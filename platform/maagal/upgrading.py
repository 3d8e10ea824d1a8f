"""Bringing the control schema and every tenant's to the newest revision, one transaction each."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
from psycopg import sql

from maagal import migrate, provisioning
from maagal.bootstrap import prepare_server
from maagal.config import Settings

TRIES = 5
RECORD = "insert into control.upgrades (schema_name, revision, outcome, seconds) values (%s, %s, %s, %s)"


@dataclass(frozen=True)
class Outcome:
    """What became of one schema: `done`, or PostgreSQL's reason in short; seconds it took."""

    schema: str
    outcome: str
    seconds: float


def prepare(settings: Settings) -> list[Outcome]:
    """Make a server ready for the house: roles, both histories, the pool of blanks. Safe to run at every start."""
    if settings.database_url:
        prepare_server(settings)
    with provisioning.connect(settings) as connection:
        upgrade_shared(connection)
        outcomes = list(upgrade_tenants(connection))
        provisioning.refill(connection, settings.blank_schemas)
    return outcomes


def upgrade_shared(connection: psycopg.Connection) -> None:
    """Bring the control schema up to date."""
    connection.execute("set role maagal_owner")
    since = migrate.revision_of(connection, "control")
    connection.execute("reset role")
    if since != migrate.head("shared"):
        migrate.replay(connection, "shared", "control", since)


def upgrade_tenants(connection: psycopg.Connection) -> Iterator[Outcome]:
    """Bring every tenant that is behind up to date; one that fails is named and does not stop the others."""
    head = migrate.head("tenant")
    query = "select slug, schema_name, revision from control.tenants where revision <> %s and state <> 'erased' order by id"
    for _slug, schema, since in connection.execute(query, [head]).fetchall():
        started = time.monotonic()
        outcome = _upgrade_one(connection, schema, since)
        seconds = time.monotonic() - started
        connection.execute(RECORD, [schema, head, outcome, seconds])
        yield Outcome(schema, outcome, seconds)
    connection.execute("delete from control.blank_schemas where revision <> %s", [head])


def _upgrade_one(connection: psycopg.Connection, schema: str, since: str) -> str:
    for attempt in range(TRIES):
        try:
            migrate.replay(connection, "tenant", schema, since)
        except psycopg.errors.LockNotAvailable:
            time.sleep(0.2 * (attempt + 1))
        except psycopg.Error as why:
            return f"{type(why).__name__}"
        else:
            statement = sql.SQL("update control.tenants set revision = %s where schema_name = %s")
            connection.execute(statement, [migrate.head("tenant"), schema])
            return "done"
    return "LockNotAvailable"
