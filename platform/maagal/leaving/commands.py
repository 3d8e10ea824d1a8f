"""The commands by which tenants leave, come back and are kept: names of people are typed until operators sign in for this."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import click
import psycopg

from maagal import provisioning
from maagal.commands import house
from maagal.config import settings
from maagal.leaving import erasing, exporting, importing, requests
from maagal.leaving.age_streams import identities_in
from maagal.leaving.refusals import plain_errors

PATH = click.Path(path_type=Path)
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
BY = click.option("--by", required=True, help="Your name; never the name of whoever asked.")


@contextmanager
def provisioner() -> Iterator[psycopg.Connection]:
    """Have the house and the login that may do DDL, and say in one line what was refused."""
    with house(), plain_errors(), provisioning.connect(settings()) as connection:
        yield connection


@click.command("recipient")
@click.argument("slug")
@click.argument("public_key")
def set_recipient(slug: str, public_key: str) -> None:
    """Note the public key (age1…) to which a tenant's exports are encrypted; the tenant keeps the secret one."""
    with provisioner() as connection:
        requests.set_recipient(connection, slug, public_key)


@click.command("ask")
@click.argument("slug")
@click.argument("what", type=click.Choice(["export", "erase"]))
@click.option("--by", required=True, help="Your name.")
@click.option("--reason", required=True, help="Why; it is kept.")
@click.option("--delay-hours", type=float, help="How long after the second person agreed; less than 1 for demonstrations only.")
def ask(slug: str, what: str, by: str, reason: str, delay_hours: float | None) -> None:
    """Ask that a tenant be exported or erased; somebody else approves it."""
    hours = settings().leaving_delay_hours if delay_hours is None else delay_hours
    with provisioner() as connection:
        made = requests.ask(connection, slug, what, by=by, reason=reason, delay=timedelta(hours=hours))
        click.echo(f"request {made.id}: somebody else now says: maagal tenant approve {made.id} --by …")


@click.command("approve")
@click.argument("number", type=int)
@BY
def approve(number: int, by: str) -> None:
    """Agree to somebody else's request; from now on its delay runs."""
    with provisioner() as connection:
        found = requests.approve(connection, number, by=by)
        click.echo(f"{found.what} of {found.slug}: {found.told()}")


@click.command("withdraw")
@click.argument("number", type=int)
@click.option("--by", required=True, help="Your name.")
def withdraw(number: int, by: str) -> None:
    """Take a request back before it has begun."""
    with provisioner() as connection:
        requests.withdraw(connection, number, by=by)


@click.command("requests")
def list_requests() -> None:
    """List who asked for which tenant's export or erasure, and where it stands."""
    with provisioner() as connection:
        for each in requests.listed(connection):
            click.echo(f"{each.id}\t{each.what}\t{each.slug}\tasked by {each.asked_by}: {each.reason}\t{each.told()}")


@click.command("export")
@click.argument("slug")
@click.option("--to", required=True, type=PATH, help="The file to write; it is encrypted to the tenant's public key.")
def export(slug: str, to: Path) -> None:
    """Write everything a tenant owns into a file that only the tenant can open. Asked for and approved before."""
    with provisioner() as connection:
        count = exporting.export(connection, slug, to)
        click.echo(f"{to}: {count} rows; opened with: age --decrypt --identity KEYFILE {to.name} | tar -x")


@click.command("import")
@click.argument("file", type=FILE)
@click.option("--as", "slug", required=True, help="The short name of the tenant to open.")
@click.option("--identity", required=True, type=FILE, help="The secret key that opens the file.")
def import_file(file: Path, slug: str, identity: Path) -> None:
    """Open a new tenant from an export; it stays suspended until `maagal tenant resume`."""
    with provisioner() as connection:
        importing.import_file(connection, file, slug, identities_in(identity))
        click.echo(f"{slug} is there and suspended, so that nobody is written to twice: maagal tenant resume {slug}")


@click.command("erase")
@click.argument("slug")
def erase(slug: str) -> None:
    """Erase a tenant for good: access, keys, schema, files. Asked for and approved before; killed, it is run again."""
    with provisioner() as connection:
        erasing.erase(connection, slug)
        click.echo(f"{slug} is erased; every process forgets its keys within half a minute, and no backup of it opens any more")


TENANT_COMMANDS = (set_recipient, ask, approve, withdraw, list_requests, export, import_file, erase)
