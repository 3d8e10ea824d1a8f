"""Backups: one tenant as it is at one moment, the register, and, apart from both, the wrapped keys.

A tenant's backup is encrypted twice: inside to a key that lies wrapped in the key store, outside to the operator's public key.
So whoever holds the operator's secret key reads nothing more once the tenant's keys are destroyed.
"""

import base64
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import psycopg
import pyrage
from psycopg import sql

from maagal import keystore
from maagal.age_keys import Recipient
from maagal.leaving import stored_files
from maagal.leaving.age_streams import encrypting
from maagal.leaving.archives import ABOUT, Packing, as_json
from maagal.leaving.exporting import about
from maagal.leaving.snapshots import Columns, columns_of, connect, snapshot_of
from maagal.whole_files import whole

CONTROL = "control.age"
PASSING = {"blank_schemas", "leftovers"}  # of the register: they speak of schemas that no backup holds
BACKUP = "backup"  # whose key opens a tenant's backups


def back_up_tenant(slug: str, folder: Path, recipient: Recipient) -> Path:
    """Write a tenant as it is now into FOLDER; return the file, named after its id and not after the customer."""
    with snapshot_of(slug) as seen:
        tenant_id, columns = seen.tenant["id"], seen.columns
        path = folder / f"{tenant_id}.age"
        with whole(path) as file, encrypting(file, [recipient]) as outer:
            inner = pyrage.x25519.Identity.generate()
            outer.write(_envelope(tenant_id, str(inner)))
            with encrypting(outer, [inner.to_public()]) as plain:
                packing = Packing(plain)
                packing.put(ABOUT, as_json(about(seen)))
                _copy_out(seen.connection, seen.schema, columns, packing)
                for name, stored in stored_files.stored(seen.schema):
                    packing.put_file(name, stored)
                packing.finish(tenant=tenant_id)
    return path


def back_up_control(folder: Path, recipient: Recipient) -> Path:
    """Write the register into FOLDER: which tenants there are, who asked for what; no content."""
    path = folder / CONTROL
    with connect() as connection, connection.transaction():
        connection.execute("set transaction isolation level repeatable read read only; set local timezone = 'UTC'")
        columns = {table: names for table, names in columns_of(connection, "control").items() if table not in PASSING}
        with whole(path) as file, encrypting(file, [recipient]) as plain:
            packing = Packing(plain)
            packing.put(ABOUT, as_json({"tables": {table: list(names) for table, names in columns.items()}}))
            _copy_out(connection, "control", columns, packing)
            packing.finish()
    return path


def back_up_keys(folder: Path, recipient: Recipient) -> int:
    """Write each tenant's wrapped keys into a file of its own, over the one of yesterday; return the number of tenants.

    The folder is remembered, so that an erasure finds the copies and destroys them.
    """
    with keystore.engine().connect() as connection:
        remember = "insert into copies (folder) values (%(folder)s) on conflict (folder) do update set at = now()"
        connection.exec_driver_sql(remember, {"folder": str(folder.absolute())})
        tenants = connection.exec_driver_sql("select distinct tenant_id from keys").scalars().all()
    for tenant_id in tenants:
        with whole(folder / f"{tenant_id}.age") as file, encrypting(file, [recipient]) as plain:
            _write_keys(tenant_id, plain)
    for tenant_id in keystore.gone(*tenants):  # erased while we wrote
        (folder / f"{tenant_id}.age").unlink(missing_ok=True)
    return len(tenants)


def tenants(connection: psycopg.Connection) -> Iterator[str]:
    """Yield the short name of every tenant that is there."""
    for (slug,) in connection.execute("select slug from control.tenants where state <> 'erased' order by id").fetchall():
        yield slug


def _envelope(tenant_id: UUID, secret: str) -> bytes:
    """Return the line before a tenant's backup: its secret key, sealed under a key of the tenant's."""
    key = keystore.for_owner(tenant_id, BACKUP)
    nonce = os.urandom(keystore.NONCE)
    sealed = nonce + key.cipher.encrypt(nonce, secret.encode(), bound(tenant_id))
    told = {"tenant": str(tenant_id), "key": str(key.id), "sealed": base64.b64encode(sealed).decode()}
    return json.dumps(told).encode() + b"\n"


def bound(tenant_id: UUID) -> bytes:
    """Return what an envelope is bound to."""
    return f"{tenant_id}|{BACKUP}".encode()


def _copy_out(connection: psycopg.Connection, schema: str, columns: Columns, packing: Packing) -> None:
    for table, names in columns.items():
        wanted = sql.SQL(", ").join(map(sql.Identifier, names))
        statement = sql.SQL("copy {} ({}) to stdout").format(sql.Identifier(schema, table), wanted)
        with packing.parts(f"tables/{table}", "copy") as write, connection.cursor().copy(statement) as rows:
            for row in rows:
                write(bytes(row))


def _write_keys(tenant_id: UUID, plain: IO[bytes]) -> None:
    query = "select id, owner, wrapped, made_at from keys where tenant_id = %(tenant)s"
    with keystore.engine().connect() as connection:
        for row in connection.exec_driver_sql(query, {"tenant": tenant_id}):
            told: dict[str, Any] = dict(row._mapping) | {"tenant_id": tenant_id, "wrapped": bytes(row.wrapped).hex()}  # noqa: SLF001  its public name
            plain.write(json.dumps(told, default=str).encode() + b"\n")
