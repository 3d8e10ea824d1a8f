"""What a scheduler's tick costs: the relay's look, the sweep and the look for wishes, as beat and relay have them done."""

from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

import psycopg
from backends import cpu_seconds
from crowd import administrator, crowd
from figure import Figure
from world import house

from maagal import relay, tasks, tenancy

PAIRS, TICKS, FEW, MANY = 7, 40, 10, 10_000
IDLE = """
with made as (
  insert into control.tenants (id, slug, schema_name, name, kind, locale, timezone, revision)
  select gen_random_uuid(), 'idle-' || n, 'idle_' || n, 'x', 'public', 'he', 'Asia/Jerusalem', 'x'
  from generate_series(1, %s) n returning id),
kept as (insert into control.sweeps select id, now() + interval '1 day', '-infinity' from made)
insert into control.due (tenant_id, what, at) select id, 'outbox', now() + interval '10 days' from made
"""  # their next report is due in ten days; they lie behind the real ones, into which the sweep looks whatever they did
GONE = (
  "delete from control.due where tenant_id in (select id from control.tenants where slug like 'idle-%')",
  "delete from control.sweeps where tenant_id in (select id from control.tenants where slug like 'idle-%')",
  "delete from control.tenants where slug like 'idle-%'",
)
KNOWN = "insert into control.sweeps (tenant_id, swept_at) select id, '-infinity' from control.tenants on conflict do nothing"
ALL_IDLE = "update control.sweeps set wanted_at = '-infinity'"
SETTLED = "vacuum (analyze) control.tenants, control.due, control.sweeps"


def tick_idle_10000() -> Figure:
    """Tick with ten thousand idle tenants, rows of the register nearly all, over the same with ten; CPU of both sides."""
    with house():
        crowd(FEW)
        few, many = zip(*(_pair() for _ in range(PAIRS)), strict=True)
    return Figure("tick_idle_10000", median(many) * 1e3, "ms", median(many) / median(few), f"with {FEW}, CPU")


def tick() -> float:
    """Return the CPU seconds of a tick while everybody is idle."""
    with administrator() as connection:
        _nothing_left_to_do(connection)
        connection.execute(KNOWN)  # as if each had been opened by a wish, and had done something since
        connection.execute(ALL_IDLE)
        _tick()
        before = cpu_seconds(connection)
        for _ in range(TICKS):
            _tick()
        return (cpu_seconds(connection) - before) / TICKS


def _nothing_left_to_do(connection: psycopg.Connection) -> None:
    """Drop what requests asked for: no worker runs here, and who has work waiting is not idle."""
    for (schema,) in connection.execute("select schema_name from control.tenants where slug not like 'idle-%'").fetchall():
        connection.execute(f"delete from {schema}.outbox where state in ('pending', 'handed', 'claimed')")
    connection.execute("delete from control.due where at < now() + interval '1 day'")


def _pair() -> tuple[float, float]:
    few = tick()
    with administrator() as connection, _idle(connection):
        return few, tick()


@contextmanager
def _idle(connection: psycopg.Connection) -> Iterator[None]:
    connection.execute(IDLE, [MANY - FEW])
    connection.execute(SETTLED)
    try:
        yield
    finally:
        for statement in GONE:
            connection.execute(statement)
        connection.execute(SETTLED)


def _tick() -> None:
    with tenancy.entered(None):
        relay.turn(tasks.send)
        tasks.sweep()
        tasks.carry_out()
