"""Commands about people: the first ones of a tenant, and a link for whoever cannot get in."""

import click

from maagal import mail, tenancy
from maagal.commands import in_tenant
from maagal.ids import new_id
from maagal.permissions import ROLES
from tenants.audit.actions import record
from tenants.people import actions, queries
from tenants.people.models import Account
from tenants.people.room import NoRoomError
from tenants.people.signing_in import actions as signing_in
from tenants.people.signing_in.queries import account_reached_by
from tenants.people.signing_in.tasks import write_to

WITHOUT_COMMUNITY = frozenset({"administrator", "sponsor"})


@click.group()
def person() -> None:
    """Add people, and send them a way in."""


@person.command()
@click.argument("tenant")
@click.argument("address")
def link(tenant: str, address: str) -> None:
    """Send a single-use sign-in link to a person's own mail. It is printed on a demonstration only."""
    with in_tenant(tenant) as found:
        account = account_reached_by(address)
        if account is None:
            message = "nobody here is reached by that address"
            raise click.ClickException(message)
        record(None, "sent", "sign_in_link", account.id, person_id=account.person_id)
        _send(found, account)


def _send(tenant: tenancy.Tenant, account: Account) -> None:
    if not tenant.is_demo:
        if account.person.email is None:
            message = "this person has no mail address, and links go nowhere else: nothing was sent"
            raise click.ClickException(message)
        signing_in.send_to(account.id)
        click.echo("a link is on its way")
        return
    letter = signing_in.mint(new_id(), account.id)
    if letter is None:
        message = "this person has left"
        raise click.ClickException(message)
    try:
        write_to(letter)
    except mail.MailTrouble as trouble:
        click.echo(f"no mail was sent: {trouble.code}", err=True)
    click.echo(mail.link("sign_in.link", token=letter.token))


@person.command()
@click.argument("tenant")
@click.option("--first", required=True, help="First name.")
@click.option("--last", default="", help="Last name.")
@click.option("--email", required=True, help="Where links go.")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--community", help="Its name; for every role but administrator and sponsor.")
def add(tenant: str, first: str, last: str, email: str, role: str, community: str | None) -> None:
    """Add a person with a role, such as a tenant's first administrator or coordinator."""
    with in_tenant(tenant):
        if (role in WITHOUT_COMMUNITY) == bool(community):
            message = f"{role}: a community {'has no place here' if community else 'is needed'}"
            raise click.ClickException(message)
        place = queries.community_named(community) if community else None
        if community and place is None:
            message = f"there is no community {community!r}"
            raise click.ClickException(message)
        try:
            click.echo(actions.add(first, last, email, role, place).id)
        except NoRoomError as why:
            raise click.ClickException(str(why)) from why
