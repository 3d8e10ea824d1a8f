"""What a reverse proxy may tell us, and that everything goes over TLS where the house is said to.

Exactly MAAGAL_TRUSTED_HOPS proxies stand before us. The address of whoever asks is what the outermost of them saw: the
last but so many of X-Forwarded-For, and further entries are a stranger's words. Whether it was TLS is said by the nearest.
The host is the request's own; no header replaces it.
"""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, abort, redirect, request
from werkzeug.middleware.proxy_fix import ProxyFix

from maagal import register
from maagal.addresses import console_host, host_of, is_console
from maagal.config import Settings, settings
from maagal.headers import SAFE
from maagal.tenancy import WsgiApp

PLAIN = frozenset({"health", "certificates"})  # blueprints that the machine's own programs ask, without TLS
TWO_YEARS = 63_072_000  # seconds; hstspreload.org's own advice


def guarded(wsgi_app: WsgiApp, told: Settings) -> WsgiApp:
    """Return the application behind the proxies that it is told of."""
    strict = StrictTransport(wsgi_app, told) if told.is_https else wsgi_app
    hops = told.trusted_hops
    if not hops:
        return strict
    return ProxyFix(strict, x_for=hops, x_proto=1, x_host=0, x_port=0, x_prefix=0)


class StrictTransport:
    """Tells browsers, with whatever is answered over TLS, to come by TLS alone from now on."""

    def __init__(self, wsgi_app: WsgiApp, told: Settings) -> None:
        """Take the application and the house's own host."""
        self.wsgi_app, self.base = wsgi_app, told.base_host

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Serve a request; over plain HTTP the header would be void (RFC 6797, 7.2)."""
        if environ.get("wsgi.url_scheme") != "https":
            return self.wsgi_app(environ, start_response)
        told = ("Strict-Transport-Security", self._policy(environ.get("HTTP_HOST", "")))

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start_response(status, [*headers, told], *rest)

        return self.wsgi_app(environ, start)

    def _policy(self, netloc: str) -> str:
        """Speak for hosts below only where they are ours: beneath an organisation's own host there may be other things."""
        host = host_of(netloc)
        ours = host == self.base or host.endswith(f".{self.base}")
        return f"max-age={TWO_YEARS}; includeSubDomains" if ours else f"max-age={TWO_YEARS}"


def init_transport(app: Flask) -> None:
    """Ask of every request that it came by TLS, before anything else is done with it."""
    app.before_request(insist_on_tls)


def insist_on_tls() -> None:
    """Send a reader to the address as it is stored; what was posted in the clear is refused, not asked for again."""
    if not settings().is_https or request.is_secure or request.blueprint in PLAIN:
        return
    if request.method not in SAFE:
        abort(400)
    where = _stored_address() or abort(404)
    abort(redirect(f"{where}{request.full_path.rstrip('?')}", 308))


def _stored_address() -> str | None:
    """Return the address of whoever answers at the request's host, None where nobody does."""
    if is_console(request):
        return f"https://{console_host()}{settings().port_suffix}"
    host = host_of(request.host)
    return f"https://{host}{settings().port_suffix}" if register.by_host(host) else None
