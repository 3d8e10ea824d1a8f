"""A tenant's share of this process: so many requests at a time, so many a second. Who comes beyond it waits or is put off.

A process has few threads. Those that one tenant's flood holds are taken from everybody, so it may never hold them all: a few
may work and a few may wait for them, as the colleagues of somebody whose report takes a second do. And as cores are fewer
than threads, pages a second are counted, too. Assets and signs of life are nobody's and always served.
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
PATIENCE = 3.0  # seconds that one waits for its turn
BURST = 2.0  # seconds' worth of pages that may come at once
MOST = 20_000  # tenants remembered
NOBODYS = ("/assets/", "/healthz", "/readyz")


class Shares:
    """Counts what each tenant has in this process; any number of threads may ask."""

    def __init__(self, at_once: int, per_second: float, may_wait: int = 0) -> None:
        """Take how many requests at a time and a second, 0 is no limit; and how many more may wait for one to end."""
        self.at_once, self.per_second, self.may_wait = at_once, per_second, may_wait
        self.busy: dict[UUID, int] = defaultdict(int)
        self.waiting: dict[UUID, int] = defaultdict(int)
        self.seen: dict[UUID, tuple[float, float]] = {}
        self.turn = Condition()

    def take(self, tenant: UUID) -> str:
        """Let a request in, at its turn, and return ""; or return why it is put off: `at_once` or `per_second`."""
        with self.turn:
            if not self._has_room(tenant) and not self._waits(tenant):
                return "at_once"
            if self.per_second and not self._pays(tenant):
                return "per_second"
            self.busy[tenant] += 1
            return ""

    def leave(self, tenant: UUID) -> None:
        """Let the next one in."""
        with self.turn:
            self.busy[tenant] -= 1
            if not self.busy[tenant]:
                del self.busy[tenant]
            self.turn.notify_all()  # those of all tenants wait here, and each looks for its own

    def _has_room(self, tenant: UUID) -> bool:
        return not self.at_once or self.busy.get(tenant, 0) < self.at_once

    def _waits(self, tenant: UUID) -> bool:
        """Wait for a turn, unless enough wait already; return whether it came."""
        if self.waiting[tenant] >= self.may_wait:
            return False
        self.waiting[tenant] += 1
        came = self.turn.wait_for(lambda: self._has_room(tenant), PATIENCE)
        self.waiting[tenant] -= 1
        if not self.waiting[tenant]:
            del self.waiting[tenant]
        return came

    def _pays(self, tenant: UUID) -> bool:
        """Take one from what has gathered since, at most BURST seconds' worth; or leave it, where there is less than one."""
        now, most = time.monotonic(), self.per_second * BURST
        had, at = self.seen.get(tenant, (most, now))
        has = min(most, had + (now - at) * self.per_second)
        if len(self.seen) > MOST:
            self.seen.clear()
        self.seen[tenant] = (has - 1 if has >= 1 else has, now)
        return has >= 1


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
        try:
            return Served(self.wsgi_app(environ, start_response), partial(self.shares.leave, tenant))
        except BaseException:
            self.shares.leave(tenant)
            raise
