"""What a health check asks: whether a loop turned a while ago, whether an address answers."""

import os
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from maagal import alive


class Statuses(BaseHTTPRequestHandler):
    """Answers with the status that the path names."""

    def do_GET(self):
        self.send_response(int(self.path[1:]))
        self.end_headers()

    def log_message(self, *_words):
        pass


@pytest.fixture
def url():
    with HTTPServer(("127.0.0.1", 0), Statuses) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def check(*arguments):
    command = [sys.executable, "-m", "maagal.alive", *map(str, arguments)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    return ran.returncode


def test_a_loop_that_turned_just_now_is_well_and_one_that_stands_still_is_not(tmp_path, monkeypatch):
    file = tmp_path / "alive"
    assert check(file, 30) == 1, "it has not begun"
    monkeypatch.setenv("MAAGAL_ALIVE_FILE", str(file))
    alive.breathe()
    assert check(file, 30) == 0
    os.utime(file, (time.time() - 31,) * 2)
    assert check(file, 30) == 1


def test_where_no_file_is_named_breathing_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.delenv("MAAGAL_ALIVE_FILE", raising=False)
    monkeypatch.chdir(tmp_path)
    alive.breathe()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("status", "ends"), [(200, 0), (503, 1), (404, 1), (308, 1)])
def test_only_200_is_well(url, status, ends):
    assert check(f"{url}/{status}") == ends


def test_an_address_at_which_nobody_listens_is_not_well():
    assert check("http://127.0.0.1:1/healthz") == 1
