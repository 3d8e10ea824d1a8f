"""A tenant's share of this process: so many requests at a time, so much of a thread's time. Who has had it is put off at once.

A process has few threads. Those that one tenant's flood holds are taken from everybody, so it may never hold them all; and
as cores are fewer than threads, time is counted, too: seconds, not pages, because on a busy machine each page takes more of
them, and then everybody has to be content with fewer. Assets and signs of life are nobody's and always served.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial
from threading import Lock
from typing import Any
from uuid import UUID

from maagal.access import ASKED, Served
from maagal.counters import BUSY
from maagal.tenancy import WsgiApp

PUT_OFF = "maagal.put_off"  # set in the environment of a request that is to be answered with a page of refusal
STORE = 1.0  # seconds that gather at most: a hundred pages at once, after a mail to everybody
DEAREST = 0.5  # seconds that one request costs at most: whoever uploads by a slow phone takes nobody's time
MOST = 20_000  # tenants remembered
NOBODYS = ("/assets/", "/healthz", "/readyz")


class Shares:
    """Counts what each tenant has in this process; any number of threads may ask."""

    def __init__(self, at_once: int, of_a_thread: float) -> None:
        """Take how many requests at a time, and how many seconds of a thread a second; 0 is no limit."""
        self.at_once, self.of_a_thread = at_once, of_a_thread
        self.busy: dict[UUID, int] = defaultdict(int)
        self.seen: dict[UUID, tuple[float, float]] = {}
        self.lock = Lock()

    def take(self, tenant: UUID) -> str:
        """Let a request in and return ""; or return why it is put off: `at_once` or `time`."""
        with self.lock:
            if self.at_once and self.busy[tenant] >= self.at_once:
                return "at_once"
            if self.of_a_thread and self._has(tenant) <= 0:
                return "time"
            self.busy[tenant] += 1
            return ""

    def leave(self, tenant: UUID, seconds: float) -> None:
        """Let the next one in; it took so many seconds."""
        with self.lock:
            if self.of_a_thread:
                self.seen[tenant] = (self._has(tenant) - min(seconds, DEAREST), time.monotonic())
            self.busy[tenant] -= 1
            if not self.busy[tenant]:
                del self.busy[tenant]

    def _has(self, tenant: UUID) -> float:
        """Return the seconds that a tenant has left; those of a moment ago, and what has gathered since."""
        if len(self.seen) > MOST:
            self.seen.clear()
        now = time.monotonic()
        had, at = self.seen.get(tenant, (STORE, now))
        return min(STORE, had + (now - at) * self.of_a_thread)


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
        if why := self.shares.take(tenant):
            BUSY.labels(why).inc()
            environ[PUT_OFF] = why
            return self.wsgi_app(environ, start_response)
        started = time.monotonic()
        try:
            return Served(self.wsgi_app(environ, start_response), partial(self._ended, tenant, started))
        except BaseException:
            self._ended(tenant, started)
            raise

    def _ended(self, tenant: UUID, started: float) -> None:
        self.shares.leave(tenant, time.monotonic() - started)
