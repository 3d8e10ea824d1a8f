"""A house that really runs: every process, two organisations, and what people wrote that no figure and no log may repeat."""

import http.client
import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url

from maagal.bootstrap import plain
from maagal.environment import _OURS
from maagal.tour.house import House, opened

MARK = "zugmarker"
Ask = Callable[..., "tuple[int, dict[str, str], str]"]


@pytest.fixture(scope="session")
def running() -> Iterator[House]:
    """A running house with the organisations ash and birch; names carry the mark."""
    with ExitStack() as until_the_end:
        with _nothing_told():
            house = until_the_end.enter_context(opened())
        for slug in ("ash", "birch"):
            house.command("tenant", "open", slug, "--name", f"{MARK} {slug}")
        yield house


@contextmanager
def _nothing_told() -> Iterator[None]:
    """Let our environment tell nothing of this process's own world; what stands in it is put back afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("MAAGAL_") or name in _OURS]:
            patch.delenv(name)
        yield


@pytest.fixture
def ask(running: House) -> Ask:
    """Return a way to ask for a path: status, headers by lower-case name, body."""

    def asked(path: str, port: int = running.port, method: str = "GET", body: str | None = None, **headers: str) -> Any:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        line.request(method, path, body, {"Host": f"ash.localhost:{port}"} | named)
        answer = line.getresponse()
        told = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()
        line.close()
        return told

    return asked


@pytest.fixture
def administrator(running: House) -> Iterator[psycopg.Connection]:
    """The administrator of the running house's server."""
    with psycopg.connect(plain(make_url(running.instance.told["DATABASE_URL"])), autocommit=True) as connection:
        yield connection


def lines(house: House, name: str) -> list[dict[str, Any]]:
    """Return the JSON lines of a process's log."""
    text = (house.instance.folder / "logs" / f"{name}.log").read_text()
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]
