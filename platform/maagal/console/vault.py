"""An operator's secrets at rest: the password as its argon2id hash, the authenticator's secret sealed by the master key."""

import os
from contextlib import suppress
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from maagal.config import settings
from maagal.keystore import NONCE, masters

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's argon2id setting; about 17 ms
NOBODYS = HASHER.hash("nobody's password")  # so that an unknown address takes as long as a known one


def hashed(password: str) -> str:
    """Return what is kept of a password."""
    return HASHER.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether a password is the one; of nobody it never is, in the same time."""
    try:
        return HASHER.verify(kept or NOBODYS, password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def seal(secret: str, operator_id: UUID) -> bytes:
    """Seal an authenticator's secret for the operator whose it is."""
    nonce = os.urandom(NONCE)
    return nonce + _ciphers()[0].encrypt(nonce, secret.encode(), _bound(operator_id))


def unseal(sealed: bytes | None, operator_id: UUID) -> str:
    """Open a sealed secret. An absent one is the empty text, as is one that is somebody else's or of a master key that is gone:
    no code is right for it, and the operator is invited again.
    """
    if sealed is None:
        return ""
    for cipher in _ciphers():
        with suppress(InvalidTag):
            return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], _bound(operator_id)).decode()
    return ""


def _ciphers() -> list[AESGCM]:
    """The master key wraps tenants' keys; what is ours is sealed under a key derived for this alone. While the master key is
    being changed, the old one's is believed as well. Raises KeyUnreadable where none is given.
    """
    masters()
    given = [key for key in (settings().master_key, settings().master_key_old) if key]
    return [AESGCM(HKDF(SHA256(), 32, salt=None, info=b"maagal operators").derive(bytes.fromhex(key))) for key in given]


def _bound(operator_id: UUID) -> bytes:
    return f"control|operators|{operator_id}|totp".encode()
