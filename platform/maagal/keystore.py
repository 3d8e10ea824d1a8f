"""The key store: wrapped keys in a database of their own, never in a tenant's dump.

A person's key is wrapped by the tenant's key, which is wrapped by the master key of this installation. While the master
key is being changed the old one is believed as well. An erased tenant never gets a key again.
"""

import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Engine, create_engine, text

from maagal.config import settings
from maagal.ids import new_id

TENANT = "tenant"
NONCE = 12  # bytes, as AES-GCM wants it (NIST SP 800-38D)
BELIEVED = 300.0  # seconds an unwrapped key stays in memory
LOOKED_AT = 30.0  # seconds after which a process has heard of an erasure, whatever else it does
MOST = 5_000

INSERT = text(
    "insert into keys (id, tenant_id, owner, wrapped) select :id, :tenant, :owner, :wrapped "
    "where not exists (select from gone where tenant_id = :tenant) "
    "on conflict (tenant_id, owner) do nothing returning id, owner, wrapped"
)
BY_OWNER = text("select id, owner, wrapped from keys where tenant_id = :tenant and owner = :owner")
BY_ID = text("select id, owner, wrapped from keys where tenant_id = :tenant and id = :id")
DESTROY = text("delete from keys where tenant_id = :tenant and owner = :owner")
BURY = text("insert into gone (tenant_id) values (:tenant) on conflict do nothing")
DESTROY_ALL = text("delete from keys where tenant_id = :tenant")
GONE = text("select tenant_id from gone where tenant_id = any(:tenants)")


class KeyGone(LookupError):
    """The key was destroyed, or was never of this tenant: what it sealed cannot be read."""


class KeyUnreadable(RuntimeError):
    """The master key at hand does not open a key that is there; the message says so in one line."""


@dataclass(frozen=True)
class Key:
    """An unwrapped key, the id that sealed values carry, and whose it is."""

    id: UUID
    cipher: AESGCM
    owner: str


def for_owner(tenant: UUID, owner: str) -> Key:
    """Return the key of a person (their id as text) or of the tenant (TENANT), made on first use."""
    if held := _held.get((tenant, owner)):
        return held
    row = _find(BY_OWNER, tenant=tenant, owner=owner) or _make(tenant, owner) or _find(BY_OWNER, tenant=tenant, owner=owner)
    return _hold(tenant, row)


def by_id(tenant: UUID, key_id: UUID) -> Key:
    """Return the key that a sealed value names; raise KeyGone when it is no more."""
    return _held.get((tenant, key_id)) or _hold(tenant, _find(BY_ID, tenant=tenant, id=key_id))


def owner_of(tenant: UUID, key_id: UUID) -> str:
    """Return whose key it is: a person's id as text, or the word for the tenant's own; raise KeyGone when it is no more."""
    return by_id(tenant, key_id).owner


def destroy(tenant: UUID, owner: str) -> None:
    """Destroy a key: everything sealed with it is unreadable from now on, in backups too."""
    with engine().connect() as connection:
        connection.execute(DESTROY, {"tenant": tenant, "owner": owner})
    forget()


def destroy_all(tenant: UUID) -> None:
    """Destroy every key of a tenant and never make one for it again; safe to repeat."""
    with engine().connect() as connection:
        connection.execute(BURY, {"tenant": tenant})  # first: nobody makes a key behind our back
        connection.execute(DESTROY_ALL, {"tenant": tenant})
    forget()


def gone(*tenants: UUID) -> set[UUID]:
    """Return those of the tenants whose keys were all destroyed."""
    with engine().connect() as connection:
        return set(connection.execute(GONE, {"tenants": list(tenants)}).scalars())


def forget() -> None:
    """Forget every unwrapped key of this process."""
    _held.clear()


def forget_the_gone() -> None:
    """Forget unwrapped keys that are old, and at once those of tenants that were erased meanwhile."""
    tenants = {tenant for tenant, _ in tuple(_held)}
    if tenants and (time.monotonic() - _held.since > BELIEVED or gone(*tenants)):
        forget()


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
_watched: set[int] = set()  # processes in which somebody looks; a forked child begins its own


def _watch() -> None:
    while True:
        time.sleep(LOOKED_AT)
        try:
            forget_the_gone()
        except Exception:  # noqa: BLE001  a store that does not answer vouches for no key
            forget()


def _find(statement: object, **values: object) -> tuple[UUID, str, bytes] | None:
    with engine().connect() as connection:
        row = connection.execute(statement, values).first()  # type: ignore[call-overload]  # one of those above
    return (row.id, row.owner, bytes(row.wrapped)) if row else None


def _make(tenant: UUID, owner: str) -> tuple[UUID, str, bytes] | None:
    """Make a key; None when somebody else was quicker."""
    wrapped = wrap(tenant, owner, AESGCM.generate_key(256))
    return _find(INSERT, id=new_id(), tenant=tenant, owner=owner, wrapped=wrapped)


def _hold(tenant: UUID, row: tuple[UUID, str, bytes] | None) -> Key:
    if row is None:
        raise KeyGone
    key_id, owner, wrapped = row
    key = Key(key_id, AESGCM(unwrap(tenant, owner, wrapped)), owner)
    _held[tenant, owner] = _held[tenant, key_id] = key
    if os.getpid() not in _watched:
        _watched.add(os.getpid())
        threading.Thread(target=_watch, name="keystore", daemon=True).start()
    return key


def unwrap(tenant: UUID, owner: str, wrapped: bytes) -> bytes:
    """Open a wrapped key; raise KeyUnreadable where what should wrap it does not open it."""
    for wrapper in masters() if owner == TENANT else [for_owner(tenant, TENANT).cipher]:
        with suppress(InvalidTag):
            return wrapper.decrypt(wrapped[:NONCE], wrapped[NONCE:], bound(tenant, owner))
    message = f"the master key at hand does not open the keys of tenant {tenant}"
    raise KeyUnreadable(message)


def wrap(tenant: UUID, owner: str, raw: bytes) -> bytes:
    """Wrap a key, always by the newest of what may wrap it."""
    wrapper = masters()[0] if owner == TENANT else for_owner(tenant, TENANT).cipher
    nonce = os.urandom(NONCE)
    return nonce + wrapper.encrypt(nonce, raw, bound(tenant, owner))


def masters() -> list[AESGCM]:
    """Return the master key and, while it is being changed, the old one; raise KeyUnreadable where none is given."""
    given = [key for key in (settings().master_key, settings().master_key_old) if key]
    try:
        return [AESGCM(bytes.fromhex(key)) for key in given or [""]]
    except ValueError as why:
        message = "MAAGAL_MASTER_KEY is missing or is not 64 hex digits: no sealed text opens without it"
        raise KeyUnreadable(message) from why


def bound(tenant: UUID, owner: str) -> bytes:
    """Return what a wrapped key is bound to."""
    return f"{tenant}|{owner}".encode()
