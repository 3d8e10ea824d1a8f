"""Everything in a tenant's schema as it is at one moment, while others go on writing; read from the catalog."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import IsolationLevel, sql
from psycopg.rows import dict_row
from sqlalchemy.engine import make_url

from maagal.bootstrap import plain
from maagal.config import settings

LEDGER = "revision"  # Alembic's own table: it says where the schema stands and is no content
COLUMNS = """
select c.relname, a.attname
from pg_catalog.pg_class c join pg_catalog.pg_attribute a on a.attrelid = c.oid
where c.relnamespace = %s::pg_catalog.regnamespace and c.relkind in ('r', 'p') and c.relname <> 'revision'
  and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
order by c.relname, a.attnum
"""
KEYS = """
select c.relname, a.attname
from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indrelid
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
where i.indisprimary and c.relnamespace = %s::pg_catalog.regnamespace and c.relname <> 'revision'
order by c.relname, pg_catalog.array_position(i.indkey::smallint[], a.attnum)
"""
Columns = dict[str, tuple[str, ...]]  # table -> its columns, in their order


class NotThere(LookupError):
    """There is no such tenant, or it was erased; the message says so."""


@dataclass(frozen=True)
class Snapshot:
    """An open transaction that sees a schema as it was when it began. `tenant` is its row of the register."""

    connection: psycopg.Connection
    schema: str
    tenant: dict[str, Any]
    revision: str
    columns: Columns
    keys: Columns

    def table(self, name: str) -> sql.Identifier:
        """Return a table's full name."""
        return sql.Identifier(self.schema, name)


def connect() -> psycopg.Connection:
    """Connect with the login that reads everything and writes nothing."""
    return psycopg.connect(plain(make_url(settings().backup_url)), autocommit=True)


@contextmanager
def snapshot_of(slug: str) -> Iterator[Snapshot]:
    """Hold a tenant's schema as it is now; raise NotThere where there is none, or where it is just being upgraded."""
    with connect() as connection:
        schema = registered(connection, slug)["schema_name"]
        before = columns_of(connection, schema)
        with _steady(connection):
            _lock(connection, schema, before)
            seen = _look(connection, registered(connection, slug))
            if (seen.schema, seen.columns) != (schema, before):
                message = f"{slug!r} was upgraded or restored this very moment: try again"
                raise NotThere(message)
            yield seen


def registered(connection: psycopg.Connection, slug: str) -> dict[str, Any]:
    """Return a tenant's row in the register; raise NotThere where there is none."""
    query = "select * from control.tenants where slug = %s and state <> 'erased'"
    row = connection.cursor(row_factory=dict_row).execute(query, [slug]).fetchone()
    if row is None:
        message = f"there is no tenant {slug!r}"
        raise NotThere(message)
    return row


def columns_of(connection: psycopg.Connection, schema: str, query: str = COLUMNS) -> Columns:
    """Return a schema's tables and columns, or their primary keys with KEYS."""
    found: dict[str, list[str]] = {}
    for table, column in connection.execute(query, [schema]):
        found.setdefault(table, []).append(column)
    return {table: tuple(names) for table, names in found.items()}


@contextmanager
def _steady(connection: psycopg.Connection) -> Iterator[None]:
    connection.isolation_level, connection.read_only = IsolationLevel.REPEATABLE_READ, True
    with connection.transaction():
        connection.execute("set local statement_timeout = 0; set local timezone = 'UTC'; set local datestyle = 'ISO'")
        yield


def _lock(connection: psycopg.Connection, schema: str, columns: Columns) -> None:
    """Let no upgrade change a table under us. It comes before the first look: a table rewritten after it would seem empty."""
    names = sql.SQL(", ").join(sql.Identifier(schema, table) for table in columns)
    connection.execute(sql.SQL("lock table {} in access share mode").format(names))


def _look(connection: psycopg.Connection, tenant: dict[str, Any]) -> Snapshot:
    schema = tenant["schema_name"]
    row = connection.execute(sql.SQL("select version_num from {}").format(sql.Identifier(schema, LEDGER))).fetchone()
    columns, keys = columns_of(connection, schema), columns_of(connection, schema, KEYS)
    return Snapshot(connection, schema, tenant, row[0] if row else "base", columns, keys)
