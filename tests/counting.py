"""Counting what is asked of PostgreSQL, so that a hot page does not begin to ask in a loop."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from maagal.db import db


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the statements that SQLAlchemy sends meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    db.event.listen(db.engine, "after_cursor_execute", note)
    try:
        yield sent
    finally:
        db.event.remove(db.engine, "after_cursor_execute", note)
