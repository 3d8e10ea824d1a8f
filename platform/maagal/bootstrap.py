"""Making a PostgreSQL server ready: roles, logins, the control schema and the key store. Needs the server's administrator.

Nothing here runs in a web process or a worker: they are never given the administrator's address.
"""

from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from maagal import citus
from maagal.config import LOGINS, Settings

IDLE = "120s"  # a first PDF cuts its fonts in a transaction that waits for it
APP = {"statement_timeout": "15s", "lock_timeout": "5s", "idle_in_transaction_session_timeout": IDLE}
TIMEOUTS = {  # so that one's question, lock or silence does not hold up everybody; a task ends after 20 s in any case
    "app": APP, "sponsor": APP, "operator": APP,
    "keys": {"statement_timeout": "5s", "lock_timeout": "2s", "idle_in_transaction_session_timeout": "10s"},
    "provisioner": {"idle_in_transaction_session_timeout": "60s"},  # what it changes says itself how long it may wait
    "backup": {},  # reads one tenant after the other, each as long as it takes
}  # fmt: skip
KEYS_TABLE = """
create table if not exists keys (
  id uuid primary key, tenant_id uuid not null, owner text not null, wrapped bytea not null,
  made_at timestamptz not null default now(), unique (tenant_id, owner));
revoke all on schema public from public;
grant usage on schema public to maagal_keys;
grant select, insert, delete, update (wrapped) on keys to maagal_keys;
create table if not exists gone (tenant_id uuid primary key, at timestamptz not null default now());
create table if not exists copies (folder text primary key, at timestamptz not null default now());
grant select, insert on gone to maagal_keys;
grant select, insert, update, delete on copies to maagal_keys
"""


READS_EVERYTHING = "alter role maagal_backup bypassrls; grant pg_read_all_data to maagal_backup with inherit true"


def prepare_server(settings: Settings) -> None:
    """Create or repair the roles, the logins with their passwords, both databases and their first rights.

    Raises citus.NoCluster where a cluster is wanted and the server has none; nothing was made then.
    """
    admin = make_url(settings.database_url)
    with _connect(admin) as connection:
        if settings.citus:
            citus.must_be_available(connection)
        for login in LOGINS:
            if address := getattr(settings, f"{login}_url"):  # who never backs up from here needs no such login
                _login(connection, login, make_url(address).password or "")
        _database(connection, make_url(settings.keys_url).database or "")
        name = sql.Identifier(admin.database or "")
        script = (Path(__file__).parent / "roles.sql").read_text().replace(":database", "{database}")
        connection.execute(sql.SQL(script).format(database=name))  # a file of ours, not input
        connection.execute(sql.SQL("grant connect on database {} to maagal_app").format(name))
        if settings.backup_url:
            connection.execute(READS_EVERYTHING)
        if settings.citus:
            citus.switch_on(connection)
    with _connect(admin.set(database=make_url(settings.keys_url).database)) as connection:
        connection.execute(KEYS_TABLE)


def _connect(url: URL) -> psycopg.Connection:
    return psycopg.connect(plain(url), autocommit=True)


def plain(url: URL) -> str:
    """Return the address as libpq reads it, without SQLAlchemy's driver."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _login(connection: psycopg.Connection, login: str, password: str) -> None:
    """One login: inherits nothing, creates nothing, looks nowhere; the provisioner alone may make roles."""
    role = sql.Identifier(f"maagal_{login}")
    if not connection.execute("select 1 from pg_roles where rolname = %s", [f"maagal_{login}"]).fetchone():
        connection.execute(sql.SQL("create role {} login noinherit").format(role))
    may = sql.SQL("createrole" if login == "provisioner" else "nocreaterole")
    connection.execute(
        sql.SQL("alter role {} with login noinherit nocreatedb nosuperuser nobypassrls noreplication {} password {}").format(
            role, may, sql.Literal(password)
        )
    )
    for name, value in TIMEOUTS[login].items():
        connection.execute(sql.SQL("alter role {} set {} = {}").format(role, sql.Identifier(name), sql.Literal(value)))
    if login != "keys":
        connection.execute(sql.SQL("alter role {} set search_path = ''").format(role))
    else:
        connection.execute(sql.SQL("alter role {} set search_path = 'public'").format(role))


def _database(connection: psycopg.Connection, name: str) -> None:
    if not connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    connection.execute(sql.SQL("revoke all on database {} from public").format(sql.Identifier(name)))  # also one found there
    connection.execute(sql.SQL("grant connect on database {} to maagal_keys").format(sql.Identifier(name)))
