"""A tenant is erased: first nobody gets in, then its keys are destroyed, then everything they opened.

Each step is safe to repeat: what was killed half-way is run again and goes on.
"""

from pathlib import Path
from uuid import UUID

import psycopg
import redis
from psycopg import sql

from maagal import building, keystore, scopes
from maagal.config import settings
from maagal.leaving import requests, schemas

CLOSE = "update control.tenants set state = 'erased' where id = %s returning schema_name"
SCRUB = """
update control.tenants set slug = 'erased-' || id, name = '', host = null, settings = '{}', capabilities = '{}' where id = %s
"""
OTHERS = """
update control.departures set withdrawn_by = 'erasure', withdrawn_at = now()
where tenant_id = %s and what <> 'erase' and done_at is null and begun_at is null and withdrawn_at is null
"""
MENTIONS = """
select c.relname from pg_catalog.pg_class c join pg_catalog.pg_attribute a on a.attrelid = c.oid
where c.relnamespace = 'control'::pg_catalog.regnamespace and c.relkind = 'r' and a.attname = 'tenant_id' and not a.attisdropped
  and c.relname <> 'departures'
"""
TAKEN_SINCE = "select 1 from control.tenants where slug = %s and state <> 'erased'"


class CopiesOutOfReach(OSError):
    """Copies of the tenant's wrapped keys lie where we cannot destroy them; the message names the folders."""


def erase(connection: psycopg.Connection, slug: str) -> None:
    """Carry out the approved erasure of a tenant; what remains is a row that says that there was one, without its name.

    Raises Refused without an approved request whose delay is over, CopiesOutOfReach, LockNotAvailable: then run it again.
    """
    with schemas.alone(connection), requests.carrying_out(connection, slug, "erase") as asked:
        schema = close(connection, asked.tenant_id)
        keystore.destroy_all(asked.tenant_id)
        schemas.clear(connection, schema)
        _forget_mentions(connection, asked.tenant_id, asked.slug)
        _clear_valkey(schema)
        _destroy_copies(asked.tenant_id)
        keystore.destroy_all(asked.tenant_id)  # somebody may have been making a key when we first looked
        connection.execute(SCRUB, [asked.tenant_id])


def close(connection: psycopg.Connection, tenant_id: UUID) -> str:
    """Let nobody in any more and return the schema's name; PostgreSQL itself refuses the next transaction."""
    with connection.transaction():
        row = connection.execute(CLOSE, [tenant_id]).fetchone()
        if row is None:
            message = "the register does not know this tenant"
            raise requests.Refused(message)
        building.shut(connection, row[0])
    return str(row[0])


def _forget_mentions(connection: psycopg.Connection, tenant_id: UUID, slug: str) -> None:
    """End other requests and delete the tenant's rows from every table of the register that has any, but who asked for this.

    Wishes hold what it was called and its host; what operators did stays, with the short name.
    """
    connection.execute(OTHERS, [tenant_id])
    with connection.transaction():
        connection.execute("set local role maagal_owner")
        if not connection.execute(TAKEN_SINCE, [slug]).fetchone():
            connection.execute("delete from control.wishes where slug = %s", [slug])
        for (table,) in connection.execute(MENTIONS).fetchall():
            connection.execute(sql.SQL("delete from control.{} where tenant_id = %s").format(sql.Identifier(table)), [tenant_id])


def _clear_valkey(schema: str) -> None:
    """Delete every key that names the schema; `scopes.key` puts it into each."""
    with redis.Redis.from_url(settings().redis_url) as valkey:
        for name in valkey.scan_iter(match=scopes.keys_of(schema), count=1_000):
            valkey.delete(name)


def _destroy_copies(tenant_id: UUID) -> None:
    """Delete the tenant's file from every folder to which keys were ever backed up."""
    with keystore.engine().connect() as connection:
        folders = [Path(folder) for folder in connection.exec_driver_sql("select folder from copies").scalars()]
    for folder in folders:
        (folder / f"{tenant_id}.age").unlink(missing_ok=True)
    if away := [str(folder) for folder in folders if not folder.is_dir()]:
        message = f"copies of the keys may lie in {', '.join(away)}: bring them and run this again, or maagal keys forget-copies"
        raise CopiesOutOfReach(message)
