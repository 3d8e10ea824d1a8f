"""Real processes, really killed: whatever was told is delivered, and hardly anything twice."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
import redis

from maagal import clock, due, programs
from maagal.config import settings
from maagal.db import commit, db
from maagal.embedded import Servers
from maagal.environment import without
from maagal.events import Outbox
from maagal.servers.process import end, spawn
from tenants.meetings import notices
from tenants.meetings.actions import clocks
from tenants.meetings.models import Meeting
from tenants.notifications import actions
from tenants.notifications.models import Notice
from tenants.pairing.models import Pair
from tests.circle import Circle
from tests.smtp_sink import Sink

ROOT = Path(__file__).parents[2]
CHILDREN = 2
TOMORROW = datetime(2026, 11, 24, 7, tzinfo=UTC)  # nine o'clock in Jerusalem's winter
PATIENCE = 90.0  # seconds for anything to happen on a busy machine
Start = Callable[[programs.Program], subprocess.Popen[bytes]]


@pytest.fixture
def sink(told: dict[str, str]) -> Iterator[Sink]:
    """A mail server that takes its time, so that a kill meets work in flight."""
    started = Sink(pause=0.02).start()
    yield started
    started.stop()


@pytest.fixture
def start(told: dict[str, str], sink: Sink, tmp_path: Path) -> Iterator[Start]:
    """Return a way to start a program as in production, in this world; all are ended with the test."""
    running: list[subprocess.Popen[bytes]] = []

    def started(program: programs.Program) -> subprocess.Popen[bytes]:
        env = without(told | {"MAIL_URL": sink.url}, *program.hidden)
        process = spawn(program.command, log=tmp_path / f"{program.name}.log", env=env, cwd=ROOT)
        running.append(process)
        return process

    yield started
    end(*running, signals=(signal.SIGTERM,), patience=5)


@pytest.fixture(autouse=True)
def clock_as_it_was(told: dict[str, str]) -> Iterator[None]:
    """Leave the clock of this world as it was."""
    yield
    Path(told["MAAGAL_CLOCK_FILE"]).unlink(missing_ok=True)


@pytest.mark.parametrize("kills", [2, pytest.param(6, marks=pytest.mark.full)])
def test_reminders_of_meetings_outlive_a_worker_killed_between_job_notice_and_mail(
    circle: Circle, sink: Sink, start: Start, kills: int
) -> None:
    meetings = plan_for_tomorrow(circle, 100)
    expected = {(meeting, person) for meeting in meetings for person in (circle.miri, circle.pnina)}
    at_six_in_the_evening()
    # the first kill while jobs still run, so that notices wait for their mails
    run_and_kill(start, kills, lambda done: len(reminders()) >= 60 and len(sink.caught) >= 200 * done / kills)
    until(lambda: due_states() == {"done"} and len(reminders()) == len(expected))
    found = reminders()
    assert len(found) == len(expected)
    assert set(found.values()) == expected, "each of the two is reminded of each meeting, once"
    arrived = [letter.message_id for letter in sink.caught]
    assert set(arrived) == set(found)
    assert len(arrived) - len(expected) <= CHILDREN * kills


@pytest.mark.parametrize("kills", [1, pytest.param(4, marks=pytest.mark.full)])
def test_a_worker_killed_in_the_middle_loses_nothing(circle: Circle, sink: Sink, start: Start, kills: int) -> None:
    expected = tell(circle.miri, 200)
    run_and_kill(start, kills, lambda done: len(sink.caught) >= 200 * (done + 1) / (kills + 1))
    until(lambda: states() == {"done"})
    arrived = [letter.message_id for letter in sink.caught]
    assert set(arrived) == expected
    assert len(arrived) - len(expected) <= CHILDREN * kills


def test_a_doorbell_that_forgets_everything_loses_nothing(
    circle: Circle, sink: Sink, start: Start, servers: Servers
) -> None:
    expected = tell(circle.miri, 50)  # a batch: so much lies with the workers at a time
    start(programs.relay())
    until(lambda: states() == {"handed"})
    with redis.Redis.from_url(servers.redis_url) as doorbell:
        doorbell.flushall()
    start(programs.worker("facts,delivery", CHILDREN))
    pass_by(61)
    until(lambda: len(sink.caught) > 10)
    with redis.Redis.from_url(servers.redis_url) as doorbell:
        doorbell.flushall()
    until(lambda: "claimed" not in states())
    pass_by(61)
    until(lambda: states() == {"done"})
    assert sorted(letter.message_id for letter in sink.caught) == sorted(expected)


def run_and_kill(start: Start, kills: int, is_time: Callable[[int], bool]) -> None:
    """Run relay and worker, and kill both so often, each time once it is time (after so many kills) and start them anew."""
    for done in range(kills):
        running = start(programs.worker("facts,delivery", CHILDREN)), start(programs.relay())
        until(partial(is_time, done))
        for process in running:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        pass_by(120)  # every lease ends at once instead of within a minute
    start(programs.relay())
    start(programs.worker("facts,delivery", CHILDREN))


def tell(person_id: UUID, number: int) -> set[str]:
    """Tell somebody many things; return the Message-IDs that must arrive."""
    for at in range(number):
        actions.tell(person_id, "notifications/trial", once=str(at))
    commit()
    ids = db.session.scalars(db.select(Outbox.id)).all()
    db.session.rollback()
    return {f"<{each}@oak.localhost>" for each in ids}


def plan_for_tomorrow(circle: Circle, number: int) -> list[UUID]:
    """Plan meetings of Miri and Pnina for TOMORROW, a minute apart; return their ids."""
    pair = Pair(participant_id=circle.pnina, mentor_id=circle.miri, community_id=circle.community, state="trial")
    db.session.add(pair)
    db.session.flush()
    starts = [TOMORROW + timedelta(minutes=minutes) for minutes in range(number)]
    planned = [Meeting(pair_id=pair.id, starts_at=at, ends_at=at + timedelta(hours=1)) for at in starts]
    db.session.add_all(planned)
    db.session.flush()
    with clock.held_at(TOMORROW - timedelta(days=2)):
        for meeting in planned:
            clocks.wind(meeting)
    ids = [meeting.id for meeting in planned]
    commit()
    return ids


def at_six_in_the_evening() -> None:
    """Let it be a moment after the hour at which people are reminded of what is TOMORROW."""
    file = settings().clock_file
    assert file is not None
    clock.set_to(TOMORROW - timedelta(hours=15, seconds=-2), file)
    due.upsert(clock.now())


def reminders() -> dict[str, tuple[UUID, UUID]]:
    """Return the Message-ID of each reminder's mail -> the meeting and the person it is for."""
    rows = db.select(Outbox.id, Notice.about, Notice.person_id).where(Outbox.once == "mail:" + db.cast(Notice.id, db.Text))
    reminded = db.session.execute(rows.where(Notice.kind == notices.REMINDER)).all()
    db.session.rollback()
    return {f"<{row.id}@oak.localhost>": (UUID(row.about["meeting_id"]), row.person_id) for row in reminded}


def due_states() -> set[str]:
    """Return the states of what is due by now; what waits for tomorrow is left out."""
    now = Outbox.due_at <= clock.now() + timedelta(hours=2)
    found = set(db.session.scalars(db.select(Outbox.state).where(now).distinct()))
    db.session.rollback()
    return found


def states() -> set[str]:
    """Return the states that rows of the outbox are in."""
    found = set(db.session.scalars(db.select(Outbox.state).distinct()))
    db.session.rollback()
    return found


def until(reached: Callable[[], bool]) -> None:
    """Wait for something that other processes do."""
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < deadline, f"waited in vain; rows are {states()}"
        time.sleep(0.05)


def pass_by(seconds: float) -> None:
    """Let time pass for every process."""
    file = settings().clock_file
    assert file is not None
    clock.set_to(clock.now() + timedelta(seconds=seconds), file)
