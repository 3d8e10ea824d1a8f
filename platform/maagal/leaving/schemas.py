"""Schemas made to be filled and schemas taken away. What was begun and not finished is listed, and the next one clears it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg
from psycopg import sql

from maagal import building, migrate
from maagal.ids import new_schema
from maagal.leaving import stored_files

ONE_AT_A_TIME = "select pg_advisory_lock(hashtextextended('maagal/leaving', 0))"
LET_GO = "select pg_advisory_unlock(hashtextextended('maagal/leaving', 0))"
FOREIGN = """
select r.relname, c.conname from pg_catalog.pg_constraint c join pg_catalog.pg_class r on r.oid = c.conrelid
where c.contype = 'f' and c.connamespace = %s::pg_catalog.regnamespace and not c.condeferrable
"""
GUARDED = "select tablename from pg_catalog.pg_tables where schemaname = %s"


@contextmanager
def alone(connection: psycopg.Connection) -> Iterator[None]:
    """Be the only one that moves schemas, having cleared away what a killed one left."""
    connection.execute(ONE_AT_A_TIME)
    try:
        for (schema,) in connection.execute("select schema_name from control.leftovers").fetchall():
            clear(connection, schema)
        yield
    finally:
        connection.execute(LET_GO)


@contextmanager
def fresh(connection: psycopg.Connection, revision: str) -> Iterator[str]:
    """Give an empty, relaxed schema at a revision to fill, all in one transaction; afterwards it stands at the newest one.

    If anything fails, or we are killed, nothing of it is left. Raises citus.NoCluster where a cluster is wanted and not there.
    """
    building.check(connection)
    schema = new_schema()
    connection.execute("insert into control.leftovers (schema_name) values (%s)", [schema])
    try:
        with connection.transaction():
            _build(connection, schema, revision)
            with relaxed(connection, schema):
                yield schema
            connection.execute(f"{migrate.compiled('tenant', revision)};{building.ended(connection, schema)}".encode())
            connection.execute("reset role; set local search_path = ''")
            connection.execute("delete from control.leftovers where schema_name = %s", [schema])
    except BaseException:
        if not connection.closed:
            clear(connection, schema)
        raise


@contextmanager
def relaxed(connection: psycopg.Connection, schema: str) -> Iterator[None]:
    """Let keys point at rows that come later, and no trigger fire, until the block ends: the rows are history, not events.

    Within a transaction; its role and search path are the owner's and the schema's when the block begins and when it has ended.
    """
    _as_owner(connection, schema)
    foreign = connection.execute(FOREIGN, [schema]).fetchall()
    guarded = connection.execute(GUARDED, [schema]).fetchall()
    _alter(connection, foreign, "alter constraint {} deferrable initially deferred")
    _alter(connection, guarded, "disable trigger user")
    yield
    _as_owner(connection, schema)
    connection.execute("set constraints all immediate")  # every key is looked at here
    _alter(connection, foreign, "alter constraint {} not deferrable")
    _alter(connection, guarded, "enable trigger user")


def clear(connection: psycopg.Connection, schema: str) -> None:
    """Take away a schema, its roles, its files and its mention; safe to repeat."""
    drop(connection, schema)
    stored_files.remove(schema)
    connection.execute("delete from control.leftovers where schema_name = %s", [schema])


def drop(connection: psycopg.Connection, schema: str) -> None:
    """Drop a schema with all its tables, and both its roles, where they are there.

    Raises psycopg.errors.LockNotAvailable while somebody is still in the middle of a transaction there.
    """
    with connection.transaction():
        connection.execute("set local lock_timeout = '10s'")
        building.dropped(connection, schema)


def _build(connection: psycopg.Connection, schema: str, revision: str) -> None:
    connection.execute((building.begun(connection, schema) + migrate.compiled("tenant", until=revision)).encode())


def _as_owner(connection: psycopg.Connection, schema: str) -> None:
    connection.execute(sql.SQL("set local role maagal_owner; set local search_path = {}").format(sql.Identifier(schema)))


def _alter(connection: psycopg.Connection, which: Sequence[tuple[str, ...]], how: str) -> None:
    """Change tables; each is named first, then what HOW names of it."""
    for table, *names in which:
        change = sql.SQL(how).format(*map(sql.Identifier, names))
        connection.execute(sql.SQL("alter table {} {}").format(sql.Identifier(table), change))
