"""The master key is changed: every tenant's key is wrapped anew, one by one, while both are believed."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import text

from maagal import keystore
from maagal.keystore import NONCE, TENANT

ALL = text("select id, tenant_id, wrapped from keys where owner = :owner order by id")
WRAP = text("update keys set wrapped = :new where id = :id and wrapped = :old")


def rotate() -> Iterator[bool]:
    """Wrap each tenant's key by the newest master key; yield, for each, whether it was not yet. Safe to repeat.

    Raises KeyUnreadable for a key that neither master key opens.
    """
    newest = keystore.masters()[0]
    for row in _tenants_keys():
        wrapped = bytes(row.wrapped)
        stale = not _opens(newest, row.tenant_id, wrapped)
        if stale:
            new = keystore.wrap(row.tenant_id, TENANT, keystore.unwrap(row.tenant_id, TENANT, wrapped))
            with keystore.engine().connect() as connection:
                connection.execute(WRAP, {"new": new, "old": wrapped, "id": row.id})
        yield stale


def unreadable() -> tuple[int, list[UUID]]:
    """Return how many tenants have keys, and those whose keys the master key at hand does not open."""
    rows = _tenants_keys()
    masters = keystore.masters()
    shut = [row.tenant_id for row in rows if not any(_opens(each, row.tenant_id, bytes(row.wrapped)) for each in masters)]
    return len(rows), shut


def _tenants_keys() -> list[Any]:
    with keystore.engine().connect() as connection:
        return list(connection.execute(ALL, {"owner": TENANT}))


def _opens(master: AESGCM, tenant: UUID, wrapped: bytes) -> bool:
    try:
        master.decrypt(wrapped[:NONCE], wrapped[NONCE:], keystore.bound(tenant, TENANT))
    except InvalidTag:
        return False
    return True
