"""One statement in the control schema, by itself: in autocommit, on a connection of its own, outside any tenant."""

from collections.abc import Mapping, Sequence
from typing import Any

from maagal.db import db


def run(statement: str, values: Sequence[object] | Mapping[str, object] = ()) -> list[tuple[Any, ...]]:
    """Execute it with the application's login, in one round trip and no transaction of ours; return its rows."""
    connection = db.engine.raw_connection()
    try:
        cursor: Any = connection.cursor()
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall() if cursor.description else []
        cursor.close()
        return found
    finally:
        connection.close()
