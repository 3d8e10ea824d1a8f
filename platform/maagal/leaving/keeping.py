"""The commands that back up, restore and look after keys."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import psycopg

from maagal import clock, keystore
from maagal.config import settings
from maagal.leaving import backing_up, restoring, rotating
from maagal.leaving.age_streams import Identity, identities_in, make_identity, recipient
from maagal.leaving.commands import FILE, PATH, provisioner
from maagal.leaving.refusals import PLAIN, plain_errors
from maagal.leaving.snapshots import connect

TO_WHOM = click.option("--recipient", "public_key", help="The public key (age1…); otherwise MAAGAL_BACKUP_RECIPIENT.")

# Citus reads on the nodes as READ COMMITTED, whatever the coordinator's transaction says.
NOT_ONE_MOMENT = "a cluster's tables are read one after another: what people wrote meanwhile may be in one and not in the next"


@click.command("backup")
@click.option("--tenant", "slug", help="This one alone.")
@click.option("--keys", "only_keys", is_flag=True, help="The key store alone; keep it apart from the other backups.")
@click.option("--to", "folder", required=True, type=PATH, help="The folder; backups of data get a folder of their own in it.")
@TO_WHOM
def backup(*, slug: str | None, only_keys: bool, folder: Path, public_key: str | None) -> None:
    """Back up the register and every tenant, one tenant, or the keys; encrypted before anything touches the disk."""
    with plain_errors():
        key = recipient(public_key or settings().backup_recipient)
        if only_keys:
            click.echo(f"{folder}: the keys of {backing_up.back_up_keys(folder, key)} tenants")
        elif slug:
            click.echo(backing_up.back_up_tenant(slug, _dated(folder), key))
        else:
            _back_up_all(_dated(folder), key)
        if settings().citus and not only_keys:
            click.echo(NOT_ONE_MOMENT, err=True)


@click.command("restore")
@click.option("--tenant", "slug", help="This tenant, from the file --from.")
@click.option("--all", "everything", is_flag=True, help="An empty service, from the folder --from; keys come first.")
@click.option("--keys", "only_keys", is_flag=True, help="The key store, from the folder --from.")
@click.option("--from", "source", required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--identity", required=True, type=FILE, help="The secret key that opens the backups.")
def restore(*, slug: str | None, everything: bool, only_keys: bool, source: Path, identity: Path) -> None:
    """Put back one tenant while the others go on, the keys, or the whole service on an empty machine."""
    if (slug is not None) + everything + only_keys != 1:
        message = "say one of --tenant SLUG, --all, --keys"
        raise click.UsageError(message)
    with provisioner() as connection:
        identities = identities_in(identity)
        if only_keys:
            click.echo(f"the keys of {restoring.restore_keys(source, identities)} tenants")
        elif everything:
            _restore_all(connection, source, identities)
        else:
            click.echo(f"{restoring.restore_tenant(connection, source, identities, slug)} is back")


@click.group("keys")
def keys() -> None:
    """Look after keys: the master key's change, what it opens, key files for backups and exports."""


@keys.command("identity")
@click.argument("file", type=PATH)
def new_identity(file: Path) -> None:
    """Write a new secret key of age into FILE and print its public key."""
    with plain_errors():
        click.echo(make_identity(file))


@keys.command("rotate")
def rotate() -> None:
    """Wrap every tenant's key by MAAGAL_MASTER_KEY instead of MAAGAL_MASTER_KEY_OLD; killed, it is run again."""
    with plain_errors():
        changed = list(rotating.rotate())
    click.echo(f"{sum(changed)} of {len(changed)} tenants' keys were wrapped anew")
    click.echo("now: maagal backup --keys, then take MAAGAL_MASTER_KEY_OLD away and destroy it with the backups made under it")


@keys.command("check")
def check() -> None:
    """Tell whether the master key at hand opens every tenant's key."""
    with plain_errors():
        count, shut = rotating.unreadable()
    if shut:
        message = f"the master key opens the keys of {count - len(shut)} of {count} tenants: the texts of the others stay shut"
        raise click.ClickException(message)
    click.echo(f"the master key opens the keys of all {count} tenants")


@keys.command("forget-copies")
@click.argument("folder", type=PATH)
def forget_copies(folder: Path) -> None:
    """Say that the copies of the keys that were backed up to FOLDER are destroyed, by hand: erasures stop asking for them."""
    with keystore.engine().connect() as connection:
        connection.exec_driver_sql("delete from copies where folder = %(folder)s", {"folder": str(folder.absolute())})


def _dated(folder: Path) -> Path:
    return folder / f"{clock.now():%Y%m%dT%H%M%SZ}"


def _back_up_all(folder: Path, key: Any) -> None:
    click.echo(backing_up.back_up_control(folder, key))
    with connect() as connection:
        slugs = list(backing_up.tenants(connection))
    _each(slugs, lambda slug: click.echo(backing_up.back_up_tenant(slug, folder, key)))


def _restore_all(connection: psycopg.Connection, folder: Path, identities: list[Identity]) -> None:
    restoring.restore_control(connection, folder, identities)
    absent = restoring.missing(connection)
    files = {slug: folder / f"{tenant_id}.age" for tenant_id, slug in absent}
    _each(files, lambda slug: click.echo(f"{restoring.restore_tenant(connection, files[slug], identities)} is back"))


def _each(slugs: Any, work: Any) -> None:
    """Do something for every tenant; one that fails is named and does not stop the others."""
    failed = list(_failing(slugs, work))
    if failed:
        message = f"{len(failed)} of {len(slugs)} tenants failed: {'; '.join(failed)}"
        raise click.ClickException(message)


def _failing(slugs: Any, work: Any) -> Iterator[str]:
    for slug in slugs:
        try:
            work(slug)
        except (*PLAIN, psycopg.Error) as why:
            yield f"{slug} ({type(why).__name__})"


COMMANDS = (backup, restore, keys)
