"""Sealed texts: AES-256-GCM under the key of the person whose text it is, bound to its tenant, table, row and column.

A sealed value is one version byte, the key's id (16 bytes), the nonce (12) and the ciphertext with its tag.
`seal` and `unseal` are called by name: a column type would see neither the row nor the person.
"""

import os
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag

from maagal import keystore, tenancy
from maagal.keystore import NONCE

VERSION = b"\x01"
HEAD = 1 + 16
INTAKE = "intake"  # the tenant's key for what is written before there is a person


@dataclass(frozen=True)
class Place:
    """Where a sealed value lies; moved anywhere else it does not open."""

    table: str
    row: UUID
    column: str

    def bound(self) -> bytes:
        """Return the associated data: tenant|table|row|column."""
        return f"{tenancy.current().id}|{self.table}|{self.row}|{self.column}".encode()


class SealBroken(ValueError):
    """The value was altered, moved, or belongs to another tenant."""


def seal(text: str, owner: UUID | str, place: Place) -> bytes:
    """Seal a text under its owner's key (a person's id, or INTAKE) for the place where it will lie."""
    key = keystore.for_owner(tenancy.current().id, str(owner))
    nonce = os.urandom(NONCE)
    return VERSION + key.id.bytes + nonce + key.cipher.encrypt(nonce, text.encode(), place.bound())


def unseal(sealed: bytes, place: Place) -> str:
    """Open a sealed value; raise SealBroken if it is not of this place, KeyGone if its key was destroyed."""
    if sealed[:1] != VERSION:
        message = "unknown version"
        raise SealBroken(message)
    key = keystore.by_id(tenancy.current().id, key_id(sealed))
    nonce, body = sealed[HEAD : HEAD + NONCE], sealed[HEAD + NONCE :]
    try:
        return key.cipher.decrypt(nonce, body, place.bound()).decode()
    except InvalidTag as why:
        raise SealBroken from why


def key_id(sealed: bytes) -> UUID:
    """Return the id of the key that a sealed value names."""
    return UUID(bytes=bytes(sealed[1:HEAD]))


def unseal_or_empty(sealed: bytes | None, place: Place) -> str:
    """Open a value that may be absent; an absent one is the empty text."""
    return "" if sealed is None else unseal(sealed, place)
