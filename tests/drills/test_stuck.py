"""Real processes that live and do nothing: the one who keeps them alive notices, and does not mistake bad luck for it."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import redis

from maagal import programs, supervise
from maagal.db import db
from maagal.embedded import Servers
from maagal.events import Outbox
from maagal.instance import Instance
from maagal.servers.process import end
from maagal.supervise import Child
from tests.circle import Circle
from tests.drills.test_kill import pass_by, states, tell, until
from tests.smtp_sink import Sink

PATIENCE = 4.0  # seconds, in place of a minute, once a process has started
ROOT = Path(__file__).parents[2]
Start = Callable[[programs.Program], Child]


@pytest.fixture
def sink(told: dict[str, str]) -> Iterator[Sink]:
    """A mail server that answers at once."""
    started = Sink().start()
    yield started
    started.stop()


@pytest.fixture
def start(told: dict[str, str], sink: Sink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Return a way to start a program under the eyes of whoever keeps it alive."""
    monkeypatch.setattr(supervise, "_EVERY", 0.2)
    instance = Instance(tmp_path, 8000)
    instance.told = told | {"MAIL_URL": sink.url, "PYTHONPATH": os.pathsep.join((str(ROOT / "platform"), str(ROOT)))}
    running: list[Child] = []

    def started(program: programs.Program) -> Child:
        child = Child(program, instance)
        running.append(child)
        return child

    yield started
    end(*(child.process for child in running), signals=(signal.SIGTERM,), patience=5)
    Path(told["MAAGAL_CLOCK_FILE"]).unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def nothing_waits(servers: Servers) -> None:
    """Leave nothing in the queues that another test rang for."""
    with redis.Redis.from_url(servers.redis_url) as valkey:
        valkey.flushall()


def looked_after(*children: Child) -> Callable[[Callable[[], bool]], Callable[[], bool]]:
    """Wrap a condition so that the children are looked after while it is waited for."""

    def wrap(reached: Callable[[], bool]) -> Callable[[], bool]:
        def look() -> bool:
            for child in children:
                child.look_after()
            return reached()

        return look

    return wrap


def test_a_worker_that_lives_and_does_nothing_is_started_again_once_work_waits(
    circle: Circle, sink: Sink, start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    worker, relay = start(programs.worker("facts,delivery,reports", 1)), start(programs.relay())
    meanwhile = looked_after(worker, relay)
    tell(circle.miri, 1)
    until(meanwhile(lambda: states() == {"done"}))
    first, worker.watch.patience = worker.process.pid, PATIENCE
    waited = time.monotonic() + 3 * PATIENCE
    until(meanwhile(lambda: time.monotonic() > waited))
    assert worker.process.pid == first, "nothing waited for it"
    os.killpg(first, signal.SIGSTOP)
    tell_again(circle)
    until(meanwhile(lambda: worker.process.pid != first))
    worker.watch.patience = supervise._PATIENCE
    assert "worker-facts lives and does nothing while work waits for it" in capsys.readouterr().out
    pass_by(120)  # what it held is free again
    until(meanwhile(lambda: states() == {"done"}))


def tell_again(circle: Circle) -> None:
    """Ring often enough: the first message is still handed to the connection of the one that sleeps."""
    tell(circle.gil, 1)
    until(lambda: "handed" in states())
    pass_by(61)
    until(lambda: "handed" in states())
    pass_by(61)


def test_a_mail_server_that_is_down_is_no_reason_to_start_a_worker_again(circle: Circle, sink: Sink, start: Start) -> None:
    sink.stop()
    worker, relay = start(programs.worker("facts,delivery,reports", 1)), start(programs.relay())
    meanwhile = looked_after(worker, relay)
    first = worker.process.pid
    tell(circle.miri, 60)
    until(meanwhile(lambda: tried() > 0))
    worker.watch.patience = PATIENCE
    for _ in range(3):
        wanted = tried() + 60
        pass_by(600)  # they are due again, and fail again
        until(meanwhile(partial(tried_often, wanted)))
    assert worker.process.pid == first
    sink.start()


def tried_often(wanted: int) -> bool:
    """Say whether so many attempts were made so far."""
    return tried() >= wanted


def tried() -> int:
    """Return how many attempts were made so far."""
    number = db.session.scalar(db.select(db.func.sum(Outbox.attempts)))
    db.session.rollback()
    return int(number or 0)


def test_a_relay_that_lives_and_does_nothing_is_started_again(circle: Circle, start: Start) -> None:
    relay = start(programs.relay())
    meanwhile = looked_after(relay)
    tell(circle.miri, 1)
    until(meanwhile(lambda: states() == {"handed"}))
    first, relay.watch.patience = relay.process.pid, PATIENCE
    os.killpg(first, signal.SIGSTOP)
    until(meanwhile(lambda: relay.process.pid != first))
