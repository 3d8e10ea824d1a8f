"""The short name of a tenant: a DNS label, so that it can be a subdomain."""

import re

LABEL = re.compile(r"[a-z][a-z0-9-]{1,38}[a-z0-9]\Z")  # RFC 1035, and short enough to say over the phone
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]\Z")
RESERVED = frozenset({
    "www", "mail", "smtp", "api", "app", "admin", "console", "operator", "platform", "static", "assets", "status",
    "help", "support", "localhost", "maagal", "control", "healthz", "readyz", "metrics", "demo", "test",
})  # fmt: skip

SAYS = {
    "invalid": "{!r} is not a valid name: 3 to 40 small Latin letters, digits and single hyphens, beginning with a letter",
    "reserved": "the name {!r} is reserved",
}


def is_label(slug: str) -> bool:
    """Whether a text has the form of a short name."""
    return LABEL.match(slug) is not None and "--" not in slug


def check_slug(slug: str) -> str | None:
    """Return why a short name cannot be used, or None when it can."""
    return SAYS[reason].format(slug) if (reason := fault(slug)) else None


def fault(slug: str) -> str | None:
    """Return what is wrong with a short name, `invalid` or `reserved`, or None."""
    if not is_label(slug):
        return "invalid"
    return "reserved" if slug in RESERVED else None


def is_host(name: str) -> bool:
    """Whether this can be a host name of somebody's own: labels and dots (RFC 1123), no address, no port."""
    return len(name) <= 253 and bool(HOST.match(name))
