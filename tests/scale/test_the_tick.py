"""A tick of the scheduler asks as much with three hundred idle tenants as with ten."""

from collections import Counter
from uuid import UUID

import psycopg
import pytest
from flask import current_app

from maagal import activity, app, clock, control, due, register, relay, tasks
from maagal.db import commit, db, within
from maagal.events import later
from maagal.tenancy import entered

IDLE = """
with made as (
  insert into control.tenants (id, slug, schema_name, name, kind, locale, timezone, revision)
  select gen_random_uuid(), 'idle-' || n, 'idle_' || n, 'x', 'public', 'he', 'Asia/Jerusalem', '0000'
  from generate_series(%s::int, %s::int) n returning id),
swept as (insert into control.sweeps select id, now() + interval '1 day', '-infinity' from made)
insert into control.due (tenant_id, what, at) select id, 'outbox', now() + interval '10 days' from made
"""  # rows alone: whoever looked into one of them would find no schema, and this test fails
SCHEDULED = sorted({*app.BEAT})


@pytest.fixture
def idle(administrator, oak_and_elm, monkeypatch):
    """Return a way to have so many idle tenants more; the sweep looks at oak and elm whatever they did, and at nobody else."""
    monkeypatch.setattr(relay, "SWEPT_BESIDES", 2)
    monkeypatch.setattr(register, "FRESH", 1e9)  # what is asked by the clock is asked on neither side
    administrator.execute("update control.sweeps set wanted_at = '-infinity', swept_at = now() + interval '1 hour'")
    for tenant in oak_and_elm:
        administrator.execute("update control.sweeps set swept_at = now() where tenant_id = %s", [tenant.id])
    made = [0]

    def more(number):
        administrator.execute(IDLE, [made[0] + 1, made[0] + number])
        made[0] += number

    yield more
    of_theirs = "tenant_id in (select id from control.tenants where slug like 'idle-%')"
    for table, which in (("due", of_theirs), ("sweeps", of_theirs), ("tenants", "slug like 'idle-%'")):
        administrator.execute(f"delete from control.{table} where {which}")


@pytest.fixture
def asked(monkeypatch):
    """Count the statements that are sent, whichever way: everything passes psycopg's cursor, transactions its connection."""
    sent = Counter()
    for kind in (psycopg.Cursor, psycopg.Connection):
        plain = kind.execute

        def counting(self, statement, *rest, plain=plain, **named):
            sent["statements"] += 1
            return plain(self, statement, *rest, **named)

        monkeypatch.setattr(kind, "execute", counting)
    return sent


def once(task, sent):
    sent.clear()
    with entered(None):
        current_app.extensions["celery"].tasks[task].apply(throw=True)
    return sent["statements"]


def test_every_scheduled_task_is_among_those_that_are_counted_here(context):
    assert sorted(current_app.extensions["celery"].conf.beat_schedule) == SCHEDULED


@pytest.mark.parametrize("task", SCHEDULED)
def test_a_scheduled_task_asks_the_same_with_ten_and_with_three_hundred(task, idle, asked, monkeypatch):
    monkeypatch.setattr(tasks.count, "apply_async", lambda **_options: None)
    idle(10)
    once(task, asked)  # what is asked once a process: versions, types
    few = once(task, asked)
    idle(290)
    assert once(task, asked) == few


def test_the_relay_asks_the_same(idle, asked):
    idle(10)
    with entered(None):
        relay.turn(lambda *_batch: None)
        asked.clear()
        relay.turn(lambda *_batch: None)
        few = asked["statements"]
        idle(290)
        asked.clear()
        relay.turn(lambda *_batch: None)
    assert asked["statements"] == few == 1


@pytest.mark.parametrize(("statement", "values"), [(activity.NEXT, (200, 5)), ("select max(swept_at) from control.sweeps", ())])
def test_the_sweep_finds_whom_to_look_at_without_reading_the_others(idle, administrator, statement, values):
    idle(3000)
    administrator.execute("analyze control.sweeps")
    plan = "\n".join(row[0] for row in administrator.execute(f"explain {statement}", values))
    assert "Seq Scan" not in plan
    assert "Index" in plan


def test_whoever_did_something_is_looked_at_before_whoever_is_idle(oak, administrator):
    administrator.execute("update control.sweeps set wanted_at = '-infinity'")
    assert oak.id not in first()
    later("floor.trial", clock.now())
    commit()
    assert oak.id in first()
    with entered(None):
        relay.sweep()
    assert oak.id in first(), "what was committed while it was looked at is found by the next look"
    administrator.execute("update control.sweeps set wanted_at = now() - interval '1 second', swept_at = now()")
    assert oak.id not in first()


def first() -> list[UUID]:
    return activity.next_to_see(200, 0)


def test_activity_is_told_before_the_commit_and_once_a_minute(oak, administrator, monkeypatch):
    told = []
    monkeypatch.setattr(control, "run", lambda statement, _values: told.append(statement))
    for _ in range(3):
        later("floor.trial", clock.now())
        commit()
    assert told == [activity.NOTE, due.UPSERT, due.UPSERT, due.UPSERT]


def test_a_refused_note_of_activity_loses_nothing(oak, administrator, monkeypatch):
    def away(*_told):
        raise OSError

    monkeypatch.setattr(activity.control, "run", away)
    later("floor.trial", clock.now())
    commit()
    db.session.remove()
    with entered(None), within(oak):
        assert db.session.scalar(db.text("select count(*) from outbox")) == 1
