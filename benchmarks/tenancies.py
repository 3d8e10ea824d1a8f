"""What a tenant costs: opening one with and without the pool, and switching to one in each transaction."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from figure import Figure, Figures
from sqlalchemy import text
from world import house

from maagal import migrate, provisioning, register, tenancy
from maagal.config import settings
from maagal.db import db, within
from maagal.ids import new_id, new_schema
from maagal.provisioning import Wanted

ROUNDS = 15
SWITCHES = 600


def tenant_open_cold() -> Figure:
    """Open without the pool, over the same DDL sent as one message to a bare schema."""
    with _provisioner() as connection:

        def ours() -> None:
            connection.execute("delete from control.blank_schemas")
            provisioning.open_tenant(connection, Wanted(_slug(), "x"))

        mine, floor = _in_turn(ours, lambda: _bare(connection))
    return _figure("tenant_open_cold", mine, floor, "the same DDL as one message")


def tenant_open_pool() -> Figure:
    """Open from the pool, over the same DDL sent as one message."""
    with _provisioner() as connection:
        provisioning.refill(connection, ROUNDS + 2)
        mine, floor = _in_turn(
            lambda: provisioning.open_tenant(connection, Wanted(_slug(), "x")), lambda: _bare(connection)
        )
    return _figure("tenant_open_pool", mine, floor, "the same DDL as one message")


def tenant_switch() -> Figure:
    """Run a transaction of one small query in a tenant, over the same without role and path set."""
    with house(), _provisioner() as connection:
        schemas = []
        for _ in range(2):
            slug = _slug()
            provisioning.open_tenant(connection, Wanted(slug, "x"))
            schemas.append(register.by_slug(slug))
        turn = iter(range(10**9))
        mine, floor = _in_turn(
            lambda: _transaction(schemas[next(turn) % 2]), lambda: _transaction(None), rounds=SWITCHES
        )
    return _figure("tenant_switch", mine, floor, "the same transaction without role and path", scale=1e6, unit="us")


FIGURES: Figures = {run.__name__: run for run in (tenant_open_cold, tenant_open_pool, tenant_switch)}


def _transaction(tenant: tenancy.Tenant | None) -> None:
    with within(tenant):
        db.session.execute(text("select 1"))


def _bare(connection: psycopg.Connection) -> None:
    """Create the same tables, indexes and grants in one message, and nothing else of ours around them."""
    schema = new_schema()
    ddl = migrate.compiled("tenant")
    opener = (
        f"begin; create role {schema} nologin; create role {schema}_sponsor nologin; set local role maagal_owner; "
        f"create schema {schema}; set local search_path = {schema};"
    )
    connection.execute(f"{opener} {ddl}; commit".encode())


def _in_turn(ours: Callable[[], object], floor: Callable[[], object], rounds: int = ROUNDS) -> tuple[list[float], list[float]]:
    """Time both alternately; return seconds of each."""
    ours(), floor()
    pairs = [(_seconds(ours), _seconds(floor)) for _ in range(rounds)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _figure(
    name: str, mine: list[float], floor: list[float], of_what: str, scale: float = 1e3, unit: str = "ms"
) -> Figure:
    ratio = statistics.median(mine) / statistics.median(floor)
    return Figure(name, statistics.median(mine) * scale, unit, ratio, of_what)


def _slug() -> str:
    return f"b{new_id().hex[-12:]}"


@contextmanager
def _provisioner() -> Iterator[psycopg.Connection]:
    with house(), provisioning.connect(settings()) as connection:
        yield connection
