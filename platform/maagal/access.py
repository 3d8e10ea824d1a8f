"""One line for each request, and an id that finds everything it caused; of the reader neither address, path nor query."""

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

import structlog
from flask import Flask, request

from maagal.counters import LATENCY, REQUESTS
from maagal.ids import new_id
from maagal.logs import log
from maagal.tenancy import WsgiApp

ASKED = "maagal.asked"  # where the request's environment holds what the line will say
HEADER = "X-Request-ID"
WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}\Z")  # of nginx, Caddy, Envoy: hexadecimal, UUIDs and the like
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})


@dataclass
class Asked:
    """What is known of a request by the time it is answered; nobody's name, no path: an endpoint's name tells enough."""

    started: float
    method: str
    endpoint: str = "-"
    tenant: UUID | None = None
    status: int = 500

    def written(self) -> None:
        """Write the line and count."""
        seconds = time.perf_counter() - self.started
        told: dict[str, Any] = {"tenant": str(self.tenant)} if self.tenant else {}
        log.info("asked", method=self.method, endpoint=self.endpoint, status=self.status, ms=round(seconds * 1000, 1), **told)
        REQUESTS.labels(self.endpoint, self.method, f"{self.status // 100}xx").inc()
        LATENCY.labels(self.endpoint).observe(seconds)


class Served:
    """An answer on its way, and what is to be done when its last byte has gone or nobody wants it any more.

    Whoever is cut off in the middle may never be closed by the server; what is forgotten is closed all the same.
    """

    def __init__(self, body: Iterable[bytes], ended: Callable[[], None]) -> None:
        """Take the answer and what follows it; that is done once."""
        self.body, self.ended, self.is_open = body, ended, True
        self.rest = iter(body)

    def __iter__(self) -> Self:
        """It is its own iterator, as servers want it."""
        return self

    def __next__(self) -> bytes:
        """Return the next part."""
        return next(self.rest)

    def close(self) -> None:
        """End it."""
        if self.is_open:
            self.is_open = False
            try:
                getattr(self.body, "close", lambda: None)()
            finally:
                self.ended()

    def __del__(self) -> None:
        """End what nobody ended."""
        self.close()


class Access:
    """Stands before everything else, so that what is refused early has its line, too."""

    def __init__(self, wsgi_app: WsgiApp, *, behind_a_proxy: bool) -> None:
        """Take the application, and whether a proxy of ours stands before it, whose ids are believed."""
        self.wsgi_app, self.behind_a_proxy = wsgi_app, behind_a_proxy

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Serve a request under its id; the line is written when the last byte has gone."""
        method = environ.get("REQUEST_METHOD", "")
        asked = Asked(time.perf_counter(), method if method in METHODS else "other")
        request_id = self._id_of(environ)
        environ[ASKED] = asked
        structlog.contextvars.clear_contextvars()  # a thread serves one request after the other
        structlog.contextvars.bind_contextvars(request=request_id)

        def start(status: str, headers: list[tuple[str, str]], *why: Any) -> Any:
            asked.status = int(status[:3])
            return start_response(status, [*headers, (HEADER, request_id)], *why)

        try:
            return Served(self.wsgi_app(environ, start), asked.written)
        except BaseException:
            asked.written()
            raise

    def _id_of(self, environ: dict[str, Any]) -> str:
        given = environ.get("HTTP_X_REQUEST_ID", "") if self.behind_a_proxy else ""
        return given if WELL_FORMED.match(given) else new_id().hex


def init_access(app: Flask) -> None:
    """Let the line name the endpoint."""
    app.before_request(note_endpoint)


def note_endpoint() -> None:
    """Note which endpoint was asked for; nothing where the address leads nowhere."""
    asked = request.environ.get(ASKED)
    if asked is not None:
        asked.endpoint = request.endpoint or "-"
