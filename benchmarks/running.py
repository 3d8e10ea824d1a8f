"""A whole house that runs, with two organisations, and a mail server that takes its time: for what one does to the other."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

import circle_world
from circle_world import World
from flask import Flask

from maagal.app import create_app
from maagal.config import settings
from maagal.environment import without
from maagal.instance import Instance
from maagal.servers.place import place
from maagal.servers.process import spawn
from tests.circle import Browser

SINK = Path(__file__).parents[1] / "tests" / "smtp_sink.py"
PORT, PAUSE = 18_400, 0.02  # seconds a letter takes the mail server


class Side(NamedTuple):
    """One organisation, its address, and the cookie of its coordinator."""

    world: World
    host: str
    cookie: str


class Running(NamedTuple):
    """The house's port, both organisations (the second floods), and where the mail server writes down what arrives."""

    port: int
    quiet: Side
    loud: Side
    caught: Path
    app: Flask


@contextmanager
def opened() -> Iterator[Running]:
    """Open it; everything is gone afterwards."""
    folder, kept, before = Path(mkdtemp(prefix="maagal-fair-")), Path(mkdtemp(prefix="maagal-mail-")) / "caught", dict(os.environ)
    sink = subprocess.Popen([sys.executable, str(SINK), str(kept), str(PAUSE)], stdout=subprocess.PIPE, text=True)
    assert sink.stdout is not None
    os.environ["MAIL_URL"] = f"smtp://127.0.0.1:{sink.stdout.readline().strip()}"
    command = (sys.executable, "-m", "maagal.supervise", "--folder", folder, "--port", str(PORT), "--no-demo")
    limits = {name: value for name, value in before.items() if name.startswith("MAAGAL_TENANT_")}
    house = spawn(command, log=folder / "logs" / "house.log", env=without(limits | {"MAIL_URL": os.environ["MAIL_URL"]}))
    try:
        _wait_for(folder / "logs" / "house.log", house)
        yield _furnished(folder, kept)
    finally:
        house.send_signal(signal.SIGTERM)
        house.wait(60)
        sink.kill()
        os.environ.clear()
        os.environ.update(before)
        settings.cache_clear()
        place(folder).remove()


def seconds_for(port: int, side: Side, path: str) -> float:
    """Return the seconds of one request on a connection of its own."""
    started = time.perf_counter()
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    line.request("GET", path, headers={"Host": f"{side.host}:{port}", "Cookie": side.cookie})
    answer = line.getresponse()
    answer.read()
    line.close()
    assert answer.status == 200, answer.status
    return time.perf_counter() - started


def _wait_for(log: Path, house: "subprocess.Popen[bytes]") -> None:
    while not (log.exists() and "ready" in log.read_text()):
        assert house.poll() is None, log.read_text()
        time.sleep(0.2)


def _furnished(folder: Path, kept: Path) -> Running:
    instance = Instance(folder, PORT)
    instance.start_servers()
    os.environ.update(instance.told)
    settings.cache_clear()
    app = create_app()
    with app.app_context():
        sides = [_side(app, slug) for slug in ("quiet", "loud")]
    return Running(PORT, sides[0], sides[1], kept, app)


def _side(app: Flask, slug: str) -> Side:
    world = circle_world.make(slug)
    client = Browser(app)
    client.origin = f"http://{slug}.localhost:{PORT}"
    with client.session_transaction(base_url=client.origin) as cookie:
        cookie["_user_id"], cookie["_fresh"] = world.subject, True
    found = client.get_cookie("maagal", f"{slug}.localhost")
    assert found
    return Side(world, f"{slug}.localhost", f"{found.key}={found.value}")
