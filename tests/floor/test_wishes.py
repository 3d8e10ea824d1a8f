"""The provisioner's queue: wishes are carried out once, in order, by whoever takes them, and a kill leaves nothing behind."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.types.json import Jsonb

from maagal import programs, provisioning, register, wishes
from maagal.config import Settings
from maagal.db import db, within
from maagal.environment import without
from maagal.events import Outbox, name_of
from maagal.ids import new_id
from maagal.opening import TenantOpened
from maagal.provisioning import TenantRefused, Wanted
from maagal.servers.process import end, spawn
from tests.floor.blanks import take_all_away

PATIENCE = 60.0
WISH = "insert into control.wishes (id, what, slug, wanted) values (%s, %s, %s, %s)"


@pytest.fixture
def provisioner(context) -> Iterator[psycopg.Connection]:
    with provisioning.connect(Settings()) as connection:
        yield connection


@pytest.fixture
def start(told: dict[str, str], tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Return a way to start the provisioning process, without blanks in stock; all are ended with the test."""
    running: list[subprocess.Popen[bytes]] = []

    def started() -> subprocess.Popen[bytes]:
        program = programs.provisioner()
        env = without(told | {"MAAGAL_BLANK_SCHEMAS": "0"}, *program.hidden)
        running.append(spawn(program.command, log=tmp_path / "provisioner.log", env=env, cwd=tmp_path))
        return running[-1]

    yield started
    end(*running, signals=(signal.SIGTERM,), patience=5)


def wish(connection: psycopg.Connection, what: str, slug: str, **told: object) -> None:
    wanted = vars(Wanted(slug, "שם")) | told if what == "open" else {}
    connection.execute(WISH, [new_id(), what, slug, Jsonb(wanted)])


def states(connection: psycopg.Connection, like: str) -> list[tuple[str, str | None]]:
    return connection.execute("select state, reason from control.wishes where slug like %s order by wished_at", [like]).fetchall()


def standing(connection: psycopg.Connection) -> tuple[int, int, int]:
    """Return how many schemas there are, how many roles, and how many of them belong to a tenant or lie in stock."""
    schemas = "select count(*) from pg_namespace where nspname like 't\\_%'"
    roles = "select count(*) from pg_roles where rolname like 't\\_%'"
    known = "select (select count(*) from control.tenants where state <> 'erased') + (select count(*) from control.blank_schemas)"
    return tuple(connection.execute(query).fetchone()[0] for query in (schemas, roles, known))  # type: ignore[return-value]  # three of them


def until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_the_process_takes_a_wish_as_soon_as_it_rings(provisioner, start):
    start()
    wish(provisioner, "open", "rings-first")
    until(lambda: states(provisioner, "rings-first") == [("done", None)])
    began = time.monotonic()
    wish(provisioner, "suspend", "rings-first")
    until(lambda: states(provisioner, "rings-first")[-1] == ("done", None))
    assert time.monotonic() - began < wishes.PAUSE, "nobody rang: it looked by itself"


@pytest.mark.parametrize("kills", [4])
def test_a_provisioner_killed_again_and_again_opens_each_once_and_leaves_nothing_behind(provisioner, start, kills):
    slugs = [f"killed-{number}" for number in range(8)]
    before = standing(provisioner)
    for slug in slugs:
        wish(provisioner, "open", slug)
    for kill in range(kills):
        process, had = start(), len([state for state, _ in states(provisioner, "killed-%") if state == "done"])
        until(lambda: any(state == "working" for state, _ in states(provisioner, "killed-%")))
        time.sleep(0.03 + 0.11 * kill)  # somewhere in the middle of a schema, of a claim, or between two
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        until(lambda: not provisioner.execute(
            "select 1 from pg_stat_activity where usename = 'maagal_provisioner' and pid <> pg_backend_pid()").fetchall()
        )  # fmt: skip  # PostgreSQL ends what the dead one had begun
        assert len([state for state, _ in states(provisioner, "killed-%") if state == "done"]) >= had
        provisioner.execute("update control.wishes set leased_until = now() where state = 'working'")  # time passes
    start()
    until(lambda: {state for state, _ in states(provisioner, "killed-%")} == {"done"})
    schemas, roles, known = standing(provisioner)
    assert schemas - before[0] == known - before[2]
    assert roles - before[1] == 2 * (schemas - before[0])
    register.forget()
    for slug in slugs:
        with within(register.by_slug(slug)):
            assert db.session.scalars(db.select(Outbox.name)).all() == [wishes.OPENED]


def test_a_lease_that_ended_is_taken_over_and_the_late_one_may_not_finish(provisioner):
    wish(provisioner, "open", "late-one")
    slow = wishes.take(provisioner)
    assert wishes.take(provisioner) is None
    provisioner.execute("update control.wishes set leased_until = now() where slug = 'late-one'")
    quick = wishes.take(provisioner)
    assert (slow.id, slow.attempt, quick.attempt) == (quick.id, 1, 2)
    wishes.carry_out(provisioner, slow)
    assert provisioner.execute("select count(*) from control.tenants where slug = 'late-one'").fetchone() == (0,)
    wishes.carry_out(provisioner, quick)
    assert states(provisioner, "late-one") == [("done", None)]


def test_one_that_always_dies_is_refused_at_last(provisioner):
    wish(provisioner, "open", "always-dies")
    for _attempt in range(wishes.ATTEMPTS):
        assert wishes.take(provisioner)
        provisioner.execute("update control.wishes set leased_until = now() where slug = 'always-dies'")
    wishes.work_off(provisioner)
    assert states(provisioner, "always-dies") == [("refused", "failed")]


def test_a_wish_that_cannot_be_stops_nobody_behind_it(provisioner):
    wish(provisioner, "open", "no-such-field", nonsense=1)
    wish(provisioner, "open", "behind-it")
    wish(provisioner, "suspend", "never-there")
    wishes.work_off(provisioner)
    found = [*states(provisioner, "no-such-field"), *states(provisioner, "behind-it"), *states(provisioner, "never-there")]
    assert found == [("refused", "failed"), ("done", None), ("refused", "unknown")]


def test_many_provisioners_at_once_open_each_once(provisioner):
    for number in range(6):
        wish(provisioner, "open", f"shared-{number}")

    def work() -> None:
        with provisioning.connect(Settings()) as connection:
            wishes.work_off(connection)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    query = "select count(*), count(distinct schema_name) from control.tenants where slug like 'shared-%'"
    assert provisioner.execute(query).fetchone() == (6, 6)
    attempts = "select max(attempts) from control.wishes where slug like 'shared-%'"
    assert provisioner.execute(attempts).fetchone() == (1,)


def test_commands_that_open_one_name_at_once_open_it_once(provisioner):
    outcomes: list[str] = []

    def open_it() -> None:
        try:
            with provisioning.connect(Settings()) as connection:
                wishes.fulfil(connection, "open", "contended", Wanted("contended", "שם"))
            outcomes.append("opened")
        except TenantRefused as why:
            outcomes.append(why.reason)

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert outcomes.count("opened") == 1
    assert set(outcomes) <= {"opened", "busy", "taken"}


def test_blanks_are_made_a_few_at_a_time(provisioner):
    take_all_away(provisioner)
    assert provisioning.refill(provisioner, 9) == 9
    query = "select count(*) from control.blank_schemas group by xmin::text"
    assert sorted(row[0] for row in provisioner.execute(query)) == [1, provisioning.BATCH, provisioning.BATCH]


def test_the_fact_is_the_one_that_capabilities_hear_of():
    assert name_of(TenantOpened) == wishes.OPENED
