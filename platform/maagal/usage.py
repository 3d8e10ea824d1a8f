"""How much there is of things in a tenant, counted by its own worker for the platform's operators: numbers, no content."""

from collections import Counter
from pathlib import Path

from flask import current_app
from psycopg.types.json import Jsonb
from sqlalchemy import func, select

from maagal import clock, control, scopes, tenancy
from maagal.db import db
from maagal.events import OPEN_STATES, Outbox

KEEP = """
insert into control.usage (tenant_id, counted_at, people, pairs, mails, bytes, waiting, failed)
values (%s, %s, %s, %s, %s, %s, %s, %s)
on conflict (tenant_id) do update set counted_at = excluded.counted_at, people = excluded.people, pairs = excluded.pairs,
  mails = excluded.mails, bytes = excluded.bytes, waiting = excluded.waiting, failed = excluded.failed
"""


def counted() -> Counter[str]:
    """Return what capabilities count in the current tenant, by name: people, pairs, bytes."""
    found: Counter[str] = Counter()
    for count in current_app.extensions["house"].slot("usage"):
        found.update(count())
    return found


def bytes_held() -> int:
    """Return the bytes the current tenant holds: what capabilities keep, and its files."""
    return _held(counted())


def room_for(number: int) -> bool:
    """Whether as many bytes may be added within the current tenant's limit."""
    most = tenancy.current().most_bytes
    return most is None or bytes_held() + number <= most


def keep() -> None:
    """Count, and write the numbers where operators read them."""
    numbers, now = counted(), clock.now()
    waiting = db.session.scalar(
        select(func.count()).where(Outbox.state.in_(OPEN_STATES), Outbox.due_at <= now).select_from(Outbox)
    )
    mails = db.session.scalar(select(func.count()).where(Outbox.kind == "mail", Outbox.state == "done").select_from(Outbox))
    told = (tenancy.current().id, now, numbers["people"], numbers["pairs"], mails, _held(numbers), waiting, Jsonb(_failed()))
    db.session.rollback()
    control.run(KEEP, told)


def _held(numbers: Counter[str]) -> int:
    return numbers["bytes"] + _bytes_of_files(scopes.file_path())


def _failed() -> dict[str, int]:
    """Return how often each kind of work was given up."""
    given_up = select(Outbox.name, func.count().label("number")).where(Outbox.state == "failed").group_by(Outbox.name)
    return {row.name: row.number for row in db.session.execute(given_up)}


def _bytes_of_files(folder: Path) -> int:
    """Add up the files in a folder; one that goes away meanwhile is not counted."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue
    return total
