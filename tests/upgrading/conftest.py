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

from maagal import activity, provisioning, register, upgrading
from maagal.app import create_app
from maagal.bootstrap import plain
from maagal.config import Settings, settings
from maagal.db import db
from maagal.opening import open_and_furnish
from maagal.tenancy import Tenant
from tests.circle import Browser
from tests.conftest import serve_tasks

ROOT = Path(__file__).parents[2]
SLUGS = ("ash", "birch", "cedar")


@pytest.fixture(scope="module")
def site(told: dict[str, str]) -> Iterator[Flask]:
    """A second house on the same server, with a database of its own."""
    admin = make_url(told["DATABASE_URL"])
    with psycopg.connect(plain(admin), autocommit=True) as connection:
        connection.execute("drop database if exists upgrading with (force)")
        connection.execute("create database upgrading")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DATABASE_URL", *(f"MAAGAL_{login}_URL" for login in ("APP", "SPONSOR", "OPERATOR", "PROVISIONER"))):
            patch.setenv(name, make_url(told[name]).set(database="upgrading").render_as_string(hide_password=False))
        patch.setenv("MAAGAL_BLANK_SCHEMAS", "1")
        _forget()
        upgrading.prepare(settings())
        made = create_app()
        yield made
        with made.app_context():
            for engine in db.engines.values():
                engine.dispose()
    _forget()


@pytest.fixture
def here(site: Flask) -> Iterator[Flask]:
    """Be in the second house, with no tenant in it and one blank."""
    _clear_out()
    _forget()
    serve_tasks(site)
    with site.app_context():
        yield site
        db.session.remove()
    _forget()


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


def _forget() -> None:
    settings.cache_clear()
    register.forget()
    activity.forget()


def _clear_out() -> None:
    """Take away every tenant and blank; roles stay with the server."""
    with psycopg.connect(plain(make_url(Settings().database_url)), autocommit=True) as connection:
        for (schema,) in connection.execute("select nspname from pg_namespace where nspname like 't\\_%'").fetchall():
            connection.execute(sql.SQL("drop schema {} cascade").format(sql.Identifier(schema)))
        emptied = ("tenants", "due", "sweeps", "blank_schemas", "upgrades")
        connection.execute(f"truncate {', '.join(f'control.{table}' for table in emptied)} cascade")
    with provisioning.connect(settings()) as connection:
        provisioning.refill(connection, 1)
