"""`maagal doctor`: asks everything, prints a line for each finding; exit 1 when something is bad."""

import json
from collections.abc import Iterator, Mapping

import click
import psycopg
from sqlalchemy.exc import SQLAlchemyError

from maagal.doctor import logins, place, servers, tenants, told
from maagal.doctor.finding import BAD, Check, Finding

CHECKS: Mapping[str, Check] = {
    "settings": told.complete, "sense": told.sane, "logins": logins.reach, "attributes": logins.attributes,
    "defaults": logins.defaults, "time-outs": logins.timeouts, "postgres": servers.postgres, "silence": servers.silence,
    "clocks": servers.clocks, "valkey": servers.valkey, "revisions": tenants.revisions, "drift": tenants.drifted,
    "provisioner": tenants.blanks, "work": tenants.work, "keys": tenants.keys, "room": place.room, "modes": place.modes,
}  # fmt: skip


@click.command()
@click.option("--json", "as_json", is_flag=True, help="A JSON list of {check, level, said, todo}.")
def doctor(*, as_json: bool) -> None:
    """Look at everything an operator would; change nothing. Exit 1 when something is bad."""
    found = [(name, each) for name, check in CHECKS.items() for each in examined(check)]
    if as_json:
        click.echo(json.dumps([{"check": name} | each._asdict() for name, each in found], indent=1))
    else:
        for name, each in found:
            click.echo(f"{each.level:<4}  {name}: {each.said}{f' → {each.todo}' if each.todo else ''}")
    if any(each.level == BAD for _name, each in found):
        raise SystemExit(1)


def examined(check: Check) -> Iterator[Finding]:
    """Run a check; one that cannot be run is bad, and keeps no other from being run."""
    try:
        yield from check()
    except (psycopg.Error, SQLAlchemyError, OSError, ValueError) as why:
        said = str(why).strip().splitlines() if isinstance(why, psycopg.OperationalError) else []
        yield Finding(BAD, f"could not be looked at: {(said or [type(why).__name__])[0]}", "mend this first")


