"""The commands that need the database and no application: quick to start, and the provisioner's process holds nothing else."""

import click

from maagal import logs, provisioning, upgrading, wishes
from maagal.config import settings


@click.group()
def main() -> None:
    """Prepare, upgrade, provision."""


@main.command()
def prepare() -> None:
    """Make the server ready: roles, both migration histories, the pool of blank schemas."""
    _report(upgrading.prepare(settings()))


@main.command()
def upgrade() -> None:
    """Bring the shared schema and every tenant's up to date."""
    with provisioning.connect(settings()) as connection:
        upgrading.upgrade_shared(connection)
        _report(list(upgrading.upgrade_tenants(connection)))


@main.command()
def provision() -> None:
    """Carry out what is wished and keep the pool of blank schemas filled; the only process that may do DDL."""
    logs.set_up()
    wishes.serve(settings())


def _report(outcomes: list[upgrading.Outcome]) -> None:
    for outcome in outcomes:
        click.echo(f"{outcome.schema}: {outcome.outcome} ({outcome.seconds:.2f} s)")
    if bad := [outcome.schema for outcome in outcomes if outcome.outcome != "done"]:
        message = f"{len(bad)} of {len(outcomes)} tenants stayed behind: {', '.join(bad)}"
        raise click.ClickException(message)


if __name__ == "__main__":
    main()
