"""What arrives, before anything reads it: a host that could be one, and texts that PostgreSQL can hold."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict

from maagal.tenancy import WsgiApp

LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
HOST = re.compile(rf"(?:{LABEL}(?:\.{LABEL})*\.?|\[[0-9a-f:.]+\])(?::\d{{1,5}})?\Z", re.IGNORECASE)  # RFC 9110, 7.2; RFC 1035
NUL = "\0"
LONGEST_HOST = 253 + len(":65535")


class WithoutNul(ImmutableMultiDict[str, Any]):
    """Arguments and fields without the character NUL: no keyboard types it, and no text column holds it."""

    def __init__(self, mapping: Any = None) -> None:
        """Take pairs as werkzeug's parsers give them."""
        pairs = ImmutableMultiDict(mapping).items(multi=True)
        super().__init__([(_clean(name), _clean(value)) for name, value in pairs])


class HouseRequest(Request):
    """A request whose texts can be stored."""

    parameter_storage_class = WithoutNul


class KnownHosts:
    """Answers 400 to an address that there cannot be, by its host or its path, before anything builds one from it."""

    def __init__(self, wsgi_app: WsgiApp) -> None:
        self.wsgi_app = wsgi_app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Pass a request on, or refuse it."""
        if is_host(environ.get("HTTP_HOST", "localhost")) and NUL not in environ.get("PATH_INFO", ""):
            return self.wsgi_app(environ, start_response)
        start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")])
        return [b"There can be no such address.\n"]


def is_host(text: str) -> bool:
    """Whether a text could name a host, with or without a port."""
    return len(text) <= LONGEST_HOST and HOST.match(text) is not None


def _clean(value: Any) -> Any:
    return value.replace(NUL, "") if isinstance(value, str) else value
