"""Connections for the checks: short to wait, in autocommit, closed again."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
from sqlalchemy.engine import make_url

from maagal.bootstrap import plain
from maagal.config import settings


@contextmanager
def connected(login: str) -> Iterator[psycopg.Connection]:
    """Connect as one of our logins. Raises psycopg.OperationalError where it is not let in."""
    address = plain(make_url(getattr(settings(), f"{login}_url")))
    with psycopg.connect(address, autocommit=True, connect_timeout=5) as connection:
        yield connection


def known(*logins: str) -> list[str]:
    """Return those of the logins that this process knows the address of."""
    return [login for login in logins if getattr(settings(), f"{login}_url")]


def row(connection: psycopg.Connection, query: LiteralString, values: Sequence[object] = ()) -> Any:
    """Return the only row of a query."""
    found = connection.execute(query, values or None).fetchone()
    return found if found is not None else ()
