"""What many tenants cost: `bin/bench tenants [--tenants 2000]` prints a table by their number, and the figures of it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import NamedTuple

import asking
import psycopg
import upgrades
from asking import Visitor
from backends import cpu_seconds, private_bytes
from crowd import administrator, count, crowd
from figure import Figure, Figures
from flask import Flask
from ticking import tick, tick_idle_10000
from world import house

from maagal import provisioning
from maagal.config import settings
from maagal.db import db
from maagal.ids import new_id
from maagal.provisioning import Wanted
from maagal.settling import settle
from tests.upgrading.releases import later_release

TABLE = "tenants"
STEPS = (10, 100, 500, 1000, 2000)
OPENED, ROUNDS, BLOCK, FEW = 3, 7, 80, 10
HEADS = ("tenants", "open ms", "pool ms", "upgrade", "check us", "one ms", "spread", "zipf", "MB", "db MB", "tick ms")


class Asked(NamedTuple):
    """CPU milliseconds of a request: of one tenant, spread over all, and with some tenants far busier than others."""

    one: float
    spread: float
    zipf: float
    ratio: float


class Step(NamedTuple):
    """What was measured with so many tenants: seconds each, bytes of backends, bytes on disk each."""

    number: int
    cold: float
    pooled: float
    upgrade: float
    check: float
    asked: Asked
    memory: int
    disk: float
    tick: float

    def line(self) -> str:
        """Return its line of the table, in milliseconds, microseconds (the check) and megabytes."""
        times = (self.cold * 1e3, self.pooled * 1e3, self.upgrade * 1e3, self.check * 1e6)
        numbers = (*times, *self.asked[:3], self.memory / 2**20, self.disk / 2**20, self.tick * 1e3)
        return f"{self.number:9}" + "".join(f"{each:9.2f}" for each in numbers)


def table(most: int) -> Iterator[str]:
    """Yield the table line by line, and its figures as they are known."""
    with house() as app, TemporaryDirectory(prefix="maagal-bench-") as folder, later_release(Path(folder)):
        settle()
        yield "".join(f"{head:>9}" for head in HEADS)
        steps = []
        for number in [step for step in STEPS if step < most] + [most]:
            steps.append(_step(app, folder, number))
            yield steps[-1].line()
            yield from (figure.line() for figure in _at(folder, number, most))
        yield _request(steps[-1].number, steps[-1].asked).line()
        yield _held(most, steps[0].memory, steps[-1].memory).line()
        yield _checked(most).line()


def request_2000(number: int = 2000) -> Figure:
    """Ask for a page spread over so many tenants, over the same of one; CPU of the process and the server."""
    with house() as app:
        crowd(number)
        return _request(number, _asked(app, number))


def backend_memory_2000(number: int = 2000) -> Figure:
    """Add up the private memory of all backends after serving so many tenants, over the same after ten."""
    with house() as app:
        crowd(number)
        return _held(number, _memory(app, FEW), _memory(app, number))


FIGURES: Figures = {run.__name__: run for run in (tick_idle_10000, request_2000, backend_memory_2000)}


def _at(folder: str, number: int, most: int) -> list[Figure]:
    """Measure what needs just so many tenants."""
    figures = []
    if number == STEPS[0]:
        figures.append(tick_idle_10000())
        upgrades.at_fifty()
    if number == min(500, most):
        figures.append(upgrades.over_the_floor(folder)._replace(name=f"upgrade_{number}"))
    return figures


def _request(number: int, found: Asked) -> Figure:
    return Figure(f"request_{number}", found.spread, "ms", found.ratio, "over one tenant, CPU")


def _held(number: int, few: int, many: int) -> Figure:
    return Figure(f"backend_memory_{number}", many / 2**20, "MB", many / few, f"after {FEW} tenants")


def _step(app: Flask, folder: str, number: int) -> Step:
    crowd(number - 2 * OPENED)
    return Step(
        number,
        _opening(pooled=False),
        _opening(pooled=True),
        upgrades.in_release(folder, f"8{number:05}_step", upgrades.ours) / number,
        upgrades.check() / number,
        memory=_memory(app, number),
        asked=_asked(app, number),
        disk=_disk() / number,
        tick=tick(),
    )


def _opening(*, pooled: bool) -> float:
    """Return the seconds in which a tenant is opened, on median."""
    times = []
    with provisioning.connect(settings()) as connection:
        provisioning.refill(connection, OPENED)
        for _ in range(OPENED):
            if not pooled:
                connection.execute("delete from control.blank_schemas")
            started = perf_counter()
            provisioning.open_tenant(connection, Wanted(f"c{new_id().hex[-12:]}", "x"))
            times.append(perf_counter() - started)
    return median(times)


def _memory(app: Flask, number: int) -> int:
    """Return the private bytes of all backends after new connections served so many tenants, each at least twice."""
    visitors = asking.visitors(app, number)
    db.engine.dispose()
    with administrator() as connection, asking.unlimited():
        asking.asked_by_many(app, asking.rotating(visitors, max(400, 2 * number)))
        return private_bytes(connection)


def _asked(app: Flask, number: int) -> Asked:
    """Ask in turns, by one client, on connections that have been in use for a while."""
    visitors = asking.visitors(app, number)
    spread, zipf = (order(visitors, ROUNDS * BLOCK) for order in (asking.rotating, asking.zipf))
    with administrator() as connection, asking.unlimited():
        asking.asked(app, visitors[:1] * BLOCK)
        rounds = []
        for start in range(0, ROUNDS * BLOCK, BLOCK):
            blocks: tuple[Sequence[Visitor], ...] = (visitors[:1] * BLOCK, spread[start:][:BLOCK], zipf[start:][:BLOCK])
            rounds.append([_cpu(connection, app, block) for block in blocks])
    return Asked(*map(median, zip(*rounds, strict=True)), median(spread / one for one, spread, _zipf in rounds))


def _cpu(connection: psycopg.Connection, app: Flask, visitors: Sequence[Visitor]) -> float:
    before = cpu_seconds(connection)
    asking.asked(app, visitors)
    return (cpu_seconds(connection) - before) / len(visitors) * 1e3


def _checked(number: int) -> Figure:
    few, at = upgrades.at_fifty()
    many = upgrades.check() / count()
    return Figure(f"upgrade_check_{number}", many * 1e6, "us/tenant", many / few, f"at {at} tenants")


def _disk() -> int:
    with administrator() as connection:
        row = connection.execute("select pg_database_size(current_database())").fetchone()
    return int(row[0]) if row else 0
