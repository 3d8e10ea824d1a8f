"""Which address is whose: the operators’ console answers at a host of its own and nowhere else.

On one machine it answers without a subdomain, too, because not every program resolves names below localhost.
"""

import re

from flask import Request

from maagal.config import settings
from maagal.tenancy import SLUG_KEY

CONSOLE = "console"
PATH = f"/{CONSOLE}"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
PORT = re.compile(r":\d*\Z")


def host_of(netloc: str) -> str:
    """Return a host as it is looked up and compared: without a port, in small letters."""
    return PORT.sub("", netloc).lower()


def console_host() -> str:
    """Return the console's host, without a port."""
    return f"{CONSOLE}.{settings().base_host}"


def is_console(asked: Request) -> bool:
    """Whether a request came to the console's address; never true where a host or a path names a tenant."""
    if SLUG_KEY in asked.environ or not settings().operator_url:
        return False
    host = host_of(asked.host)
    return host == console_host() or (settings().is_loopback and host in LOOPBACK)


def console_addresses() -> list[str]:
    """Return where the console answers, from what is stored and never from a request."""
    scheme, port = settings().public_url.partition("://")[0], settings().port_suffix
    plain = [f"http://127.0.0.1{port}{PATH}/"] if settings().is_loopback else []
    return [f"{scheme}://{console_host()}{port}{PATH}/", *plain]
