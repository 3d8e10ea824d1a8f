"""A canary in every text: whatever a tenant's rows can say, in whichever table, carries that tenant's own mark.

Tables and columns come from the catalog. A column that holds no words of people is named in CODES with its reason; every
other one is painted, and a table that the furnished world left empty is given a row.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from maagal import sealing
from maagal.ids import new_id
from maagal.sealed_columns import sealed_columns
from maagal.sealing import Place
from tests.isolation.rows import Column, Schema

STATES = "a code of the house: the words for it are the house's"
VOCABULARY = "codes of the vocabulary: the words for them are the house's"
IDS = "ids, codes and numbers alone"
SECRET = "a hash or a secret, never shown"
CODES = {  # column, or table.column: why it holds no words of people
    "state": STATES, "kind": STATES, "action": STATES, "subject": STATES, "role": STATES, "code": STATES, "level": STATES,
    "gender": STATES, "mode": STATES, "medium": STATES, "urgency": STATES, "locale": STATES, "timezone": STATES,
    "safe_channel": STATES, "gender_preference": STATES, "age_preference": STATES, "display": STATES,
    "meetings.cancel_reason": STATES, "pair_steps.reason": STATES, "request_steps.reason": STATES, "audit.reason": STATES,
    "outbox.name": STATES, "outbox.queue": STATES, "outbox.error": STATES, "outbox.once": IDS, "notices.once": IDS,
    "outbox.body": IDS, "notices.about": IDS, "shape": IDS, "free_hours": IDS, "mapping": IDS, "let_in": IDS, "counts": IDS,
    "pairs.receipt": IDS, "rounds.result": IDS,
    "languages": VOCABULARY, "life_areas": VOCABULARY, "skills": VOCABULARY, "experience": VOCABULARY,
    "wanted_experience": VOCABULARY, "unwanted_experience": VOCABULARY, "interests": VOCABULARY, "dislikes": VOCABULARY,
    "cultures": VOCABULARY, "topics": VOCABULARY,
    "token_hash": SECRET, "link_hash": SECRET, "code_hash": SECRET, "digest": SECRET, "hash": SECRET, "totp": SECRET,
    "pair_answers.how": STATES, "pairs.close_reason": STATES,
    "pairs.close_initiator": STATES, "nevers.reason": STATES, "renewals.why": STATES, "renewal_voices.how": STATES,
    "outbox.cause": IDS,
    "sessions.device": "what a browser says of itself, told in the house's words",
    "phone": "a number: each tenant's are its own digits",
}  # fmt: skip
# codes, ids, moments, time zones
PLAIN = re.compile(r"[a-z0-9_.:+\- ]*\Z|[0-9a-f-]{36}\Z|\d{4}-\d\d-\d\dT[\d:.+Z]+\Z|[A-Z]\w+/\w+\Z")


def paint(schema: Schema, mark: str) -> None:
    """Put the mark into every text of the tenant that we are in."""
    schema.connection.execute("set session_replication_role = replica")  # no trigger has an opinion of paint
    for table, columns in schema.columns.items():
        if not schema.rows(table):
            _invent(schema, table, mark)
        for column in columns:
            if is_word(table, column):
                _brush(schema, table, column, mark)
    schema.connection.execute("reset session_replication_role")


def is_word(table: str, column: Column) -> bool:
    """Whether a column can hold what somebody wrote."""
    named = column.name in CODES or f"{table}.{column.name}" in CODES
    return column.type in {"text", "text[]", "jsonb", "bytea"} and not named and not column.choices


def unpainted(schema: Schema, mark: str) -> list[str]:
    """Name the columns in no row of which the mark stands: words that a crawl would not recognise."""
    return [
        f"{table}.{column.name}"
        for table, columns in schema.columns.items()
        for column in columns
        if is_word(table, column) and not any(mark.lower() in each.lower() for each in said(schema, table, column))
    ]


def said(schema: Schema, table: str, column: Column) -> Iterator[str]:
    """Yield what a column says, opened where it is sealed."""
    for row in schema.rows(table):
        value = row[column.name]
        if value is not None:
            yield sealing.unseal(value, place(table, row, column.name)) if column.type == "bytea" else str(value)


def place(table: str, row: dict[str, Any], column: str) -> Place:
    """Tell where a sealed value lies, as its column says of itself."""
    return sealed_columns()[table][column].place({name: str(value) for name, value in row.items()})


def _brush(schema: Schema, table: str, column: Column, mark: str) -> None:
    """Paint one column of every row, found again by its place; what a constraint wants to be empty stays so."""
    change = sql.SQL("update {} set {} = %s where ctid = %s::tid")
    for row in schema.rows(table):
        painted = _painted(table, column, row, mark)
        if painted is not None:
            statement = change.format(schema.table(table), sql.Identifier(column.name))
            with suppress(psycopg.errors.CheckViolation):
                schema.connection.execute(statement, [painted, row["ctid"]])


def _painted(table: str, column: Column, row: dict[str, Any], mark: str) -> Any:
    """Return a value with the mark in it, or None where it stands there already."""
    value = row[column.name]
    if column.type == "jsonb":
        return None if value is None or mark.lower() in json.dumps(value).lower() else Jsonb(_in_json(value, mark))
    if column.type == "text[]":
        return None if any(mark in each for each in value or ()) else [*(value or ()), mark]
    if column.type == "bytea":
        return _sealed(table, column, row, mark)
    if mark.lower() in (value or "").lower():
        return None
    return f"{mark.lower()}.{value or 'x@example.org'}" if "mail" in column.name else f"{value or ''} {mark}".strip()


def _in_json(value: Any, mark: str) -> Any:
    """Mark what looks like words; ids, dates and codes stay what they are."""
    if isinstance(value, dict):
        return {key: _in_json(each, mark) for key, each in value.items()}
    if isinstance(value, list):
        return [_in_json(each, mark) for each in value]
    return f"{value} {mark}" if isinstance(value, str) and not PLAIN.match(value) else value


def _sealed(table: str, column: Column, row: dict[str, Any], mark: str) -> bytes | None:
    """Seal the mark for a place that is empty; what somebody sealed there already speaks for itself (JSON is the world's)."""
    if row[column.name] is not None:
        told = sealing.unseal(row[column.name], place(table, row, column.name))
        if mark.lower() in told.lower() or told.startswith(("{", "[")):
            return None
        return sealing.seal(f"{told} {mark}", sealing.INTAKE, place(table, row, column.name))
    return None if table == "import_batches" else sealing.seal(mark, sealing.INTAKE, place(table, row, column.name))


def _invent(schema: Schema, table: str, mark: str) -> None:
    """Give an empty table a row made of its columns: references to rows that are there, the first of each choice, the mark."""
    row: dict[str, Any] = {}
    for column in sorted(schema.columns[table], key=lambda each: each.type == "bytea"):  # a seal asks where it lies
        row[column.name] = column.choices[0] if column.choices else _value(schema, table, column, row, mark)
    names, values = sql.SQL(", ").join(map(sql.Identifier, row)), sql.SQL(", ").join(sql.Placeholder() * len(row))
    into = sql.SQL("insert into {} ({}) values ({})").format(schema.table(table), names, values)
    schema.connection.execute(into, list(row.values()))
    schema.__dict__.pop("ids", None)


def _value(schema: Schema, table: str, column: Column, row: dict[str, Any], mark: str) -> Any:
    target = schema.links.get((table, column.name))
    if column.type == "uuid":
        return schema.ids[target][0] if target else new_id()
    if column.type == "bytea":
        is_sealed = column.name in sealed_columns().get(table, ())
        return sealing.seal(mark, sealing.INTAKE, place(table, row, column.name)) if is_sealed else mark.encode()
    now = datetime.now(UTC)
    known = {"text": mark, "text[]": [mark], "jsonb": Jsonb({}), "boolean": True, "date": now.date()}
    return known.get(column.type, now if column.type.startswith("timestamp") else 1)
