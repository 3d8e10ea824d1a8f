"""Whose house are we in? One context variable, without a default, answers for requests, tasks and commands alike."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

PREFIX = "/c/"
SLUG_KEY = "maagal.slug"
MOST_REMEMBERED = 20_000  # tenants a process keeps anything of in memory; with more it forgets all and asks anew


@dataclass(frozen=True)
class Tenant:
    """What every floor may know of a tenant without asking the database."""

    id: UUID
    slug: str
    schema: str
    name: str
    kind: str = "public"
    host: str | None = None
    locale: str = "he"
    timezone: str = "Asia/Jerusalem"
    capabilities: frozenset[str] = frozenset()
    state: str = "open"
    revision: str = ""
    is_demo: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False)
    most_people: int | None = None  # no limit
    most_bytes: int | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The tenant's own time zone."""
        return ZoneInfo(self.timezone)


class NoTenant(RuntimeError):
    """Tenant data was asked for outside any tenant."""


class TenantMixup(RuntimeError):
    """Work begun in one tenant was about to go on in another."""


class TenantClosed(RuntimeError):
    """PostgreSQL refused the tenant's role: it is suspended, erased, or was never there."""


class TenantBehind(TenantClosed):
    """The tenant's tables are older than this release: it is closed until it is upgraded, and it alone."""


_current: ContextVar[Tenant | None] = ContextVar("tenant")
_login: ContextVar[str] = ContextVar("login")


def current() -> Tenant:
    """Return the tenant we are in; raise NoTenant outside any."""
    if (tenant := _current.get(None)) is None:
        raise NoTenant
    return tenant


def current_or_none() -> Tenant | None:
    """Return the tenant we are in, or None."""
    return _current.get(None)


def login() -> str:
    """Name the database login in use: `app`, unless a page was entered as `sponsor` or `operator`."""
    return _login.get("app")


@contextmanager
def entered(tenant: Tenant | None, as_login: str = "app") -> Iterator[None]:
    """Be in a tenant for a while; on the way out, be exactly where we were. Most callers want `db.within`."""
    token, login_token = _current.set(tenant), _login.set(as_login)
    try:
        yield
    finally:
        _login.reset(login_token)
        _current.reset(token)


WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class TenantPrefix:
    """Moves /c/<slug> from the path to the script name, so that no route ever mentions the tenant."""

    def __init__(self, wsgi_app: WsgiApp, allowed: Callable[[str, str], bool]) -> None:
        """Take the application, and whether a host may name a slug in its paths."""
        self.wsgi_app, self.allowed = wsgi_app, allowed

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Serve a request, having noted the slug its path names; only where the host allows path mode."""
        path = environ.get("PATH_INFO", "")
        slug, _, rest = path.removeprefix(PREFIX).partition("/")
        if path.startswith(PREFIX) and self.allowed(environ.get("HTTP_HOST", ""), slug):
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + PREFIX + slug
            environ["PATH_INFO"] = "/" + rest
            environ[SLUG_KEY] = slug
        return self.wsgi_app(environ, start_response)
