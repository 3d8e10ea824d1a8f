"""Many tenants in the benchmarks' house: opened once a run, as many as the largest figure so far wanted.

The server need not be sure of its disk while they are made; before anything is measured it is again.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.engine import make_url

from maagal import provisioning
from maagal.bootstrap import plain
from maagal.config import settings
from maagal.ids import new_id
from maagal.provisioning import Wanted

PORTION = 52  # blanks made before they are claimed


def crowd(number: int) -> None:
    """Have at least so many tenants, each with its whole schema and its roles."""
    with _careless(), provisioning.connect(settings()) as connection:
        while (missing := number - count()) > 0:
            provisioning.refill(connection, min(missing, PORTION))
            for _ in range(min(missing, PORTION)):
                provisioning.open_tenant(connection, Wanted(f"c{new_id().hex[-12:]}", "x"))


def count() -> int:
    """Return how many tenants there are."""
    with provisioning.connect(settings()) as connection:
        row = connection.execute("select count(*) from control.tenants where state <> 'erased'").fetchone()
    return int(row[0]) if row else 0


@contextmanager
def administrator() -> Iterator[psycopg.Connection]:
    """Open a connection of the server's administrator: whoever measures sees everything."""
    with psycopg.connect(plain(make_url(settings().database_url)), autocommit=True) as connection:
        yield connection


@contextmanager
def _careless() -> Iterator[None]:
    with administrator() as connection:
        connection.execute("alter system set fsync = off")
        connection.execute("select pg_reload_conf()")
        try:
            yield
        finally:
            connection.execute("alter system reset fsync")
            connection.execute("select pg_reload_conf()")
            connection.execute("checkpoint")  # what was not yet written is on nobody's account
