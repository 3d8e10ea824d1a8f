"""What one organisation's flood does to another, in a house that really runs: to its pages, and to its mails."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from uuid import UUID

import running
from figure import Figure, Figures
from running import Running, Side

from maagal import clock
from maagal.db import commit, db, within
from maagal.events import Outbox
from tenants.notifications import actions
from tenants.people.models import Person

PAIRS, PAGES, PACE = 5, 60, 0.05  # seconds between two pages of a reader
THREADS, A_SECOND, BURST = 32, 300, 4  # a flood, and the seconds in which it has had the burst that anybody may have
MAILS, ROWS, KIND = 12, 3_000, "notifications/trial"
FLOOD = Path(__file__).with_name("flood.py")
_numbers = count()


def fairness_page() -> Figure:
    """Read pages of one organisation while another is flooded, over the same while it is not; p95, in turns."""
    with running.opened() as house:
        _pages(house)
        ratios, flooded = [], []
        for _ in range(PAIRS):
            quiet = _pages(house)
            with _flood(house):
                flooded.append(_pages(house))
            ratios.append(flooded[-1] / quiet)
            print(f"p95 {quiet * 1e3:.0f} ms, flooded {flooded[-1] * 1e3:.0f} ms", file=sys.stderr)
    return Figure("fairness_page", median(flooded) * 1e3, "ms", median(ratios), "p95 of the same page while nobody floods")


def fairness_mail() -> Figure:
    """Wait for one mail of one organisation while another's thousands lie before it, over the same while none do; p95."""
    with running.opened() as house, house.app.app_context():
        people = {each.host: _person(each) for each in (house.quiet, house.loud)}
        _mails(house, people)
        ratios, flooded = [], []
        for _ in range(PAIRS):
            quiet = _mails(house, people)
            with _backlog(house.loud, people):
                flooded.append(_mails(house, people))
            ratios.append(flooded[-1] / quiet)
            print(f"p95 {quiet * 1e3:.0f} ms, flooded {flooded[-1] * 1e3:.0f} ms", file=sys.stderr)
    return Figure("fairness_mail", median(flooded) * 1e3, "ms", median(ratios), "p95 of the same mail while nobody floods")


FIGURES: Figures = {run.__name__: run for run in (fairness_page, fairness_mail)}


def _p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20, method="inclusive")[-1]


def _pages(house: Running) -> float:
    seconds = []
    for _ in range(PAGES):
        seconds.append(running.seconds_for(house.port, house.quiet, "/dashboard"))
        time.sleep(PACE)
    return _p95(seconds)


@contextmanager
def _flood(house: Running) -> Iterator[None]:
    """Flood the loud one from a process of its own; say on standard error what it was answered."""
    command = [sys.executable, str(FLOOD), str(house.port), house.loud.host, house.loud.cookie, str(THREADS), str(A_SECOND)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        time.sleep(BURST)
        yield
        process.terminate()
        said, _ = process.communicate(timeout=60)
    print(f"the flood was answered {said.strip()}", file=sys.stderr)


def _person(side: Side) -> UUID:
    with within(side.world.tenant):
        found = db.session.scalar(db.select(Person.id).limit(1))
        assert found
        return found


def _tell(person: UUID, number: int) -> None:
    for _ in range(number):
        actions.tell(person, KIND, once=f"fair-{next(_numbers)}")
    commit()


def _mails(house: Running, people: dict[str, UUID]) -> float:
    return _p95([_one_mail(house, people[house.quiet.host]) for _ in range(MAILS)])


def _one_mail(house: Running, person: UUID) -> float:
    """Return the seconds from the commit to the letter's arrival."""
    with house.caught.open("rb") as arrived, within(house.quiet.world.tenant):
        arrived.seek(0, 2)
        _tell(person, 1)
        started = time.perf_counter()
        said = b""
        while f"@{house.quiet.host}>".encode() not in said:
            assert time.perf_counter() - started < 120
            time.sleep(0.005)
            said = said[-200:] + arrived.read()
    time.sleep(0.2)
    return time.perf_counter() - started - 0.2


@contextmanager
def _backlog(side: Side, people: dict[str, UUID]) -> Iterator[None]:
    """Let thousands of mails of the loud one wait meanwhile; what is left of them is dropped afterwards."""
    with within(side.world.tenant):
        _tell(people[side.host], ROWS)
    time.sleep(2)
    yield
    with within(side.world.tenant):
        left = db.update(Outbox).where(Outbox.state != "done").values(state="dropped", done_at=clock.now())
        dropped = db.session.execute(left).rowcount
        commit()
    assert dropped, "the backlog was gone before the last mail"
    time.sleep(2)
