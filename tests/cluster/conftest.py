"""A database for a cluster. Citus itself is not to be had on this machine: a stand-in extension records what is asked of it.

What only a real cluster can show is in test_real_cluster.py, which needs the address of one.
"""

import shutil
import tempfile
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
from maagal.citus import SESSION
from maagal.config import Settings, settings
from maagal.db import db
from tests.conftest import serve_tasks
from tests.own_database import own_database, server

NAME = "clustered"
TENANTS = "select nspname from pg_namespace where nspname like 't\\_%'"


@pytest.fixture(scope="module")
def extensions() -> Iterator[Path]:
    """Where the stand-in lies, readable by the servers' own account."""
    folder = Path(tempfile.mkdtemp(prefix="maagal-stand-in-"))
    shutil.copytree(Path(__file__).parent / "stand_in", folder, dirs_exist_ok=True)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def bare(told: dict[str, str]) -> Iterator[str]:
    """A second database on the server, without any extension, to which every address of ours leads; MAAGAL_CITUS is set."""
    with own_database(told, NAME, MAAGAL_CITUS="1"):
        yield NAME
        _take_away(told)


@pytest.fixture
def coordinator(bare: str, told: dict[str, str], extensions: Path) -> str:
    """The same database where there is an extension of that name."""
    path = sql.Literal(f"$system:{extensions}")
    with server(told) as connection:
        connection.execute(sql.SQL("alter database {} set extension_control_path = {}").format(sql.Identifier(bare), path))
    return bare


@pytest.fixture
def cluster(coordinator: str) -> Iterator[Flask]:
    """A house on a cluster, prepared, with one blank."""
    upgrading.prepare(settings())
    made = create_app()
    serve_tasks(made)
    with made.app_context():
        yield made
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def ask(bare: str) -> Iterator[Callable[..., list[tuple]]]:
    """Return a way to ask the database as its administrator."""
    with psycopg.connect(plain(make_url(Settings().database_url)), autocommit=True) as connection:

        def asked(query: str, values: list | None = None) -> list[tuple]:
            return connection.execute(query, values).fetchall()

        yield asked


@pytest.fixture
def provisioner(cluster: Flask) -> Iterator[psycopg.Connection]:
    """The login that may do DDL."""
    with provisioning.connect(settings()) as connection:
        yield connection


def _take_away(told: dict[str, str]) -> None:
    """Drop the database and the roles made for it; the owner and the provisioner are as on one machine again."""
    with psycopg.connect(plain(make_url(Settings().database_url)), autocommit=True) as connection:
        schemas = [schema for (schema,) in connection.execute(TENANTS).fetchall()]
    with server(told) as connection:
        connection.execute(f"drop database {NAME} with (force)")
        for role in (name for schema in schemas for name in (schema, f"{schema}_sponsor")):
            connection.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(role)))
        connection.execute("alter role maagal_owner nologin valid until 'infinity'")
        for name in SESSION:
            connection.execute(sql.SQL("alter role maagal_provisioner reset {}").format(sql.Identifier(name)))

