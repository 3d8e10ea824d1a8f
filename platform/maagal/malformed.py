"""What no browser sends: a host that is no host's name, and characters that PostgreSQL cannot keep.

Both are refused before anybody asks whose house it is: an address could not even be made for a page that says so.
"""

import re
from collections.abc import Iterable
from typing import Any

from flask import Flask, abort, request

from maagal.tenancy import WsgiApp

LABEL = r"[a-z0-9_-]{1,63}"
HOST = re.compile(rf"(?:\[[0-9a-f:.]+\]|{LABEL}(?:\.{LABEL})*\.?)(?::[0-9]{{0,5}})?\Z", re.IGNORECASE)
LONGEST = 260  # a name's 253 characters (RFC 1035) and a port
NUL = "\0"


class WellFormed:
    """Answers 400 to a request whose host or path is malformed; passes the others on."""

    def __init__(self, wsgi_app: WsgiApp) -> None:
        self.wsgi_app = wsgi_app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serve a request."""
        host = environ.get("HTTP_HOST", "")
        if (host and not (HOST.match(host) and len(host) <= LONGEST)) or NUL in environ.get("PATH_INFO", ""):
            start_response("400 Bad Request", [("Content-Type", "text/plain"), ("Content-Length", "0")])
            return []
        return self.wsgi_app(environ, start_response)


def init_malformed(app: Flask) -> None:
    """Refuse what was typed with a NUL in it; what was typed otherwise is for forms to judge."""
    app.before_request(refuse_nul)


def refuse_nul() -> None:
    """Refuse a question or a form with a NUL: PostgreSQL keeps none in a text, and no keyboard makes one."""
    for source in (request.args, request.form):
        if any(NUL in text for name, values in source.lists() for text in (name, *values)):
            abort(400)
