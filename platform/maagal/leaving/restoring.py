"""Putting a tenant back as it was, while the others go on; and the whole service on an empty machine."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pyrage
from psycopg import sql

from maagal import building, keystore, migrate, provisioning
from maagal.leaving import schemas
from maagal.leaving.age_streams import CannotOpen, Identity, decrypting
from maagal.leaving.archives import ABOUT, unpack
from maagal.leaving.backing_up import CONTROL, bound
from maagal.leaving.exporting import told_about
from maagal.leaving.importing import Members, fill, first
from maagal.leaving.snapshots import NotThere

SWAP = "update control.tenants set schema_name = %s, revision = %s where id = %s"
NUMBERED = """
select table_name, column_name from information_schema.columns where table_schema = 'control' and is_identity = 'YES'
"""
KEY = """
insert into keys (id, tenant_id, owner, wrapped, made_at)
select %(id)s, %(tenant_id)s, %(owner)s, decode(%(wrapped)s, 'hex'), %(made_at)s::timestamptz
where not exists (select from gone where tenant_id = %(tenant_id)s) on conflict do nothing
"""


def restore_tenant(connection: psycopg.Connection, file: Path, identities: list[Identity], slug: str | None = None) -> str:
    """Put a tenant back as it was in FILE and return its short name; what was written since is gone.

    Everything is loaded beside the tenant; one transaction then lets the register name the new schema, whose files lie in a
    folder of its own. Raises NotThere for an erased or unknown tenant or one that is not SLUG, CannotOpen for a bad file.
    """
    with schemas.alone(connection), _opened(file, identities) as (tenant_id, members):
        found, old = _registered(connection, tenant_id, slug)
        told = first(members)
        with schemas.fresh(connection, told["revision"]) as schema:
            fill(schema, members, partial(_copy_in, connection, schema, told["tables"]))
            _swap(connection, tenant_id, schema)
        with suppress(psycopg.errors.LockNotAvailable):  # somebody is still in there: the next one clears it
            schemas.clear(connection, old)
    return found


def restore_control(connection: psycopg.Connection, folder: Path, identities: list[Identity]) -> None:
    """Fill the register of an empty service; one that has tenants already is left alone, so that it can be run again."""
    if connection.execute("select 1 from control.tenants limit 1").fetchone():
        return
    with (folder / CONTROL).open("rb") as source, decrypting(source, identities) as plain, connection.transaction():
        members = unpack(plain)
        tables = next(told_about(content) for name, content in members if name == ABOUT)["tables"]
        with schemas.relaxed(connection, "control"):
            fill("control", members, partial(_copy_in, connection, "control", tables))
        _count_on(connection)


def missing(connection: psycopg.Connection) -> list[tuple[UUID, str]]:
    """Return the tenants that the register knows and whose schema is not there, by id and short name."""
    query = "select id, slug from control.tenants where state <> 'erased' and to_regnamespace(schema_name) is null order by id"
    return [(row[0], row[1]) for row in connection.execute(query).fetchall()]


def restore_keys(folder: Path, identities: list[Identity]) -> int:
    """Put wrapped keys back where they are missing; those of an erased tenant stay away. Return the number of tenants."""
    files = sorted(folder.glob("*.age"))
    for file in files:
        with file.open("rb") as source, decrypting(source, identities) as plain, keystore.engine().connect() as connection:
            for line in plain:
                connection.exec_driver_sql(KEY, json.loads(line))
    keystore.forget()
    return len(files)


@contextmanager
def _opened(file: Path, identities: list[Identity]) -> Iterator[tuple[UUID, Members]]:
    with file.open("rb") as source, decrypting(source, identities) as outer:
        tenant_id, inner = _open_envelope(outer.readline(10_000))
        with decrypting(outer, [inner]) as plain:
            yield tenant_id, unpack(plain)


def _open_envelope(line: bytes) -> tuple[UUID, Identity]:
    try:
        told = json.loads(line)
        tenant_id, sealed = UUID(told["tenant"]), base64.b64decode(told["sealed"])
    except (ValueError, KeyError) as why:
        message = "it is no backup of a tenant"
        raise CannotOpen(message) from why
    try:
        cipher = keystore.by_id(tenant_id, UUID(told["key"])).cipher
    except keystore.KeyGone as why:
        message = "its key was destroyed, or the key store was not restored: nobody can read this backup"
        raise CannotOpen(message) from why
    secret = cipher.decrypt(sealed[: keystore.NONCE], sealed[keystore.NONCE :], bound(tenant_id))
    return tenant_id, pyrage.x25519.Identity.from_str(secret.decode())


def _registered(connection: psycopg.Connection, tenant_id: UUID, slug: str | None) -> tuple[str, str]:
    query = "select slug, schema_name from control.tenants where id = %s and state <> 'erased'"
    row = connection.execute(query, [tenant_id]).fetchone()
    if row is None or (slug is not None and row[0] != slug):
        message = f"this is a backup of {row[0]!r}" if row else "this is a backup of a tenant that is not here any more"
        raise NotThere(message)
    return row[0], row[1]


def _copy_in(connection: psycopg.Connection, schema: str, tables: dict[str, list[str]], table: str, content: bytes) -> None:
    wanted = sql.SQL(", ").join(map(sql.Identifier, tables[table]))
    statement = sql.SQL("copy {} ({}) from stdin").format(sql.Identifier(schema, table), wanted)
    with connection.cursor().copy(statement) as into:
        into.write(content)


def _swap(connection: psycopg.Connection, tenant_id: UUID, schema: str) -> None:
    """Let the register name the new schema and PostgreSQL refuse the old one, which is listed to be cleared away."""
    connection.execute("reset role")
    query = "select schema_name, state from control.tenants where id = %s for update"
    row: Any = connection.execute(query, [tenant_id]).fetchone()
    connection.execute(SWAP, [schema, migrate.head("tenant"), tenant_id])
    connection.execute("insert into control.leftovers (schema_name) values (%s)", [row[0]])
    building.shut(connection, row[0])
    if row[1] != "open":
        building.shut(connection, schema)
    provisioning.wake(connection, tenant_id)


def _count_on(connection: psycopg.Connection) -> None:
    """Let the register's own numbers go on after the highest that came back."""
    for table, column in connection.execute(NUMBERED).fetchall():
        statement = sql.SQL("select setval(pg_get_serial_sequence(%s, %s), max({})) from control.{}")
        names = sql.Identifier(column), sql.Identifier(table)
        connection.execute(statement.format(*names), [f"control.{table}", column])
