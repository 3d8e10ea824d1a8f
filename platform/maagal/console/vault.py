"""An operator's secrets at rest: the password as its argon2id hash, the authenticator's secret sealed by the master key."""

import os
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from maagal.config import settings
from maagal.keystore import NONCE

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
    return nonce + _cipher().encrypt(nonce, secret.encode(), _bound(operator_id))


def unseal(sealed: bytes | None, operator_id: UUID) -> str:
    """Open a sealed secret; an absent one is the empty text. Raises InvalidTag for one that is somebody else's."""
    return "" if sealed is None else _cipher().decrypt(sealed[:NONCE], sealed[NONCE:], _bound(operator_id)).decode()


def _cipher() -> AESGCM:
    """The master key wraps tenants' keys; what is ours is sealed under a key derived for this alone."""
    derived = HKDF(SHA256(), 32, salt=None, info=b"maagal operators").derive(bytes.fromhex(settings().master_key))
    return AESGCM(derived)


def _bound(operator_id: UUID) -> bytes:
    return f"control|operators|{operator_id}|totp".encode()
