"""The commands that need the database and no application: quick to start, and the provisioner's process holds nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from maagal import logs, progress, upgrading, wishes
from maagal.citus import NoCluster
from maagal.cluster_cli import cluster
from maagal.config import settings
from maagal.lineage import MadeOtherwise
from maagal.upgrade_cli import stayed_behind, upgrade


@click.group()
def main() -> None:
    """Prepare, upgrade, provision, see who moves."""


@main.command()
def prepare() -> None:
    """Make the server ready: roles, both migration histories, the pool of blank schemas.

    A tenant that stays behind is named and answers 503 alone: the house opens without it.
    """
    with _refusals_are_one_line():
        if told := stayed_behind(upgrading.prepare(settings())):
            click.echo(told, err=True)


@main.command()
def provision() -> None:
    """Carry out what is wished and keep the pool of blank schemas filled; the only process that may do DDL."""
    logs.set_up()
    with _refusals_are_one_line():
        wishes.serve(settings())


@contextmanager
def _refusals_are_one_line() -> Iterator[None]:
    try:
        yield
    except (NoCluster, MadeOtherwise) as why:
        raise click.ClickException(str(why)) from why


@main.command()
@click.argument("worker")
@click.argument("queues", nargs=-1)
@click.option("--within", default=120.0, show_default=True, help="Seconds in which it should have begun or ended something.")
def moves(worker: str, queues: tuple[str, ...], within: float) -> None:
    """Exit 1 when work waits in QUEUES and WORKER (as in worker-facts@host; relay@host has no queue) does nothing."""
    if not progress.is_moving(progress.sign_of(settings().redis_url, worker, queues), within):
        click.echo(f"{worker} does nothing while work waits for it", err=True)
        raise SystemExit(1)


main.add_command(upgrade)
main.add_command(cluster)

if __name__ == "__main__":
    main()
