"""The command line: `maagal …`. Each command is an edge of its own."""

import signal
from datetime import UTC, datetime
from functools import partial
from types import FrameType

import click
import psycopg
from sqlalchemy.exc import OperationalError

from maagal import backfill, clock, database_cli, demo, programs, progress, provisioning, register, relay, tasks, wishes
from maagal.app import create_app
from maagal.capability import load
from maagal.commands import house, plain_errors
from maagal.config import settings
from maagal.console.commands import operator
from maagal.doctor.command import doctor
from maagal.leaving.commands import TENANT_COMMANDS
from maagal.leaving.keeping import COMMANDS
from maagal.opening import CAPABILITIES, open_and_furnish
from maagal.routes import routes
from maagal.tour.command import tour


@click.group()
def main() -> None:
    """Maagal: support communities for many organisations."""


@main.command("relay")
def run_relay() -> None:
    """Hand what is due to the workers until told to stop."""
    asked: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    with create_app().app_context():
        relay.run(tasks.send, lambda: bool(asked), partial(progress.moved, programs.relay().watched_as))


@main.command("routes")
@click.option("--json", "as_json", is_flag=True, required=True, help="One JSON list; the only form there is.")
def list_routes(*, as_json: bool) -> None:
    """Print every endpoint with its methods, address, rule, the rule's sentence and the roles it lets in."""
    click.echo(routes(create_app()) if as_json else "")


@main.command("clock")
@click.argument("moment", type=click.DateTime())
def set_clock(moment: datetime) -> None:
    """Set the clock of a demonstration to a moment (UTC); it ticks on from there, for every process."""
    file = settings().clock_file
    if file is None or not settings().demo:
        message = "only a demonstration's clock can be set"
        raise click.ClickException(message)
    clock.set_to(moment.replace(tzinfo=UTC), file)


@main.command("demo")
@click.option("--if-missing", is_flag=True, help="Make the demo tenants unless they are there.")
@click.option("--sign-ins", is_flag=True, help="Print their addresses and a sign-in for each role.")
def run_demo(*, if_missing: bool, sign_ins: bool) -> None:
    """Make the demonstration, or tell how to get in."""
    with house() as app:
        if if_missing:
            demo.make(app)
        if sign_ins:
            click.echo(demo.sign_ins())


@main.command("backfill")
@click.argument("name", required=False)
@click.option("--tenant", "slug", help="This one alone.")
@click.option("--pause", type=click.FloatRange(0), default=backfill.PAUSE, show_default=True, help="Seconds between batches.")
def run_backfill(name: str | None, slug: str | None, pause: float) -> None:
    """Fill what an upgrade added, in every tenant; without a NAME, tell which backfills there are. Safe to run again."""
    with house() as app:
        known = app.extensions["house"].backfills
        if name not in known:
            message = f"there is no such backfill; there are: {', '.join(sorted(known)) or 'none'}"
            raise click.ClickException(message)
        with app.extensions["sqlalchemy"].engine.connect() as connection:
            wanted = [each for each in register.everyone(connection) if each.state != "erased" and slug in (None, each.slug)]
        outcomes = list(backfill.run(known[name], wanted, pause=pause))
    click.echo(f"{sum(each.rows for each in outcomes)} rows filled in {len(outcomes)} tenants")
    if bad := [f"{each.slug} ({each.trouble})" for each in outcomes if each.trouble]:
        message = f"not through: {', '.join(bad)}"
        raise click.ClickException(message)


@main.group()
def tenant() -> None:
    """Open, list, suspend and resume tenants."""


@tenant.command("open")
@click.argument("slug")
@click.option("--name", required=True, help="What people call the organisation.")
@click.option("--kind", type=click.Choice(["public", "business"]), default="public")
@click.option("--host", help="Its own host name, if it has one.")
@click.option("--locale", type=click.Choice(["he", "en"]), default="he")
@click.option("--timezone", default="Asia/Jerusalem")
@click.option("--capability", "capabilities", multiple=True, type=click.Choice(CAPABILITIES), help="Switch one on.")
@click.option("--administrator", help="The mail address of the first administrator, who is sent an invitation.")
@click.option("--administrator-locale", type=click.Choice(["he", "en"]), help="Their language; otherwise the organisation's.")
@click.option("--demo", is_flag=True, help="A demonstration: may waive second factors on this machine.")
def open_tenant(**wanted: object) -> None:
    """Open a tenant."""
    with house(), plain_errors():
        made = open_and_furnish(**wanted)  # type: ignore[arg-type]  # click has checked each
        click.echo(f"{made.slug} is open at {register.address(made)}/")


@tenant.command("host")
@click.argument("slug")
@click.argument("host", required=False)
@click.option("--none", "take_away", is_flag=True, help="It answers at its subdomain alone from now on.")
def settle_host(slug: str, host: str | None, *, take_away: bool) -> None:
    """Give a tenant a HOST of its own, as in links from now on; people sign in anew there. Its subdomain goes on to answer."""
    if bool(host) == take_away:
        message = "say either a HOST or --none"
        raise click.UsageError(message)
    with plain_errors(), provisioning.connect(settings()) as connection:
        provisioning.settle_host(connection, slug, host)


@tenant.command("invite")
@click.argument("slug")
@click.argument("administrator")
@click.option("--locale", type=click.Choice(["he", "en"]), help="Their language; otherwise the organisation's.")
def invite_administrator(slug: str, administrator: str, locale: str | None) -> None:
    """Invite the first administrator of a tenant, or again at another address as long as nobody has come."""
    told = {"administrator": administrator, "administrator_locale": locale}
    with plain_errors(), provisioning.connect(settings()) as connection:
        wishes.fulfil(connection, "invite", slug, told)
    click.echo("the tenant's own worker sends the invitation")


@tenant.command("list")
def list_tenants() -> None:
    """List the tenants: short name, kind, state, address, name."""
    with house() as app, app.extensions["sqlalchemy"].engine.connect() as connection:
        for each in register.everyone(connection):
            click.echo(f"{each.slug}\t{each.kind}\t{each.state}\t{register.address(each)}\t{each.name}")


@tenant.command("suspend")
@click.argument("slug")
def suspend_tenant(slug: str) -> None:
    """Close a tenant at once: PostgreSQL refuses its next transaction."""
    with plain_errors(), provisioning.connect(settings()) as connection:
        wishes.fulfil(connection, "suspend", slug)


@tenant.command("resume")
@click.argument("slug")
def resume_tenant(slug: str) -> None:
    """Open a suspended tenant again."""
    with plain_errors(), provisioning.connect(settings()) as connection:
        wishes.fulfil(connection, "resume", slug)


def _add_commands() -> None:
    for command in database_cli.main.commands.values():
        main.add_command(command)
    main.add_command(tour)
    main.add_command(operator)
    main.add_command(doctor)
    for command in COMMANDS:
        main.add_command(command)
    for command in TENANT_COMMANDS:
        tenant.add_command(command)
    for each in load():
        for command in each.commands:
            main.add_command(command)


def run() -> None:
    """Run the command line; a PostgreSQL that does not answer is one clear line."""
    try:
        main()
    except (OperationalError, psycopg.OperationalError) as why:
        said = str(getattr(why, "orig", why)).strip().splitlines() or ["it ended the connection"]
        click.echo(f"maagal: PostgreSQL cannot be used: {said[0]}", err=True)
        raise SystemExit(1) from None


_add_commands()

if __name__ == "__main__":
    run()
