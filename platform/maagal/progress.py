"""Does a worker get on? Each notes in Valkey when it begins and ends something; whoever watches compares that with what waits.

A process that lives and does nothing is told so apart from one whose every attempt fails: an attempt is movement, too.
Whether a main loop turns is another question (alive.py): it turns also while the worker's children hang, a health check asks
it every few seconds and may import nothing for it, and it must be well while Valkey is away.
"""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from redis import Redis, RedisError

from maagal import clock, scopes
from maagal.config import settings
from maagal.queues import QUEUES

KEPT = 86_400  # seconds a note is kept; who is older is forgotten, and one that starts is given its time anew
LONGEST_PATIENCE = 3_600.0  # seconds
FRESH = 1.0  # seconds until a process notes again: the relay turns ten times a second, a worker ends as many tasks
_noted: dict[str, float] = {}


class Sign(NamedTuple):
    """How many messages wait for a worker, and what it noted last: another note, whichever, is movement."""

    waiting: int
    note: str


def moved(worker: str) -> None:
    """Note that a worker began or ended something, if not just noted; Valkey may be away, then nobody can be watched."""
    if time.monotonic() - _noted.get(worker, float("-inf")) < FRESH:
        return
    _noted[worker] = time.monotonic()
    with suppress(RedisError):
        _client(settings().redis_url).set(_key(worker), clock.now().isoformat(), ex=KEPT)


def sign_of(redis_url: str, worker: str, queues: Sequence[str]) -> Sign | None:
    """Return a worker's sign; one without queues should always move. None where Valkey does not answer."""
    try:
        with _client(redis_url).pipeline(transaction=False) as asked:
            asked.get(_key(worker))
            for queue in queues:
                asked.llen(queue)
            note, *lengths = asked.execute()
    except RedisError:
        return None
    return Sign(sum(lengths) if queues else 1, (note or b"").decode())


def messages(redis_url: str) -> dict[str, int] | None:
    """Return how many messages lie in each of Celery's queues; None while Valkey is away."""
    try:
        with _client(redis_url).pipeline(transaction=False) as asked:
            for queue in QUEUES:
                asked.llen(queue)
            return dict(zip(QUEUES, asked.execute(), strict=True))
    except RedisError:
        return None


def is_moving(sign: Sign | None, within: float) -> bool:
    """Whether a worker noted something in the last seconds, or nothing waits for it; who cannot be seen is believed."""
    if sign is None or not sign.waiting or not sign.note:
        return True
    return (clock.now() - datetime.fromisoformat(sign.note)).total_seconds() < within


@dataclass
class Watch:
    """Watches one worker; `patience` is for how many seconds something may wait for it while it does not move."""

    patience: float
    note: str = ""
    since: float | None = None
    restarts: int = 0

    def is_stuck(self, sign: Sign | None, now: float) -> bool:
        """Whether something has waited all the time and nothing moved; `now` is in seconds of any clock that only grows."""
        if sign is None or not sign.waiting or sign.note != self.note:
            if sign is not None and sign.note != self.note:
                self.restarts = 0
            self.note, self.since = sign.note if sign else self.note, None
            return False
        self.since = now if self.since is None else self.since
        return now - self.since > min(self.patience * float(2**self.restarts), LONGEST_PATIENCE)

    def begin_again(self) -> None:
        """Give one that was started again its time, twice as much as before while that does not help."""
        self.since, self.restarts = None, self.restarts + 1


@cache
def _client(redis_url: str) -> Any:
    return Redis.from_url(redis_url, socket_timeout=1, socket_connect_timeout=1)


def _key(worker: str) -> str:
    return scopes.key("moved", worker, scope=scopes.CONTROL)
