"""A database of its own for tests that change the whole house: the other tests' is to stay as it is."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy.engine import make_url

from maagal import activity, register
from maagal.bootstrap import plain
from maagal.config import settings

MOVED = ("DATABASE_URL", *(f"MAAGAL_{login}_URL" for login in ("APP", "SPONSOR", "OPERATOR", "PROVISIONER", "BACKUP")))


@contextmanager
def own_database(told: dict[str, str], name: str, **more: str) -> Iterator[None]:
    """Be a second house on the same server, whose addresses all lead to an empty database of that name; `more` is told too."""
    with server(told) as connection:
        connection.execute(f"drop database if exists {name} with (force)")
        connection.execute(f"create database {name}")
    with pytest.MonkeyPatch.context() as patch:
        for each in MOVED:
            patch.setenv(each, make_url(told[each]).set(database=name).render_as_string(hide_password=False))
        for each, value in ({"MAAGAL_BLANK_SCHEMAS": "1"} | more).items():
            patch.setenv(each, value)
        forget()
        yield
    forget()


def server(told: dict[str, str]) -> psycopg.Connection:
    """Connect to the server as its administrator, in the first house's database."""
    return psycopg.connect(plain(make_url(told["DATABASE_URL"])), autocommit=True)


def forget() -> None:
    """Let this process know nothing of the house that it was in."""
    settings.cache_clear()
    register.forget()
    activity.forget()
