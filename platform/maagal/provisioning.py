"""Opening tenants. Only the process that holds the provisioner's login does DDL; web, workers and beat never do.

Opening claims one schema from a small pool of prepared blanks; when the pool is dry it replays the whole schema.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy.engine import make_url

from maagal import migrate
from maagal.bootstrap import plain
from maagal.config import Settings
from maagal.ids import new_id, new_schema
from maagal.slugs import check_slug

CLAIM = """
with claimed as (
  delete from control.blank_schemas where schema_name = (
    select schema_name from control.blank_schemas where revision = %(revision)s
    order by made_at limit 1 for update skip locked)
  returning schema_name)
insert into control.tenants
  (id, slug, schema_name, name, kind, host, locale, timezone, capabilities, is_demo, revision, settings, state)
select %(id)s, %(slug)s, schema_name, %(name)s, %(kind)s, %(host)s, %(locale)s, %(timezone)s,
       %(capabilities)s, %(is_demo)s, %(revision)s, %(settings)s, %(state)s
from claimed returning schema_name
"""


class TenantRefused(ValueError):
    """The tenant cannot be opened as asked; the message says why, in plain words."""


@dataclass(frozen=True)
class Wanted:
    """What somebody asks for when a tenant is opened."""

    slug: str
    name: str
    kind: str = "public"
    host: str | None = None
    locale: str = "he"
    timezone: str = "Asia/Jerusalem"
    capabilities: tuple[str, ...] = ()
    is_demo: bool = False
    state: str = "open"
    settings: dict[str, Any] = field(default_factory=dict)


def connect(settings: Settings) -> psycopg.Connection:
    """Connect with the only login that may do DDL; statements outside a transaction stand alone."""
    return psycopg.connect(plain(make_url(settings.provisioner_url)), autocommit=True)


def open_tenant(connection: psycopg.Connection, wanted: Wanted) -> UUID:
    """Open a tenant and return its id; raise TenantRefused when the name is taken, reserved or invalid."""
    if why := check_slug(wanted.slug):
        raise TenantRefused(why)
    tenant_id = new_id()
    while not _claim(connection, tenant_id, wanted):
        make_blank(connection)  # somebody else may claim this very one: then another is made
    return tenant_id


def _claim(connection: psycopg.Connection, tenant_id: UUID, wanted: Wanted) -> bool:
    values = vars(wanted) | {
        "id": tenant_id,
        "revision": migrate.head("tenant"),
        "capabilities": list(wanted.capabilities),
        "settings": Jsonb(wanted.settings),
    }
    try:
        return connection.execute(CLAIM, values).fetchone() is not None
    except psycopg.errors.UniqueViolation as why:
        message = f"the name or host of {wanted.slug!r} is taken"
        raise TenantRefused(message) from why


def make_blank(connection: psycopg.Connection) -> str:
    """Make one schema with its two roles and all tables, ready to be claimed; return its name. All of it or nothing."""
    schema = new_schema()
    connection.execute(blank_message(connection, schema).encode())
    return schema


def blank_message(connection: psycopg.Connection, schema: str) -> str:
    """Return the one message that makes a blank schema: roles, grants, default privileges, every table, the ledger."""
    names: dict[str, sql.Composable] = {"schema": sql.Identifier(schema), "sponsor": sql.Identifier(f"{schema}_sponsor")}
    names |= {"name": sql.Literal(schema), "revision": sql.Literal(migrate.head("tenant"))}
    return "\n".join((
        sql.SQL(BEFORE).format(**names).as_string(connection),
        migrate.compiled("tenant"),
        sql.SQL(AFTER).format(**names).as_string(connection),
    ))  # fmt: skip


ROOM = """
create role {schema} nologin; create role {sponsor} nologin;
grant {schema} to maagal_app with inherit false, set true;
grant {sponsor} to maagal_sponsor with inherit false, set true;
set local role maagal_owner;
create schema {schema};
grant usage on schema {schema} to {schema}, {sponsor};
alter default privileges for role maagal_owner in schema {schema} grant select, insert, update, delete on tables to {schema};
alter default privileges for role maagal_owner in schema {schema} grant usage on sequences to {schema};
alter default privileges for role maagal_owner in schema {schema} grant execute on functions to {schema};
set local search_path = {schema};
"""  # two roles, a schema, and what the tables made from here on will grant
BEFORE = "begin;" + ROOM
AFTER = """;
reset role; set local search_path = '';
insert into control.blank_schemas (schema_name, revision) values ({name}, {revision});
commit
"""


def refill(connection: psycopg.Connection, most: int) -> int:
    """Fill the pool of blanks of the newest revision up to `most`; return how many were made."""
    query = "select count(*) from control.blank_schemas where revision = %s"
    row = connection.execute(query, [migrate.head("tenant")]).fetchone()
    missing = max(0, most - (row[0] if row else 0))
    for _ in range(missing):
        make_blank(connection)
    return missing


def keep_filled(settings: Settings, pause: float = 2.0) -> None:
    """Keep the pool filled for as long as the process lives; the provisioning process runs this."""
    while True:
        try:
            with connect(settings) as connection:
                while True:
                    refill(connection, settings.blank_schemas)
                    time.sleep(pause)
        except psycopg.OperationalError:  # PostgreSQL is away or restarting: come back with a fresh connection
            time.sleep(pause)


def suspend(connection: psycopg.Connection, slug: str) -> None:
    """Take the tenant's roles from the logins, so that PostgreSQL refuses its next transaction."""
    _set_state(connection, slug, "suspended", "revoke {role} from {login}")


def announce(connection: psycopg.Connection, slug: str, demo_people: Mapping[str, str]) -> None:
    """Let a tenant that was being furnished answer; `demo_people` is whom its demonstration shows for a role."""
    statement = "update control.tenants set state = 'open', settings = settings || %s where slug = %s and state = 'opening'"
    connection.execute(statement, [Jsonb({"demo_people": dict(demo_people)}), slug])


def abandon(connection: psycopg.Connection, slug: str) -> None:
    """Take away a tenant whose furnishing broke off: nobody has used it. One that is open stays."""
    query = "select id, schema_name from control.tenants where slug = %s and state = 'opening'"
    for tenant_id, schema in connection.execute(query, [slug]).fetchall():
        with connection.transaction():
            connection.execute("set local role maagal_owner")
            connection.execute(sql.SQL("drop schema {} cascade").format(sql.Identifier(schema)))
            connection.execute("reset role")
            for table, key in (("due", "tenant_id"), ("sweeps", "tenant_id"), ("tenants", "id")):
                statement = sql.SQL("delete from control.{} where {} = %s")
                connection.execute(statement.format(sql.Identifier(table), sql.Identifier(key)), [tenant_id])
            for role in (schema, f"{schema}_sponsor"):
                connection.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))


def resume(connection: psycopg.Connection, slug: str) -> None:
    """Give the tenant's roles back to the logins."""
    _set_state(connection, slug, "open", "grant {role} to {login} with inherit false, set true")


def _set_state(connection: psycopg.Connection, slug: str, state: str, statement: str) -> None:
    with connection.transaction():
        query = "update control.tenants set state = %s where slug = %s and state <> 'erased' returning schema_name"
        row = connection.execute(query, [state, slug]).fetchone()
        if row is None:
            message = f"there is no tenant {slug!r}"
            raise TenantRefused(message)
        for suffix, login in (("", "maagal_app"), ("_sponsor", "maagal_sponsor")):
            names = {"role": sql.Identifier(row[0] + suffix), "login": sql.Identifier(login)}
            connection.execute(sql.SQL(statement).format(**names))  # two constants of this file
