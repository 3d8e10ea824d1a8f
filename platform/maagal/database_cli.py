"""The commands that need the database and no application: quick to start, and the provisioner's process holds nothing else."""

import click

from maagal import logs, upgrading, wishes
from maagal.config import settings
from maagal.upgrade_cli import stayed_behind, upgrade


@click.group()
def main() -> None:
    """Prepare, upgrade, provision."""


@main.command()
def prepare() -> None:
    """Make the server ready: roles, both migration histories, the pool of blank schemas.

    A tenant that stays behind is named and answers 503 alone: the house opens without it.
    """
    if told := stayed_behind(upgrading.prepare(settings())):
        click.echo(told, err=True)


@main.command()
def provision() -> None:
    """Carry out what is wished and keep the pool of blank schemas filled; the only process that may do DDL."""
    logs.set_up()
    wishes.serve(settings())


main.add_command(upgrade)

if __name__ == "__main__":
    main()
