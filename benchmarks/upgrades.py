"""What an upgrade costs over many tenants, and what it costs to find out that there is nothing to do."""

import statistics
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from crowd import count, crowd
from figure import Figure, Figures
from world import house

from maagal import migrate, provisioning, standing, upgrading
from maagal.config import settings
from tests.upgrading.releases import later_release

PAIRS = 3
CHECKS = 200
CHANGE = "alter table people add column bench_{0} text; create index ix_people_bench_{0} on people (bench_{0})"


def upgrade_500() -> Figure:
    """Upgrade 500 tenants by a column and an index, over the same SQL sent as one message each on one connection."""
    with house(), TemporaryDirectory(prefix="maagal-bench-") as folder:
        at_fifty()  # now or never: the crowd only grows
        crowd(500)
        return over_the_floor(folder)


def over_the_floor(folder: str) -> Figure:
    """Upgrade everybody there is, in releases that lie in a folder, in turn with the floor."""
    mine, floor = [], []
    for pair in range(PAIRS):
        mine.append(in_release(folder, f"9{pair}01_ours", ours))
        floor.append(in_release(folder, f"9{pair}02_floor", _floor))
    ratio = statistics.median(mine) / statistics.median(floor)
    return Figure("upgrade_500", statistics.median(mine), "s", ratio, "the same SQL, one message per tenant, one connection")


def upgrade_check_2000() -> Figure:
    """Find out that nothing is to be done at 2,000 tenants, per tenant, over the same at 50."""
    with house():
        few, number = at_fifty()
        crowd(2000)
        many = check() / count()
    return Figure("upgrade_check_2000", many * 1e6, "us/tenant", many / few, f"at {number} tenants")


FIGURES: Figures = {run.__name__: run for run in (upgrade_500, upgrade_check_2000)}


def in_release(folder: str, name: str, work: Callable[[], float]) -> float:
    """Work in a release whose newest revision is of that name and adds a column and an index."""
    with later_release(Path(folder), **{name: CHANGE.format(name)}):
        return work()


def ours() -> float:
    """Upgrade as `maagal upgrade --parallel 1` does: one connection, as the floor has."""
    started = time.perf_counter()
    outcomes = list(upgrading.upgrade_tenants(settings(), parallel=1))
    seconds = time.perf_counter() - started
    assert outcomes
    assert not any(each.stayed_behind for each in outcomes)
    return seconds


def _floor() -> float:
    """Send the same SQL to the same schemas, and nothing else; the register is told afterwards, unmeasured."""
    with provisioning.connect(settings()) as connection:
        targets = standing.behind(connection)
        started = time.perf_counter()
        statements = migrate.compiled("tenant", targets[0].since)
        for target in targets:
            _send(connection, target.schema, statements)
        seconds = time.perf_counter() - started
        for table in ("tenants", "blank_schemas"):
            connection.execute(f"update control.{table} set revision = %s", [migrate.head("tenant")])
    return seconds


def _send(connection: psycopg.Connection, schema: str, statements: str) -> None:
    opener = f"begin; set local role maagal_owner; set local search_path = {schema};"
    connection.execute(f"{opener} {statements}; commit".encode())


@cache
def at_fifty() -> tuple[float, int]:
    """Return the seconds of a look per tenant with fifty tenants, or the few more that other figures opened, and how many."""
    crowd(50)
    return check() / count(), count()


def check() -> float:
    """Return the seconds of one look, connecting included, as `maagal upgrade --check` takes it."""
    times = []
    for _ in range(CHECKS):
        started = time.perf_counter()
        with provisioning.connect(settings()) as connection:
            assert not standing.shared_is_behind(connection)
            assert standing.behind(connection) == []
        times.append(time.perf_counter() - started)
    return statistics.median(times)
