"""The key store: wrapped keys in a database of their own, never in a tenant's dump.

A person's key is wrapped by the tenant's key, which is wrapped by the master key of this installation.
"""

import os
import time
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Engine, create_engine, text

from maagal.config import settings
from maagal.ids import new_id

TENANT = "tenant"
NONCE = 12  # bytes, as AES-GCM wants it (NIST SP 800-38D)
BELIEVED = 300.0  # seconds an unwrapped key stays in memory
MOST = 5_000

INSERT = text(
    "insert into keys (id, tenant_id, owner, wrapped) values (:id, :tenant, :owner, :wrapped) "
    "on conflict (tenant_id, owner) do nothing returning id, owner, wrapped"
)
BY_OWNER = text("select id, owner, wrapped from keys where tenant_id = :tenant and owner = :owner")
BY_ID = text("select id, owner, wrapped from keys where tenant_id = :tenant and id = :id")
DESTROY = text("delete from keys where tenant_id = :tenant and owner = :owner")


class KeyGone(LookupError):
    """The key was destroyed, or was never of this tenant: what it sealed cannot be read."""


@dataclass(frozen=True)
class Key:
    """An unwrapped key and the id that sealed values carry."""

    id: UUID
    cipher: AESGCM


def for_owner(tenant: UUID, owner: str) -> Key:
    """Return the key of a person (their id as text) or of the tenant (TENANT), made on first use."""
    if held := _held.get((tenant, owner)):
        return held
    row = _find(BY_OWNER, tenant=tenant, owner=owner) or _make(tenant, owner) or _find(BY_OWNER, tenant=tenant, owner=owner)
    return _hold(tenant, row)


def by_id(tenant: UUID, key_id: UUID) -> Key:
    """Return the key that a sealed value names; raise KeyGone when it is no more."""
    return _held.get((tenant, key_id)) or _hold(tenant, _find(BY_ID, tenant=tenant, id=key_id))


def destroy(tenant: UUID, owner: str) -> None:
    """Destroy a key: everything sealed with it is unreadable from now on, in backups too."""
    with engine().connect() as connection:
        connection.execute(DESTROY, {"tenant": tenant, "owner": owner})
    forget()


def forget() -> None:
    """Forget every unwrapped key of this process."""
    _held.clear()


@cache
def engine() -> Engine:
    """The key store's own database, with a login of its own; each statement commits."""
    return create_engine(settings().keys_url, isolation_level="AUTOCOMMIT", pool_size=2, max_overflow=4)


class _Held(dict[tuple[UUID, str | UUID], Key]):
    """Unwrapped keys in memory, for a while and not too many."""

    since = 0.0

    def get(self, key: tuple[UUID, str | UUID], _default: None = None) -> Key | None:  # type: ignore[override]  # nobody passes a default
        if time.monotonic() - self.since > BELIEVED or len(self) > MOST:
            self.clear()
            self.since = time.monotonic()
        return super().get(key)


_held = _Held()


def _find(statement: object, **values: object) -> tuple[UUID, str, bytes] | None:
    with engine().connect() as connection:
        row = connection.execute(statement, values).first()  # type: ignore[call-overload]  # one of those above
    return (row.id, row.owner, bytes(row.wrapped)) if row else None


def _make(tenant: UUID, owner: str) -> tuple[UUID, str, bytes] | None:
    """Make a key; None when somebody else was quicker."""
    key_id, nonce = new_id(), os.urandom(NONCE)
    wrapped = nonce + _wrapper(tenant, owner).encrypt(nonce, AESGCM.generate_key(256), _bound(tenant, owner))
    return _find(INSERT, id=key_id, tenant=tenant, owner=owner, wrapped=wrapped)


def _hold(tenant: UUID, row: tuple[UUID, str, bytes] | None) -> Key:
    if row is None:
        raise KeyGone
    key_id, owner, wrapped = row
    raw = _wrapper(tenant, owner).decrypt(wrapped[:NONCE], wrapped[NONCE:], _bound(tenant, owner))
    key = Key(key_id, AESGCM(raw))
    _held[tenant, owner] = _held[tenant, key_id] = key
    return key


def _wrapper(tenant: UUID, owner: str) -> AESGCM:
    return AESGCM(bytes.fromhex(settings().master_key)) if owner == TENANT else for_owner(tenant, TENANT).cipher


def _bound(tenant: UUID, owner: str) -> bytes:
    return f"{tenant}|{owner}".encode()
