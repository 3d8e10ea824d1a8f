"""The session cookie: signed, host-only, named so that no tenant's cookie is ever sent to another by mistake.

Over TLS it carries the `__Host-` prefix. On plain http over loopback it carries neither prefix nor Secure, or clients
that are no browsers never send it; in path mode the slug stands in its name and its path.
"""

from typing import Any

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface

from maagal.addresses import CONSOLE, is_console
from maagal.config import settings
from maagal.tenancy import SLUG_KEY


class HouseSessions(SecureCookieSessionInterface):
    """Flask's signed cookie under the name and path of the tenant at hand."""

    def get_cookie_name(self, _app: Flask) -> str:
        """Name the cookie."""
        slug = CONSOLE if is_console(request) else request.environ.get(SLUG_KEY)
        if settings().is_https:
            return f"__Host-maagal_{CONSOLE}" if slug == CONSOLE else "__Host-maagal"
        return f"maagal_{slug}" if slug else "maagal"

    def get_cookie_path(self, _app: Flask) -> str:
        """Return the root of the tenant's address."""
        return (request.script_root or "/") if not settings().is_https else "/"

    def get_cookie_secure(self, _app: Flask) -> bool:
        """Whether the cookie goes over TLS only."""
        return settings().is_https

    def get_cookie_samesite(self, _app: Flask) -> Any:
        """Lax: a link in a mail arrives signed in, a post from elsewhere does not. Nothing leads to the console: Strict."""
        return "Strict" if is_console(request) else "Lax"
