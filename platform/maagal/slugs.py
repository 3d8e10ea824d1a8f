"""The short name of a tenant: a DNS label, so that it can be a subdomain."""

import re

LABEL = re.compile(r"[a-z][a-z0-9-]{1,38}[a-z0-9]\Z")  # RFC 1035, and short enough to say over the phone
RESERVED = frozenset({
    "www", "mail", "smtp", "api", "app", "admin", "console", "operator", "platform", "static", "assets", "status",
    "help", "support", "localhost", "maagal", "control", "healthz", "readyz", "metrics", "demo", "test",
})  # fmt: skip


def is_label(slug: str) -> bool:
    """Whether a text has the form of a short name."""
    return LABEL.match(slug) is not None and "--" not in slug


def check_slug(slug: str) -> str | None:
    """Return why a short name cannot be used, or None when it can."""
    if not is_label(slug):
        return f"{slug!r} is not a valid name: 3 to 40 small Latin letters, digits and single hyphens, beginning with a letter"
    return f"the name {slug!r} is reserved" if slug in RESERVED else None
