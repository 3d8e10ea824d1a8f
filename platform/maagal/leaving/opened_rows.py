"""Rows as lines of JSON, sealed texts opened on the way out and sealed again, under new keys, on the way in.

A sealed text is written as `{"of": whose key, "text": the text}`; one whose key was destroyed says `{"of": null}`.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from psycopg import sql

from maagal import keystore, sealing, tenancy
from maagal.leaving.snapshots import Snapshot
from maagal.sealed_columns import Sealed, sealed_columns

BATCH = 500
NOBODYS = sealing.VERSION + bytes(16)  # names a key that never was: it opens as little as the one that was destroyed
Row = dict[str, Any]


def rows(seen: Snapshot, table: str) -> Iterator[tuple[str, Row]]:
    """Yield a table's rows by primary key, each as its line of JSON and as what the line says; within the tenant.

    PostgreSQL itself writes the plain columns, so that no number passes through a float.
    """
    sealed = sealed_columns().get(table, {})
    with seen.connection.cursor(name="rows") as cursor:
        cursor.itersize = BATCH
        cursor.execute(_query(seen, table, sealed))
        for line, *values in cursor:
            row = json.loads(line)
            told = {name: _opened(value, sealed[name], row) for name, value in zip(sealed, values, strict=True)}
            yield _joined(line, told), row | told


def sealed_again(table: str, line: str) -> str:
    """Return the sealed columns of a line as JSON that PostgreSQL reads, sealed for the tenant we are in."""
    sealed = sealed_columns().get(table, {})
    if not sealed:
        return "{}"
    row = json.loads(line)
    return json.dumps({name: _sealed(row[name], sealed[name].place(row)) for name in sealed if row.get(name) is not None})


def _query(seen: Snapshot, table: str, sealed: dict[str, Sealed]) -> sql.Composed:
    plain = [name for name in seen.columns[table] if name not in sealed]
    line = sql.SQL("(select row_to_json(told)::text from (select {}) as told)").format(_names(plain))
    wanted = sql.SQL(", ").join((line, *(sql.Identifier("t", name) for name in sealed)))
    return sql.SQL("select {} from {} as t order by {}").format(wanted, seen.table(table), _names(seen.keys[table]))


def _names(columns: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier("t", name) for name in columns)


def _joined(line: str, told: Row) -> str:
    """Put the opened columns at the end of a line, which is a JSON object with at least one entry."""
    return f"{line[:-1]},{json.dumps(told, ensure_ascii=False)[1:]}" if told else line


def _opened(value: bytes | None, sealed: Sealed, row: Row) -> Row | None:
    if value is None:
        return None
    try:
        text = sealing.unseal(bytes(value), sealed.place(row))
    except keystore.KeyGone:
        return {"of": None}
    return {"of": keystore.owner_of(tenancy.current().id, sealing.key_id(bytes(value))), "text": text}


def _sealed(told: Row, place: sealing.Place) -> str:
    if told["of"] is None:
        return f"\\x{NOBODYS.hex()}"
    return f"\\x{sealing.seal(told['text'], _owner(told['of']), place).hex()}"


def _owner(name: str) -> UUID | str:
    return name if name == sealing.INTAKE else UUID(name)
