"""The host of an organisation's own: which name it may be, and how it is kept."""

from maagal.config import settings
from maagal.slugs import is_host

NOWHERE = frozenset({"localhost", "local", "internal", "intranet", "lan", "home", "corp", "invalid", "onion", "alt", "arpa"})
"""Ends of names that lead nowhere on the internet (RFC 6761, 6762, 7686, 8375, 9476; ICANN's name collisions)."""


def own_host(wanted: str) -> str | None:
    """Return a host as the register keeps it: small, without a last dot, letters of other scripts as IDNA writes them.

    None where it cannot be an organisation's own: no name of a host, an address, one of ours, one that leads nowhere.
    """
    try:
        host = wanted.strip().lower().rstrip(".").encode("idna").decode()
    except UnicodeError:  # an empty label, one that is too long, letters that no name may hold
        return None
    base = settings().base_host
    ours = host == base or host.endswith(f".{base}")
    return None if ours or not is_host(host) or host.rpartition(".")[2] in NOWHERE else host
