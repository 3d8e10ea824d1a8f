"""The commands of a cluster: who still lies on the coordinator, and placing them, one tenant at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
import psycopg

from maagal import building, citus, provisioning
from maagal.config import settings
from maagal.standing import BLANK

WAIT = "10s"  # for whoever is in the middle of something; then the tenant is named and tried another time
ALL = """
(select schema_name, slug from control.tenants where state <> 'erased' order by id)
union all (select schema_name, %s from control.blank_schemas order by made_at)
"""


@click.group()
def cluster() -> None:
    """Tenants on the nodes of a cluster (MAAGAL_CITUS=1)."""


@cluster.command()
def status() -> None:
    """Tell which tenants are not placed on a node; exit 1 when there are any."""
    with _coordinator() as connection:
        names = _everyone(connection)
        absent = [names[schema] for schema in citus.unplaced(connection, list(names))]
    if absent:
        message = f"{len(absent)} of {len(names)} lie on the coordinator: {', '.join(absent)}"
        raise click.ClickException(message)
    click.echo(f"all {len(names)} are placed")


@cluster.command()
@click.option("--tenant", "slug", help="This one alone.")
def place(slug: str | None) -> None:
    """Place every tenant that was made before there was a cluster; each waits while its rows move. Killed, it is run again."""
    with _coordinator() as connection:
        names = _everyone(connection)
        wanted = [schema for schema in citus.unplaced(connection, list(names)) if slug in (None, names[schema])]
        failed = [f"{names[schema]} ({why})" for schema in wanted if (why := _placed(connection, schema))]
    click.echo(f"{len(wanted) - len(failed)} of {len(wanted)} placed")
    if failed:
        message = f"not placed: {', '.join(failed)}"
        raise click.ClickException(message)


def _placed(connection: psycopg.Connection, schema: str) -> str | None:
    """Place one; return why not. What PostgreSQL says beyond the kind of error may hold people's values."""
    try:
        building.place(connection, schema)
    except psycopg.errors.OperationalError:
        if connection.closed:
            raise
        return "somebody is still in the middle of something there"
    except psycopg.Error as why:
        return type(why).__name__
    return None


@contextmanager
def _coordinator() -> Iterator[psycopg.Connection]:
    """Have the login that does DDL, on a coordinator; say in one line what is missing."""
    if not settings().citus:
        message = "MAAGAL_CITUS is not set: there is no cluster"
        raise click.ClickException(message)
    with provisioning.connect(settings()) as connection:
        connection.execute(f"set lock_timeout = '{WAIT}'")
        try:
            citus.must_be_coordinator(connection)
        except citus.NoCluster as why:
            raise click.ClickException(str(why)) from why
        yield connection


def _everyone(connection: psycopg.Connection) -> dict[str, str]:
    return dict(connection.execute(ALL, [BLANK]).fetchall())
