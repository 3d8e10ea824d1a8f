"""A tenant's share of this process: so many requests at a time and, while others are here, so much of a thread's time.

A process has few threads. Those that one tenant's flood holds are taken from everybody, so it may never hold them all: some
work, a few wait for their turn, the rest is put off at once. As cores are fewer than threads, time is counted, too: seconds,
not pages, because on a busy machine each page takes more of them. Time that nobody else wants costs nothing: whoever asks
one thing after the other is never put off, at most slowed down. Assets and signs of life are nobody's and always served.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from threading import Condition
from typing import Any
from uuid import UUID

from maagal.access import ASKED, Served
from maagal.counters import BUSY
from maagal.tenancy import WsgiApp

PUT_OFF = "maagal.put_off"  # set in the environment of a request that is to be answered with a page of refusal
STORE = 1.0  # seconds that gather at most: a hundred pages at once, after a mail to everybody
DEAREST = 0.5  # seconds that one request costs at most: whoever uploads by a slow phone takes nobody's time
TOGETHER = 10.0  # seconds after which whoever asked last is no neighbour any more
PATIENCE = 3.0  # seconds that a request waits for its turn
LOOK = 0.05  # seconds between two looks at whether time has gathered
MOST = 20_000  # tenants remembered
NOBODYS = ("/assets/", "/healthz", "/readyz")


class Shares:
    """Counts what each tenant has in this process; any number of threads may ask."""

    def __init__(self, at_once: int, of_a_thread: float, may_wait: int = 0) -> None:
        """Take how many requests at a time, how many seconds of a thread a second (0: no limit), how many more may wait."""
        self.at_once, self.of_a_thread, self.may_wait = at_once, of_a_thread, may_wait
        self.busy: dict[UUID, int] = defaultdict(int)
        self.waiting: dict[UUID, int] = defaultdict(int)
        self.left: dict[UUID, tuple[float, float]] = {}
        self.neighbours = Neighbours()
        self.turn = Condition()

    def take(self, tenant: UUID) -> bool:
        """Let a request in, when it is its turn; False where enough wait already, or its turn does not come."""
        with self.turn:
            self.neighbours.here(tenant)
            if not self._may(tenant) and not self._waits(tenant):
                return False
            self.busy[tenant] += 1
            return True

    def leave(self, tenant: UUID, seconds: float) -> None:
        """Let the next one in; it took so many seconds."""
        with self.turn:
            if self.of_a_thread and self.neighbours.has(tenant):
                self.left[tenant] = (self._seconds_left(tenant) - min(seconds, DEAREST), time.monotonic())
            _less(self.busy, tenant)
            self.turn.notify_all()  # those of all tenants wait here, and each looks for its own

    def _may(self, tenant: UUID) -> bool:
        if self.at_once and self.busy.get(tenant, 0) >= self.at_once:
            return False
        return not self.of_a_thread or not self.neighbours.has(tenant) or self._seconds_left(tenant) > 0

    def _waits(self, tenant: UUID) -> bool:
        """Wait for a turn, unless enough do already; return whether it came."""
        if self.waiting.get(tenant, 0) >= self.may_wait:
            return False
        self.waiting[tenant] += 1
        until = time.monotonic() + PATIENCE
        while not (came := self._may(tenant)) and time.monotonic() < until:
            self.turn.wait(LOOK)
        _less(self.waiting, tenant)
        return came

    def _seconds_left(self, tenant: UUID) -> float:
        """Return the seconds that a tenant has left; those of a moment ago, and what has gathered since."""
        if len(self.left) > MOST:
            self.left.clear()
        now = time.monotonic()
        had, at = self.left.get(tenant, (STORE, now))
        return min(STORE, had + (now - at) * self.of_a_thread)


class Neighbours:
    """Remembers the two tenants that asked last, so that each can be told whether another is here."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self.last: tuple[UUID | None, float] = (None, float("-inf"))
        self.before: float = float("-inf")

    def here(self, tenant: UUID) -> None:
        """Note that a tenant asks."""
        if self.last[0] != tenant:
            self.before = self.last[1]
        self.last = (tenant, time.monotonic())

    def has(self, tenant: UUID) -> bool:
        """Whether another asked lately."""
        others = self.before if self.last[0] == tenant else self.last[1]
        return time.monotonic() - others < TOGETHER


class FairShares:
    """Gives each tenant no more than its share of the application within."""

    def __init__(self, wsgi_app: WsgiApp, tenant_of: Callable[[dict[str, Any]], UUID | None], shares: Shares) -> None:
        """Take the application, and how to find the tenant that a request is for."""
        self.wsgi_app, self.tenant_of, self.shares = wsgi_app, tenant_of, shares

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Serve a request, or let it be refused before it reads a body or asks the database."""
        tenant = None if environ.get("PATH_INFO", "").startswith(NOBODYS) else self.tenant_of(environ)
        if tenant is None:
            return self.wsgi_app(environ, start_response)
        environ[ASKED].tenant = tenant
        if not self.shares.take(tenant):
            BUSY.inc()
            environ[PUT_OFF] = True
            return self.wsgi_app(environ, start_response)
        started = time.monotonic()
        try:
            return Served(self.wsgi_app(environ, start_response), partial(self._ended, tenant, started))
        except BaseException:
            self._ended(tenant, started)
            raise

    def _ended(self, tenant: UUID, started: float) -> None:
        self.shares.leave(tenant, time.monotonic() - started)


def _less(counted: dict[UUID, int], tenant: UUID) -> None:
    counted[tenant] -= 1
    if not counted[tenant]:
        del counted[tenant]
