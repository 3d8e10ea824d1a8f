"""Whether a host is ours: a reverse proxy asks before it gets a certificate for a name that somebody typed.

Only the proxy itself is answered: it asks from a network that MAAGAL_CERTIFICATES_ASKED_FROM names, and what it passes on
for others carries their address, which they cannot take away. To everybody else this page is not there.
"""

from ipaddress import IPv6Address, ip_address

from flask import Blueprint, Request, Response, abort, request

from maagal import register
from maagal.addresses import console_host
from maagal.config import settings
from maagal.limits import limiter
from maagal.permissions import anyone, needs
from maagal.slugs import is_host

bp = Blueprint("certificates", __name__)
PASSED_ON = ("X-Forwarded-For", "Forwarded", "Via")


@bp.get("/certificate")
@limiter.exempt  # one address asks for everybody
@needs(anyone)
def wanted() -> Response:
    """Answer 200 where `domain` is the house's, the console's or an open organisation's, 404 otherwise."""
    if not is_the_proxy(request):
        abort(404)
    return Response("", 200 if is_ours(request.args.get("domain", "")) else 404, content_type="text/plain; charset=utf-8")


def is_the_proxy(asked: Request) -> bool:
    """Whether the proxy asks by itself, and not for somebody who asked it."""
    if any(name in asked.headers for name in PASSED_ON):
        return False
    peer = asked.environ.get("werkzeug.proxy_fix.orig", asked.environ).get("REMOTE_ADDR") or ""
    try:
        address = ip_address(peer)
    except ValueError:  # a Unix socket has none
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in network for network in settings().proxies)


def is_ours(domain: str) -> bool:
    """Whether somebody answers at a host; from the register's memory, so that asking again costs nothing."""
    name = domain.lower()
    if name == settings().base_host or (name == console_host() and settings().operator_url):
        return True
    tenant = register.by_host(name) if is_host(name) else None
    return tenant is not None and tenant.state == "open"
