"""An export taken back into a new tenant: same ids, same rows, same files; every text sealed again under new keys."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from maagal import building, keystore, migrate, provisioning, tenancy
from maagal.ids import new_id
from maagal.leaving import opened_rows, schemas, stored_files
from maagal.leaving.age_streams import CannotOpen, Identity, decrypting
from maagal.leaving.archives import ABOUT, unpack
from maagal.leaving.exporting import FORMAT, lines_of, table_of, told_about
from maagal.provisioning import TenantRefused
from maagal.slugs import check_slug

BATCH = 500
KEPT = ("name", "kind", "locale", "timezone", "capabilities", "is_demo", "settings")
REGISTER = """
insert into control.tenants
  (id, slug, schema_name, name, kind, locale, timezone, capabilities, is_demo, settings, revision, state)
values (%(id)s, %(slug)s, %(schema)s, %(name)s, %(kind)s, %(locale)s, %(timezone)s, %(capabilities)s, %(is_demo)s,
        %(settings)s, %(revision)s, 'suspended')
"""
# Whoever knows a tenant's public key can write a file that opens: what is in it may be anything.
MISFITS = (KeyError, TypeError, AttributeError, json.JSONDecodeError, UnicodeDecodeError, psycopg.DataError,
           psycopg.IntegrityError, psycopg.ProgrammingError)  # fmt: skip
Members = Iterator[tuple[str, bytes]]


def import_file(connection: psycopg.Connection, file: Path, slug: str, identities: list[Identity]) -> tenancy.Tenant:
    """Open a new tenant from an export. It is suspended: nothing goes out to people before somebody resumes it.

    Raises CannotOpen for a file that is damaged or not ours, TenantRefused for a name that cannot be used. All of it or nothing.
    """
    _must_be_free(connection, slug)
    tenant_id = new_id()
    try:
        with schemas.alone(connection), file.open("rb") as source, decrypting(source, identities) as plain:
            return _import(connection, unpack(plain), slug, tenant_id)
    except MISFITS as why:
        keystore.destroy_all(tenant_id)
        message = f"it is no export as this house writes them ({type(why).__name__})"
        raise CannotOpen(message) from why
    except BaseException:
        keystore.destroy_all(tenant_id)
        raise


def first(members: Members) -> dict[str, Any]:
    """Return what the archive says of itself; raise CannotOpen where this house does not understand it."""
    told = next((told_about(content) for name, content in members if name == ABOUT), {})
    if told.get("format") != FORMAT:
        message = "it is no export of this house"
        raise CannotOpen(message)
    migrate.must_know(told["revision"])
    return told


def fill(schema: str, members: Members, put: Callable[[str, bytes], None]) -> None:
    """Put an archive's files where they lay, and give PUT each table's name and content."""
    for name, content in members:
        if name.startswith(stored_files.FILES):
            stored_files.store(schema, name, content)
        elif name.startswith("tables/"):
            put(table_of(name), content)


def _import(connection: psycopg.Connection, members: Members, slug: str, tenant_id: Any) -> tenancy.Tenant:
    told = first(members)
    kept = {name: told["tenant"][name] for name in KEPT}
    with schemas.fresh(connection, told["revision"]) as schema:
        made = tenancy.Tenant(tenant_id, slug, schema, kept["name"], state="suspended")
        with tenancy.entered(made):
            fill(schema, members, partial(_take, connection, schema, told["tables"]))
        connection.execute("reset role")
        values = kept | {"settings": Jsonb(kept["settings"]), "id": tenant_id, "slug": slug, "schema": schema}
        connection.execute(REGISTER, values | {"revision": migrate.head("tenant")})
        provisioning.wake(connection, tenant_id)
        building.shut(connection, schema)
    return made


def _take(connection: psycopg.Connection, schema: str, tables: dict[str, list[str]], table: str, content: bytes) -> None:
    lines = lines_of(content)
    for begin in range(0, len(lines), BATCH):
        _insert(connection, schema, table, tables[table], lines[begin : begin + BATCH])


def _insert(connection: psycopg.Connection, schema: str, table: str, columns: list[str], lines: list[str]) -> None:
    """Let PostgreSQL read the lines, over each of which its sealed columns are laid."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    told = sql.SQL(", ").join(sql.Identifier("told", name) for name in columns)
    statement = sql.SQL(
        "insert into {table} ({names}) overriding system value select {told} "
        "from unnest(%s::text[], %s::text[]) as l (line, sealed), "
        "jsonb_populate_record(null::{table}, l.line::jsonb || l.sealed::jsonb) as told"
    ).format(table=sql.Identifier(schema, table), names=names, told=told)
    connection.execute(statement, [lines, [opened_rows.sealed_again(table, line) for line in lines]])


def _must_be_free(connection: psycopg.Connection, slug: str) -> None:
    if why := check_slug(slug):
        raise TenantRefused(why)
    if connection.execute("select 1 from control.tenants where slug = %s", [slug]).fetchone():
        message = f"the name {slug!r} is taken"
        raise TenantRefused(message)
