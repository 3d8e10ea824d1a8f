"""Identifiers: UUIDv7 made in Python, so that a text can be sealed for its row before the row exists."""

import secrets
from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a fresh id; ids made later sort later (RFC 9562, version 7)."""
    return uuid7()


def new_schema() -> str:
    """Name a schema and its role: `t_` and 12 random hex digits, never after the customer."""
    return f"t_{secrets.token_hex(6)}"
