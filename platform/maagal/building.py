"""A tenant's schema, its two roles and what they may: the one place where they are made, and where they go to a node.

Whoever builds one sends `begun`, then what fills it, then `ended`, in one transaction: all of it or nothing.
"""

import psycopg
from psycopg import sql

from maagal import citus
from maagal.config import settings

ROOM = """
create role {schema} {login}; create role {sponsor} {login};
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
# Nodes of a cluster connect to each other as the tenant's role, by certificate or address (pg_hba.conf). No password lets
# anybody in as it: it has none, and one that it gave itself would have run out.
LOGIN, NO_LOGIN = sql.SQL("login password null valid until '1970-01-01'"), sql.SQL("nologin")
THERE = "select 1 from pg_catalog.pg_roles where rolname = %s"
LOGINS = (("", "maagal_app"), ("_sponsor", "maagal_sponsor"))  # what a role's name ends in, and who may become it


def check(connection: psycopg.Connection) -> None:
    """Raise citus.NoCluster where a cluster is wanted and there is none; called before anything is made."""
    if settings().citus:
        citus.must_be_coordinator(connection)


def begun(connection: psycopg.Connection, schema: str) -> str:
    """Return what makes an empty schema with its roles inside a transaction; the owner's role and its search path are set."""
    names = {"schema": sql.Identifier(schema), "sponsor": sql.Identifier(f"{schema}_sponsor")}
    return sql.SQL(ROOM).format(**names, login=LOGIN if settings().citus else NO_LOGIN).as_string(connection)


def ended(connection: psycopg.Connection, schema: str) -> str:
    """Return what is said of a schema that is filled, as its owner: nothing on one machine."""
    return citus.placing(schema).as_string(connection) if settings().citus else ""


def let_in(connection: psycopg.Connection, schema: str) -> None:
    """Give a schema's roles to the logins, as they were when it was begun."""
    for ending, login in LOGINS:
        names = sql.Identifier(schema + ending), sql.Identifier(login)
        connection.execute(sql.SQL("grant {} to {} with inherit false, set true").format(*names))


def shut(connection: psycopg.Connection, schema: str) -> None:
    """Take a schema's roles from the logins, where they are there: PostgreSQL refuses the next transaction."""
    for ending, login in LOGINS:
        if connection.execute(THERE, [schema + ending]).fetchone():
            names = sql.Identifier(schema + ending), sql.Identifier(login)
            connection.execute(sql.SQL("revoke {} from {}").format(*names))


def dropped(connection: psycopg.Connection, schema: str) -> None:
    """Drop a schema with all its tables, and both its roles, where they are there; within the transaction at hand."""
    connection.execute("set local role maagal_owner")
    connection.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(schema)))
    connection.execute("reset role")
    for ending, _login in LOGINS:
        if connection.execute(THERE, [schema + ending]).fetchone():
            _drop_role(connection, sql.Identifier(schema + ending))


def _drop_role(connection: psycopg.Connection, role: sql.Identifier) -> None:
    """Drop a role and whatever it came to own; it should own nothing, but an erasure does not end at that."""
    connection.execute(sql.SQL("grant {} to current_user with inherit true, set true").format(role))
    connection.execute(sql.SQL("drop owned by {}").format(role))
    connection.execute(sql.SQL("drop role {}").format(role))


def placed(connection: psycopg.Connection, schema: str) -> None:
    """See to it that a schema made before there was a cluster lies on a node; nothing on one machine, or where it does."""
    if settings().citus and any(citus.unplaced(connection, [schema])):
        place(connection, schema)


def place(connection: psycopg.Connection, schema: str) -> None:
    """Place a schema that lies on the coordinator; its people wait meanwhile. In one transaction."""
    with connection.transaction():
        for ending, _login in LOGINS:
            connection.execute(sql.SQL("alter role {} {}").format(sql.Identifier(schema + ending), LOGIN))
        connection.execute("set local role maagal_owner")
        connection.execute(citus.placing(schema))
        connection.execute("reset role")
