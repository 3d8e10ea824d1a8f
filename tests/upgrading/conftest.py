"""A database of its own for upgrades: they change every tenant there is, and the other tests' are to stay as they are."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from psycopg import sql
from sqlalchemy.engine import make_url

from maagal import provisioning, upgrading
from maagal.app import create_app
from maagal.bootstrap import plain
from maagal.config import Settings, settings
from maagal.db import db
from maagal.opening import open_and_furnish
from maagal.tenancy import Tenant
from tests.circle import Browser
from tests.conftest import serve_tasks
from tests.own_database import forget, own_database

ROOT = Path(__file__).parents[2]
SLUGS = ("ash", "birch", "cedar")


@pytest.fixture(scope="module")
def site(told: dict[str, str]) -> Iterator[Flask]:
    """A second house on the same server, with a database of its own."""
    with own_database(told, "upgrading"):
        upgrading.prepare(settings())
        made = create_app()
        yield made
        with made.app_context():
            for engine in db.engines.values():
                engine.dispose()


@pytest.fixture
def here(site: Flask) -> Iterator[Flask]:
    """Be in the second house, with no tenant in it and one blank."""
    _clear_out()
    forget()
    serve_tasks(site)
    with site.app_context():
        yield site
        db.session.remove()
    forget()


@pytest.fixture
def three(here: Flask) -> tuple[Tenant, ...]:
    """Three tenants at the revision that the repository is at, and one blank."""
    made = tuple(open_and_furnish(slug, name=slug) for slug in SLUGS)
    with provisioning.connect(settings()) as connection:
        provisioning.refill(connection, 1)
    return made


@pytest.fixture
def provisioner(here: Flask) -> Iterator[psycopg.Connection]:
    """The login that may do DDL."""
    with provisioning.connect(settings()) as connection:
        yield connection


@pytest.fixture
def administrator(here: Flask) -> Iterator[psycopg.Connection]:
    """The server's administrator, in the database of upgrades; ends what it began."""
    with psycopg.connect(plain(make_url(Settings().database_url)), autocommit=True) as connection:
        yield connection


@pytest.fixture
def visit(here: Flask) -> Callable[[str, str], int]:
    """Ask for a page of a tenant as a stranger; return the status of the answer."""

    def status(slug: str, path: str = "/statement") -> int:
        db.session.remove()
        client = Browser(here)
        client.origin = f"http://{slug}.localhost:8000"
        return client.get(path).status_code

    return status


@pytest.fixture
def program() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Return a way to start a module of these tests as a process of its own, in this world; it ends with the test."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", *map(str, arguments)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        started.append(subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), start_new_session=True, **pipes))
        return started[-1]

    yield start
    for each in started:
        each.kill()
        each.communicate()


def _clear_out() -> None:
    """Take away every tenant and blank; roles stay with the server."""
    with psycopg.connect(plain(make_url(Settings().database_url)), autocommit=True) as connection:
        for (schema,) in connection.execute("select nspname from pg_namespace where nspname like 't\\_%'").fetchall():
            connection.execute(sql.SQL("drop schema {} cascade").format(sql.Identifier(schema)))
        emptied = ("tenants", "due", "sweeps", "blank_schemas", "upgrades")
        connection.execute(f"truncate {', '.join(f'control.{table}' for table in emptied)} cascade")
    with provisioning.connect(settings()) as connection:
        provisioning.refill(connection, 1)
