"""What a page costs in process, over its template alone, its rows by psycopg in one round trip, and its audit row.

The floor is made of the page itself: the template and context it rendered, the selects it sent, the audit row it wrote.
Run: `bin/bench page_pair page_dashboard page_p99`.
"""

import contextlib
import gc
import time
from collections.abc import Callable, Iterator
from contextvars import Context
from functools import cache
from statistics import median, quantiles
from typing import Any, NamedTuple

import circle_world
import psycopg
from circle_world import World
from figure import Figure, Figures
from flask import Flask, before_render_template
from flask.testing import FlaskClient
from sqlalchemy.engine import make_url
from world import house

from maagal.bootstrap import plain
from maagal.config import Settings
from maagal.limits import limiter
from maagal.settling import settle

WARM_UP, ROUNDS, MANY = 60, 200, 2000
OF_WHAT = "template alone + rows in one round trip + audit row"


class Asked(NamedTuple):
    """What one request did: the statements it sent, with their values, and the template it rendered."""

    selects: list[tuple[str, Any]]
    writes: list[tuple[str, Any]]
    template: Any
    context: dict[str, Any]


def page_pair() -> Figure:
    """Measure a pair's page, read by its coordinator."""
    return _over_the_floor("page_pair", f"/pairs/{_world().pair}")


def page_dashboard() -> Figure:
    """Measure the coordinator's dashboard."""
    return _over_the_floor("page_dashboard", "/dashboard")


def page_p99() -> Figure:
    """Measure how much slower than the median the slowest hundredth of the dashboard's answers is."""
    world = _world()
    with house() as app, _settled():
        client = _client(app, world)
        for _ in range(WARM_UP):
            _get(client, "/dashboard")
        limiter.enabled = False  # six hundred a minute are enough for a person
        taken = [_seconds(lambda: _get(client, "/dashboard")) for _ in range(MANY)]
        limiter.enabled = True
    p99 = quantiles(taken, n=100)[98]
    return Figure("page_p99", 1000 * p99, "ms", p99 / median(taken), "p50")


FIGURES: Figures = {run.__name__: run for run in (page_pair, page_dashboard, page_p99)}


def _over_the_floor(name: str, path: str) -> Figure:
    """Time the page and its floor in turn; the ratio is that of the medians."""
    world = _world()
    with house() as app:
        client = _client(app, world)
        for _ in range(WARM_UP):
            _get(client, path)
        asked = _watch(app, client, path)
        with (
            _bare(world) as connection,
            app.test_request_context(path, base_url=circle_world.address(world.tenant)),
            _settled(),
        ):
            mine, floor = [], []
            for _ in range(ROUNDS):
                mine.append(_seconds(lambda: Context().run(_get, client, path)))
                floor.append(_seconds(lambda: _floor(connection, asked)))
    return Figure(name, 1000 * median(mine), "ms", median(mine) / median(floor), OF_WHAT)


def _floor(connection: psycopg.Connection[Any], asked: Asked) -> None:
    """Fetch the rows in one round trip, render, write the audit row and commit."""
    with connection.pipeline():
        cursors = [connection.execute(statement, values) for statement, values in asked.selects]
    for cursor in cursors:
        cursor.fetchall()
    asked.template.render(asked.context)
    with connection.pipeline():
        for statement, values in asked.writes:
            connection.execute(statement, values)
        connection.commit()


def _watch(app: Flask, client: FlaskClient, path: str) -> Asked:
    """Ask for the page once and keep what it did."""
    selects: list[tuple[str, Any]] = []
    writes: list[tuple[str, Any]] = []
    rendered: list[tuple[Any, dict[str, Any]]] = []

    execute = psycopg.Cursor.execute

    def sent(cursor: Any, statement: Any, values: Any = None, **rest: Any) -> Any:
        (selects if str(statement).lstrip().lower().startswith("select") else writes).append((statement, values))
        return execute(cursor, statement, values, **rest)

    def drawn(_app: Flask, template: Any, context: dict[str, Any], **_rest: Any) -> None:
        rendered.append((template, context))

    psycopg.Cursor.execute = sent  # type: ignore[method-assign]  # everything passes here, whoever asks
    try:
        with before_render_template.connected_to(drawn, app):
            _get(client, path)
    finally:
        psycopg.Cursor.execute = execute  # type: ignore[method-assign]  # counting what is sent
    template, context = rendered[-1]
    return Asked(selects, [_anew(*write) for write in writes if "INTO audit" in write[0]], template, context)


def _anew(statement: str, values: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Let each audit row of the floor have an id of its own."""
    return statement.replace("%(id)s::UUID", "gen_random_uuid()"), {k: v for k, v in values.items() if k != "id"}


@contextlib.contextmanager
def _bare(world: World) -> Iterator[psycopg.Connection[Any]]:
    """Open a connection that stays in the tenant's role and schema."""
    with psycopg.connect(plain(make_url(Settings().app_url))) as connection:
        connection.execute(f'set role "{world.tenant.schema}"')
        connection.execute(f'set search_path = pg_catalog, "{world.tenant.schema}", pg_temp')
        connection.commit()
        yield connection


@contextlib.contextmanager
def _settled() -> Iterator[None]:
    """Keep the garbage collector as maagal.wsgi does, for the page and its floor alike."""
    before = gc.get_threshold()
    settle()
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@cache
def _world() -> World:
    with house():
        return circle_world.make()


def _client(app: Flask, world: World) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction(base_url=circle_world.address(world.tenant)) as cookie:
        cookie["_user_id"], cookie["_fresh"] = world.subject, True
    return client


def _get(client: FlaskClient, path: str) -> None:
    answer = client.get(path, base_url=circle_world.address(_world().tenant))
    if answer.status_code != 200:
        message = f"{path} answered {answer.status_code}"
        raise RuntimeError(message)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
