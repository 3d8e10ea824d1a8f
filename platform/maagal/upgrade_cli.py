"""`maagal upgrade`: do it, or tell what is to be done, who stands where, and who is unlike the others."""

import time
from collections.abc import Callable, Mapping

import click
import psycopg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from maagal import drift, migrate, provisioning, standing, upgrading
from maagal.config import settings
from maagal.replaying import HOLD

MOST_DIFFERENCES = 20  # lines a tenant


@click.command()
@click.option("--parallel", type=click.IntRange(1, 32), default=upgrading.PARALLEL, show_default=True,
              help="Connections that share the work.")  # fmt: skip
@click.option("--tenant", "slug", help="This one alone.")
@click.option("--hold", type=click.FloatRange(0.1, 60), default=HOLD, show_default=True,
              help="Seconds that one tenant may be stopped.")  # fmt: skip
@click.option("--check", "look", flag_value="check", help="Do nothing; exit 1 when something is to be done.")
@click.option("--status", "look", flag_value="status", help="Do nothing; tell who stands at which revision.")
@click.option("--drift", "look", flag_value="drift", help="Do nothing; exit 1 when a schema is unlike the others.")
def upgrade(parallel: int, slug: str | None, hold: float, look: str | None) -> None:
    """Bring the shared schema and every tenant's up to date; exit 1 with the names of those that stayed behind."""
    try:
        with provisioning.connect(settings()) as connection:
            if look:
                LOOKS[look](connection)
                return
            upgrading.upgrade_shared(connection)
        outcomes = _upgrade(slug, parallel, hold)
    except (provisioning.TenantRefused, migrate.NotReplayable, psycopg.OperationalError) as why:
        raise click.ClickException(str(why).strip()) from why
    if told := stayed_behind(outcomes):
        raise click.ClickException(told)


def stayed_behind(outcomes: list[upgrading.Outcome]) -> str:
    """Name those that stayed behind, and why; nothing where all were brought there."""
    bad = [f"{each.name} {each.schema} ({each.outcome})" for each in outcomes if each.stayed_behind]
    return f"{len(bad)} of {len(outcomes)} stayed behind: {', '.join(bad)}" if bad else ""


class _Rate(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.0f}/s" if speed else "")


def _upgrade(slug: str | None, parallel: int, hold: float) -> list[upgrading.Outcome]:
    """Upgrade with a bar where somebody watches; return all outcomes, and say how many a second it were."""
    started, outcomes = time.monotonic(), []
    console = Console(stderr=True)
    columns = (TextColumn("upgrading"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)

        def found(number: int) -> None:
            bar.update(task, total=number)

        for outcome in upgrading.upgrade_tenants(settings(), slug, parallel=parallel, hold=hold, found=found):
            outcomes.append(outcome)
            bar.advance(task)
    seconds = time.monotonic() - started
    click.echo(f"{len(outcomes)} to do, {_count(outcomes)} done in {seconds:.1f} s ({len(outcomes) / seconds:.0f}/s), "
               f"now at {migrate.head('tenant')}")  # fmt: skip
    return outcomes


def _count(outcomes: list[upgrading.Outcome]) -> int:
    return sum(not each.stayed_behind for each in outcomes)


def _check(connection: psycopg.Connection) -> None:
    """End with 1 when an upgrade would do something."""
    shared = ["the control schema"] if standing.shared_is_behind(connection) else []
    waiting = shared + [f"{each.name} {each.schema} (at {each.since})" for each in standing.behind(connection)]
    if waiting:
        message = f"{len(waiting)} to upgrade to {migrate.head('tenant')}: {', '.join(waiting)}"
        raise click.ClickException(message)
    click.echo(f"nothing to do: all at {migrate.head('tenant')}")


def _status(connection: psycopg.Connection) -> None:
    """Print how many stand at each revision, then each that is behind with its last attempt."""
    everyone = standing.everyone(connection)
    for revision, number in standing.counted(everyone):
        click.echo(f"{number}\t{revision}{' (this release)' if revision == migrate.head('tenant') else ''}")
    for each in everyone:
        if each.is_behind:
            last = f"{each.outcome} at {each.at:%Y-%m-%d %H:%M:%S %Z}" if each.at else "never tried"
            click.echo(f"{each.slug}\tbehind at {each.revision}\tlast: {last}")


def _drift(connection: psycopg.Connection) -> None:
    """Print what differs, tenant by tenant, and end with 1 where something does."""
    unlike = list(drift.drifted(connection))
    for each in unlike:
        for line in each.differences[:MOST_DIFFERENCES]:
            click.echo(f"{each.name} {each.schema}: {line}")
        if (more := len(each.differences) - MOST_DIFFERENCES) > 0:
            click.echo(f"{each.name} {each.schema}: and {more} more")
    if unlike:
        message = f"{len(unlike)} unlike the others: {', '.join(each.name for each in unlike)}"
        raise click.ClickException(message)
    click.echo("all schemas are alike")


LOOKS: Mapping[str, Callable[[psycopg.Connection], None]] = {"check": _check, "status": _status, "drift": _drift}
