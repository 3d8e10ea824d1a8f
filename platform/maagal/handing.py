"""What the relay hands over out of the current tenant: what is ripe, the oldest first, within the tenant's share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, select, text

from maagal import clock
from maagal.config import settings
from maagal.db import db
from maagal.events import Outbox
from maagal.queues import LANES, within_share

HANDED = timedelta(seconds=60)
OPEN = "state in ('pending', 'handed', 'claimed')"
LOOK = text(f"""
select queue, count(*) filter (where due_at <= :now), count(*) filter (where due_at > :now and state <> 'pending'),
  min(case when state = 'pending' then due_at else coalesce(ripe_at, due_at) end)
    filter (where due_at <= :now or state <> 'pending')
from outbox where {OPEN} and due_at <= :until group by queue
""")  # noqa: S608  a constant of ours; `until` lets the index leave out what waits for another day
TAKE = text(f"""
with oldest as (
  select queue from outbox where {OPEN} and due_at <= :now and queue = any(:lane) order by due_at limit 1),
ripe as (
  select id from outbox where {OPEN} and due_at <= :now and queue = (select queue from oldest)
  order by due_at limit :most for update skip locked)
update outbox o set state = 'handed', due_at = :until, ripe_at = case when state = 'pending' then due_at else ripe_at end
from ripe where o.id = ripe.id returning o.id, o.queue
""")  # noqa: S608  one queue of a lane at a time: rows of two would be two messages, and hold two processes


class Waits(NamedTuple):
    """What waits on one queue of a tenant: rows that are ripe, rows that are leased, the hour of the oldest of both."""

    queue: str
    ripe: int
    leased: int
    oldest: datetime | None


@dataclass(frozen=True)
class Handed:
    """The rows handed over, each with its queue; when to look again; what waits, rows just handed among the leased."""

    rows: Sequence[tuple[UUID, str]]
    next_at: datetime | None
    waits: Sequence[Waits]

    @property
    def oldest(self) -> datetime | None:
        """The hour of the oldest row that nobody has finished."""
        return min((each.oldest for each in self.waits if each.oldest), default=None)


def hand_over() -> Handed:
    """Mark as handed what is ripe, as much of each lane as the tenant's share allows, and say what still waits."""
    now = clock.now()
    waits = _look(now)
    rows = [row for lane in LANES for row in _take(lane, [each for each in waits if each.queue in lane], now)]
    next_at = db.session.scalar(next_hour())
    if next_at is not None:
        next_at = max(next_at, now)  # whoever has had its share goes behind those who wait for theirs
    return Handed(rows, next_at, _look(now) if rows else waits)


def next_hour() -> Select[datetime | None]:
    """Select the earliest hour at which somebody must look into the current tenant."""
    return select(func.min(Outbox.due_at)).where(text(OPEN))


def _look(now: datetime) -> list[Waits]:
    found = [Waits(*row) for row in db.session.execute(LOOK, {"now": now, "until": now + HANDED})]
    return [each for each in found if each.ripe or each.leased]


def _take(lane: Sequence[str], waits: Sequence[Waits], now: datetime) -> list[tuple[UUID, str]]:
    most = within_share(sum(each.leased for each in waits), settings().tenant_batches)
    if not most or not any(each.ripe for each in waits):
        return []
    values = {"lane": list(lane), "now": now, "until": now + HANDED, "most": most}
    return [(row.id, row.queue) for row in db.session.execute(TAKE, values)]
