"""Is the house ready? Each check is a word that a stranger may read: no number, no name, no address, nothing of a tenant.

A connection of its own is asked, with time-outs of its own, so that neither an exhausted pool nor a server that hangs
holds the answer. It is believed for a second: whoever asks without end costs no more than one who asks each second.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, LiteralString

import psycopg
from redis import Redis, RedisError
from sqlalchemy.engine import make_url

from maagal import clock, migrate
from maagal.bootstrap import plain
from maagal.config import settings

CHECKS = ("database", "valkey", "revisions", "work")
OK, BAD, UNKNOWN = "ok", "bad", "unknown"
LATE = timedelta(minutes=3)  # what is done is seen to be done within a minute, a lease ends within another
BELIEVED = 1.0  # seconds
CONNECT, ANSWER = 2, 0.7  # seconds; libpq waits for at least two
BEHIND = "select exists (select from control.tenants where revision = any(%s))"
LATEST = "select min(least(at, oldest)) from control.due where what = 'outbox'"


@dataclass
class Readiness:
    """The last answers of this process, name of the check -> OK, BAD or UNKNOWN."""

    answers: dict[str, str] = field(default_factory=dict)
    at: float = float("-inf")
    lock: Lock = field(default_factory=Lock)

    def now(self) -> dict[str, str]:
        """Return the answers, asked for at most a second ago."""
        with self.lock:
            if time.monotonic() - self.at > BELIEVED:
                self.answers = of_the_database() | {"valkey": of_valkey()}
                self.at = time.monotonic()
            return {name: self.answers[name] for name in CHECKS}


def of_the_database() -> dict[str, str]:
    """Ask the database, and it about all tenants and their work; no tenant is entered."""
    found = dict.fromkeys(("database", "revisions", "work"), UNKNOWN)
    options = f"-c statement_timeout={int(ANSWER * 1000)}"
    try:
        address = plain(make_url(settings().app_url))
        with psycopg.connect(address, autocommit=True, connect_timeout=CONNECT, options=options) as connection:
            found["database"] = OK
            found["revisions"] = _word(not _one(connection, BEHIND, [list(migrate.earlier("tenant"))]))
            found["work"] = _word(waited(_one(connection, LATEST)) < LATE)
    except psycopg.Error:
        found["database"] = BAD
    return found


def waited(oldest: datetime | None) -> timedelta:
    """Return how long the oldest work that is due waits; nothing where none does."""
    return max(timedelta(0), clock.now() - oldest) if oldest else timedelta(0)


def of_valkey() -> str:
    """Ask Valkey."""
    try:
        with Redis.from_url(settings().redis_url, socket_timeout=ANSWER, socket_connect_timeout=ANSWER) as valkey:
            return _word(valkey.ping())
    except RedisError:
        return BAD


def _one(connection: psycopg.Connection, query: LiteralString, values: list[list[str]] | None = None) -> Any:
    row = connection.execute(query, values).fetchone()
    return row[0] if row else None


def _word(is_well: object) -> str:
    return OK if is_well else BAD
