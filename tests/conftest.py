"""One small world: real servers in a folder of their own, two tenants side by side, and the house on top of them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp
from uuid import UUID

import hypothesis
import psycopg
import pytest
from flask import Flask
from psycopg import sql
from sqlalchemy.engine import make_url

from maagal import activity, embedded, keystore, own_settings, upgrading
from maagal.app import create_app
from maagal.bootstrap import plain
from maagal.config import Settings, settings
from maagal.db import db, within
from maagal.environment import environment
from maagal.opening import open_and_furnish
from maagal.tenancy import Tenant
from tests.circle import Browser, Circle, at, make_circle

hypothesis.settings.register_profile("steady", derandomize=True)  # a run tells of the change it tests, not of its luck
hypothesis.settings.load_profile("steady")


@pytest.fixture(scope="session")
def servers() -> Iterator[embedded.Servers]:
    """A PostgreSQL and a Valkey of this test process alone."""
    with embedded.temporary() as started:
        yield started


@pytest.fixture(scope="session")
def told(servers: embedded.Servers) -> Iterator[dict[str, str]]:
    """The environment of every process of this world, ours included."""
    folder = Path(mkdtemp(prefix="maagal-data-"))
    made = environment(
        folder,
        database_url=servers.admin_url,
        redis_url=servers.redis_url,
        mail_url="smtp://127.0.0.1:1",
        port=8000,
    )
    with pytest.MonkeyPatch.context() as patch:
        for name, value in made.items():
            patch.setenv(name, value)
        patch.setenv("MAAGAL_TENANT_REQUESTS", "0")  # here one tenant is asked for everything at once
        patch.setenv("MAAGAL_TENANT_THREAD", "0")
        settings.cache_clear()
        yield made
    settings.cache_clear()


@pytest.fixture(scope="session")
def house(told: dict[str, str]) -> Iterator[Flask]:
    """The application, over a prepared server."""
    upgrading.prepare(Settings())
    app = create_app()
    yield app
    with app.app_context():
        for engine in db.engines.values():  # left to the garbage collector they warn once a command has made another app
            engine.dispose()


@pytest.fixture(scope="session")
def oak_and_elm(house: Flask) -> tuple[Tenant, Tenant]:
    """Two public tenants that must never hear of each other."""
    with house.app_context():
        oak = open_and_furnish("oak", name="אלון", demo=True)
        elm = open_and_furnish("elm", name="בוקיצה", demo=True)
    return oak, elm


@pytest.fixture
def context(house: Flask) -> Iterator[Flask]:
    """The application's context, with nothing left behind."""
    serve_tasks(house)
    with house.app_context():
        yield house
        db.session.remove()


def serve_tasks(app: Flask) -> None:
    """Let tasks run in this app: every app that is made, by a command too, takes them over, and may be gone by now."""
    app.extensions["celery"].set_current()
    app.extensions["celery"].set_default()


@pytest.fixture
def oak(context: Flask, oak_and_elm: tuple[Tenant, Tenant]) -> Iterator[Tenant]:
    """Be inside oak, empty."""
    empty(oak_and_elm[0])
    with within(oak_and_elm[0]):
        yield oak_and_elm[0]


@pytest.fixture
def elm(oak_and_elm: tuple[Tenant, Tenant], context: Flask) -> Tenant:
    """The house next door, empty; enter it with `within(elm)`."""
    empty(oak_and_elm[1])
    return oak_and_elm[1]


def empty(tenant: Tenant) -> None:
    """Delete every row of a tenant, as the administrator of the server: the application may not."""
    with psycopg.connect(plain(make_url(Settings().database_url)), autocommit=True) as connection:
        rows = connection.execute(TABLES, [tenant.schema]).fetchall()
        names = sql.SQL(", ").join(sql.Identifier(tenant.schema, table) for (table,) in rows)
        connection.execute(sql.SQL("truncate {}").format(names))
        connection.execute("delete from control.due where tenant_id = %s", [tenant.id])
    keystore.forget()
    activity.forget()
    own_settings.forget()


TABLES = "select tablename from pg_tables where schemaname = %s and tablename <> 'revision'"


@pytest.fixture
def circle(oak: Tenant) -> Circle:
    """Oak's one community: Dana and Gil coordinate, Miri mentors, Pnina takes part, Adam advises; nobody is paired yet."""
    return make_circle()


@pytest.fixture
def browse(context: Flask, oak: Tenant) -> Callable[..., Browser]:
    """Return a client at a tenant's address (oak's unless named), signed in as a person (by id) or as nobody."""

    def client(person_id: UUID | None = None, tenant: Tenant = oak) -> Browser:
        db.session.remove()
        return at(context, tenant, person_id)

    return client
