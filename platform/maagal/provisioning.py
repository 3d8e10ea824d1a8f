"""Opening tenants. Only the process that holds the provisioner's login does DDL; web, workers and beat never do.

Opening claims one schema from a small pool of prepared blanks; when the pool is dry it replays the whole schema.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy.engine import make_url

from maagal import building, clock, migrate
from maagal.bootstrap import plain
from maagal.config import Settings
from maagal.ids import new_id, new_schema
from maagal.mail_addresses import is_mail_address
from maagal.own_hosts import own_host
from maagal.slugs import check_slug, fault

BATCH = 4  # blanks in a transaction: about 1,000 locks, where 15,000 roles in one run out of them
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
SET_STATE = """
update control.tenants set state = %s where slug = %s and state in ('open', 'suspended') returning schema_name, id
"""
SET_HOST = "update control.tenants set host = %s where slug = %s and state <> 'erased' returning id"
RECORD = "insert into control.operations (at, what, slug, detail) values (%s, %s, %s, %s)"
WAKE = """
with unseen as (insert into control.sweeps (tenant_id, swept_at) values (%(tenant)s, '-infinity') on conflict do nothing)
insert into control.due as d (tenant_id, what, at) values (%(tenant)s, 'outbox', %(at)s)
on conflict (tenant_id, what) do update set at = least(d.at, excluded.at), version = d.version + 1
"""


class TenantRefused(ValueError):
    """What was asked cannot be done; the message says why, in plain words, and `reason` in one word for pages."""

    def __init__(self, message: str, reason: str = "failed") -> None:
        super().__init__(message)
        self.reason = reason


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
    administrator: str | None = None  # the mail address of the first one, who is invited
    administrator_locale: str | None = None


def connect(told: Settings) -> psycopg.Connection:
    """Connect with the only login that may do DDL; statements outside a transaction stand alone."""
    return psycopg.connect(plain(make_url(told.provisioner_url)), autocommit=True)


def open_tenant(connection: psycopg.Connection, wanted: Wanted) -> UUID:
    """Open a tenant and return its id; raise TenantRefused when something wanted is taken, reserved or invalid."""
    tenant_id = new_id()
    while claim(connection, tenant_id, wanted) is None:
        make_blank(connection)  # somebody else may claim this very one: then another is made
    return tenant_id


def checked(wanted: Wanted) -> Wanted:
    """Return what is wanted as it is kept: trimmed, the host as the register looks it up. Raises TenantRefused."""
    if reason := fault(wanted.slug):
        raise TenantRefused(check_slug(wanted.slug) or reason, reason)
    if not wanted.name.strip():
        message = "a name is needed: what people call the organisation"
        raise TenantRefused(message, "nameless")
    _check_zone(wanted.timezone)
    administrator = invited(wanted.administrator) if wanted.administrator else None
    return replace(wanted, host=_own_host(wanted.host), name=wanted.name.strip(), administrator=administrator)


def invited(address: str) -> str:
    """Return a mail address as it is kept; raise TenantRefused for what cannot be one."""
    if not is_mail_address(address.strip()):
        message = f"{address!r} is not a mail address"
        raise TenantRefused(message, "mail_invalid")
    return address.strip().lower()


def _own_host(wanted: str | None) -> str | None:
    if not wanted:
        return None
    host = own_host(wanted)
    if host is None:
        message = f"{wanted!r} cannot be an organisation's own host: like support.example.org, without a port"
        raise TenantRefused(message, "host_invalid")
    return host


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as why:  # unknown, a path, a folder of zones
        message = f"there is no time zone {name!r}: like Asia/Jerusalem"
        raise TenantRefused(message, "zone_unknown") from why


def claim(connection: psycopg.Connection, tenant_id: UUID, wanted: Wanted) -> str | None:
    """Give a prepared schema to a tenant and return its name, None where the pool is dry.

    Raises TenantRefused, and citus.NoCluster where a cluster is wanted and there is none.
    """
    building.check(connection)
    wanted = checked(wanted)
    values = vars(wanted) | {
        "id": tenant_id,
        "revision": migrate.head("tenant"),
        "capabilities": list(wanted.capabilities),
        "settings": Jsonb(wanted.settings),
    }
    try:
        row = connection.execute(CLAIM, values).fetchone()
    except psycopg.errors.UniqueViolation as why:
        message, reason = f"the name or host of {wanted.slug!r} is taken", "taken"
        raise TenantRefused(message, "host_taken" if "host" in (why.diag.constraint_name or "") else reason) from why
    if row is None:
        return None
    building.placed(connection, row[0])
    return str(row[0])


def make_blank(connection: psycopg.Connection) -> str:
    """Make one schema with its two roles and all tables, ready to be claimed; return its name. All of it or nothing."""
    return make_blanks(connection, 1)[0]


def make_blanks(connection: psycopg.Connection, number: int) -> list[str]:
    """Make several at once, at most BATCH: one message and one transaction. All of them or nothing.

    A grant costs every open connection a look at all grants, once a transaction; locks are held for each table until its end.
    Raises citus.NoCluster where a cluster is wanted and there is none.
    """
    building.check(connection)
    schemas = [new_schema() for _ in range(number)]
    messages = (blank_message(connection, schema) for schema in schemas)
    connection.execute("\n".join(("begin;", *(f"{message};" for message in messages), "commit")).encode())
    return schemas


def blank_message(connection: psycopg.Connection, schema: str) -> str:
    """Return what makes a blank schema inside a transaction: roles, grants, default privileges, every table, the ledger."""
    names = {"name": sql.Literal(schema), "revision": sql.Literal(migrate.head("tenant"))}
    return "\n".join((
        building.begun(connection, schema),
        migrate.compiled("tenant"), ";",
        building.ended(connection, schema),
        sql.SQL(AFTER).format(**names).as_string(connection),
    ))  # fmt: skip


AFTER = """
reset role; set local search_path = '';
insert into control.blank_schemas (schema_name, revision) values ({name}, {revision})
"""


def refill(connection: psycopg.Connection, most: int) -> int:
    """Fill the pool of blanks of the newest revision up to `most`, in batches; return how many were made."""
    query = "select count(*) from control.blank_schemas where revision = %s"
    row = connection.execute(query, [migrate.head("tenant")]).fetchone()
    missing = max(0, most - (row[0] if row else 0))
    for start in range(0, missing, BATCH):
        make_blanks(connection, min(BATCH, missing - start))
    return missing


def suspend(connection: psycopg.Connection, slug: str) -> None:
    """Take the tenant's roles from the logins, so that PostgreSQL refuses its next transaction."""
    with connection.transaction():
        schema, _tenant_id = _set_state(connection, slug, "suspended")
        building.shut(connection, schema)


def settle_host(connection: psycopg.Connection, slug: str, wanted: str | None) -> None:
    """Give a tenant a host of its own, or take it away; raise TenantRefused where it cannot be or is somebody else's."""
    host = _own_host(wanted)
    try:
        with connection.transaction():
            row = connection.execute(SET_HOST, [host, slug]).fetchone()
            if row is None:
                message = f"there is no tenant {slug!r}"
                raise TenantRefused(message, "unknown")
            connection.execute(RECORD, [clock.now(), "hosted", slug, Jsonb({"host": host})])
    except psycopg.errors.UniqueViolation as why:
        message = f"the host {host!r} is another tenant's"
        raise TenantRefused(message, "host_taken") from why


def announce(connection: psycopg.Connection, slug: str, demo_people: Mapping[str, str] | None = None) -> None:
    """Let a tenant that was being furnished answer; `demo_people` is whom its demonstration shows for a role."""
    statement = "update control.tenants set state = 'open', settings = settings || %s where slug = %s and state = 'opening'"
    told = {"demo_people": dict(demo_people)} if demo_people is not None else {}
    connection.execute(statement, [Jsonb(told), slug])


def abandon(connection: psycopg.Connection, slug: str) -> None:
    """Take away a tenant whose furnishing broke off: nobody has used it. One that is open stays."""
    query = "select id, schema_name from control.tenants where slug = %s and state = 'opening'"
    for tenant_id, schema in connection.execute(query, [slug]).fetchall():
        with connection.transaction():
            for table, key in (("due", "tenant_id"), ("sweeps", "tenant_id"), ("tenants", "id")):
                statement = sql.SQL("delete from control.{} where {} = %s")
                connection.execute(statement.format(sql.Identifier(table), sql.Identifier(key)), [tenant_id])
            building.dropped(connection, schema)


def drop_blank(connection: psycopg.Connection, schema: str) -> None:
    """Take a blank that is of no use away, roles and all; one that was claimed meanwhile is a tenant, and stays."""
    with connection.transaction():
        if connection.execute("delete from control.blank_schemas where schema_name = %s", [schema]).rowcount:
            building.dropped(connection, schema)


def resume(connection: psycopg.Connection, slug: str) -> None:
    """Give the tenant's roles back to the logins; what waited in its outbox meanwhile is looked at next."""
    with connection.transaction():
        schema, tenant_id = _set_state(connection, slug, "open")
        building.let_in(connection, schema)
        wake(connection, tenant_id)


def wake(connection: psycopg.Connection, tenant_id: UUID) -> None:
    """Let the relay look into a tenant now, and the sweep know of it."""
    connection.execute(WAKE, {"tenant": tenant_id, "at": clock.now()})


def _set_state(connection: psycopg.Connection, slug: str, state: str) -> tuple[str, UUID]:
    """Change a tenant's state in the register; return its schema and id, raise TenantRefused where there is none."""
    row = connection.execute(SET_STATE, [state, slug]).fetchone()
    if row is None:
        message = f"there is no tenant {slug!r}"
        raise TenantRefused(message, "unknown")
    return row[0], row[1]
