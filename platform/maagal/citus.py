"""A cluster of PostgreSQL servers (Citus): a tenant's schema is made on the coordinator and then placed, whole, on one node.

Placing comes last. Of a schema that is placed, Citus changes neither a key's deferral nor which triggers fire, and a restore
needs both; a schema that is not yet placed is PostgreSQL's own.
"""

from collections.abc import Iterator, Sequence

import psycopg
from psycopg import sql

OLDEST = 12  # the first version that places schemas
PLACE = "select pg_catalog.citus_schema_distribute({}::regnamespace);"
INSTALLED = "select split_part(extversion, '.', 1)::int from pg_catalog.pg_extension where extname = 'citus'"
AVAILABLE = "select 1 from pg_catalog.pg_available_extensions where name = 'citus'"
UNPLACED = """
select s from unnest(%s::text[]) with ordinality as wanted (s, n)
where to_regnamespace(s) is not null
  and not exists (select from pg_catalog.pg_dist_schema d where d.schemaid::oid = to_regnamespace(s)::oid)
order by n
"""
# For the login that does DDL alone. What makes roles and tables in one transaction must reach the nodes one after another, and
# Citus takes a table that has triggers only from whoever asks for it (docs/operating.md tells what that means here).
SESSION = {"citus.multi_shard_modify_mode": "sequential", "citus.enable_unsafe_triggers": "on"}


class NoCluster(RuntimeError):
    """MAAGAL_CITUS is set, and this database is no coordinator of Citus; the message says what is missing, in one line."""


def must_be_available(connection: psycopg.Connection) -> None:
    """Raise NoCluster where the server has no Citus that could be switched on; nothing was made yet."""
    if not connection.execute(AVAILABLE).fetchone():
        message = (
            "MAAGAL_CITUS=1, but this PostgreSQL has no Citus: install it on every node, name it in "
            "shared_preload_libraries, or take MAAGAL_CITUS away"
        )
        raise NoCluster(message)


def must_be_coordinator(connection: psycopg.Connection) -> None:
    """Raise NoCluster unless this database can place a schema."""
    row = connection.execute(INSTALLED).fetchone()
    if row is None:
        message = "MAAGAL_CITUS=1, but this database has no extension citus: run maagal prepare as its administrator"
        raise NoCluster(message)
    if row[0] < OLDEST:
        message = f"MAAGAL_CITUS=1, but this is Citus {row[0]}: schemas are placed by {OLDEST} and newer"
        raise NoCluster(message)
    if connection.execute("select pg_catalog.citus_is_coordinator()").fetchone() != (True,):
        message = "MAAGAL_CITUS=1, but this node is not the coordinator: every address of ours names the coordinator"
        raise NoCluster(message)


def switch_on(connection: psycopg.Connection) -> None:
    """Make the extension, and let the owner and whoever provisions reach other nodes; for the server's administrator."""
    connection.execute("create extension if not exists citus")
    # Nodes connect to each other as the current role, and by no password.
    connection.execute("alter role maagal_owner login password null valid until '1970-01-01'")
    for name, value in SESSION.items():
        connection.execute(sql.SQL("alter role maagal_provisioner set {} = {}").format(sql.Identifier(name), sql.Literal(value)))


def placing(schema: str) -> sql.Composed:
    """Return the statement that places a schema on a node; for its owner, who is the current role."""
    return sql.SQL(PLACE).format(sql.Literal(schema))


def unplaced(connection: psycopg.Connection, schemas: Sequence[str]) -> Iterator[str]:
    """Yield those of the schemas that still lie on the coordinator, in their order; on a coordinator only."""
    for (schema,) in connection.execute(UNPLACED, [list(schemas)]).fetchall():
        yield schema
