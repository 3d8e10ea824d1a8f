"""What a public key of age looks like."""

from typing import Any

import pyrage

Recipient = Any  # pyrage says no types


def public_key(text: str) -> Recipient | None:
    """Read a public key of age, `age1…`; None where it is none."""
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        return None


def is_public_key(text: str) -> bool:
    """Whether something can be encrypted to it."""
    return public_key(text) is not None
