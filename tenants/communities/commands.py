"""The first community of a tenant whose administration opens none: an employer's is opened from outside."""

import click

from maagal.commands import in_tenant
from tenants.communities import queries
from tenants.communities.actions import open_community


@click.group()
def community() -> None:
    """Open communities."""


@community.command("open")
@click.argument("tenant")
@click.option("--name", required=True, help="What people call it.")
@click.option("--locality", help="Its town or area.")
def open_one(tenant: str, name: str, locality: str | None) -> None:
    """Open a community of the usual shape."""
    with in_tenant(tenant):
        if queries.named(name):
            message = f"there is a community {name!r} already"
            raise click.ClickException(message)
        click.echo(open_community(name, locality=locality).id)
