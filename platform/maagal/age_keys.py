"""What a public key of age looks like."""

import pyrage


def is_public_key(text: str) -> bool:
    """Whether something can be encrypted to it."""
    try:
        pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        return False
    return True
