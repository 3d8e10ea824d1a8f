"""The one process that keeps the others alive: what it starts again, what it ends, what it says, what it keeps to itself."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from maagal.environment import environment, without
from maagal.instance import Instance, must_be_free
from maagal.programs import Program, programs
from maagal.servers.process import StartError, command_of, end, spawn
from maagal.supervise import Child, only_one

ADMINISTRATOR = "postgresql://postgres:sesame@db.example/maagal"


@pytest.fixture
def busy_port() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What an instance is told, with nothing from outside."""
    for name in [name for name in os.environ if name.startswith("MAAGAL_") or name.endswith("_URL")]:
        monkeypatch.delenv(name)
    return environment(tmp_path, database_url=ADMINISTRATOR, redis_url="redis://x", mail_url="smtp://x", port=8000)


def until(true: Callable[[], object], seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(true())


def supervise(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "maagal.supervise", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=without({}))


def test_only_the_provisioner_knows_the_provisioners_login_and_nobody_the_administrators(told: dict[str, str]) -> None:
    for program in [each for group in programs(8000) for each in group]:
        knows = without(told, *program.hidden)
        assert "sesame" not in "".join(knows.values()), program.name
        assert ("MAAGAL_PROVISIONER_URL" in knows) == (program.name == "provisioner")
        assert ("MAIL_URL" in knows) == program.name.startswith("worker")
        assert ("MAAGAL_OPERATOR_URL" in knows) == (program.name in {"web", "metrics"})
        opens_seals = "MAAGAL_MASTER_KEY" in knows or "MAAGAL_KEYS_URL" in knows
        assert opens_seals == (program.name == "web" or program.name.startswith("worker"))
        assert "MAAGAL_BACKUP_URL" not in knows


def test_each_login_has_a_password_of_its_own_that_stays(told: dict[str, str], tmp_path: Path) -> None:
    logins = [told[f"MAAGAL_{name}_URL"] for name in ("APP", "SPONSOR", "OPERATOR", "PROVISIONER", "KEYS")]
    assert len({url.split(":")[2] for url in logins}) == len(logins)
    assert logins[4].endswith("/maagal_keys")
    again = environment(tmp_path, database_url=ADMINISTRATOR, redis_url="redis://x", mail_url="smtp://x", port=8000)
    assert again == told


def test_what_our_own_environment_says_does_not_reach_a_program_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", ADMINISTRATOR)
    monkeypatch.setenv("MAAGAL_PROVISIONER_URL", ADMINISTRATOR)
    assert ADMINISTRATOR not in without({"REDIS_URL": "redis://x"}).values()


def test_a_child_that_is_killed_is_started_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    child = Child(Program("sleeper", ("/bin/sleep", "60")), Instance(tmp_path, 8000))
    first = child.process
    os.kill(first.pid, signal.SIGKILL)

    def another_lives() -> bool:
        child.look_after()
        return child.process is not first and child.process.poll() is None

    assert until(another_lives)
    assert "sleeper ended (signal 9)" in capsys.readouterr().out
    end(child.process, signals=(signal.SIGTERM,), patience=5)


def test_one_that_keeps_dying_is_started_ever_later(tmp_path: Path) -> None:
    child = Child(Program("stillborn", ("/bin/false",)), Instance(tmp_path, 8000))
    pauses = []
    for _ in range(3):
        child.process.wait()
        child.look_after()
        pauses.append(child.pause)
        child.due = time.monotonic()
        child.look_after()
    assert pauses == sorted(set(pauses))
    end(child.process, signals=(), patience=0)


def test_ending_one_that_will_not_listen_ends_its_children_too(tmp_path: Path) -> None:
    deaf = "trap '' TERM; sleep 60 & echo $!; wait; sleep 60"
    process = spawn(["/bin/sh", "-c", deaf], log=tmp_path / "log")
    assert until(lambda: (tmp_path / "log").read_text().strip())
    grandchild = int((tmp_path / "log").read_text())
    end(process, signals=(signal.SIGTERM,), patience=0.3)
    assert process.returncode == -signal.SIGKILL
    assert until(lambda: not command_of(grandchild))


def test_a_second_house_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(StartError, match="runs already"), only_one(tmp_path):
        pass


def test_a_port_in_use_is_one_clear_line(busy_port: int, tmp_path: Path) -> None:
    with pytest.raises(StartError):
        must_be_free(busy_port)
    told = supervise("--port", str(busy_port), "--folder", str(tmp_path))
    assert told.returncode == 1
    assert told.stderr.splitlines() == [
        f"maagal: port {busy_port} cannot be used (Address already in use): end what uses it, or choose: bin/run --port 9000"
    ]


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    told = supervise("--folder", str(tmp_path / "file" / "var"))
    assert told.returncode == 1
    assert told.stderr.splitlines() == [f"maagal: Not a directory: {tmp_path}/file/var"]


@pytest.mark.parametrize("address", ["postgresql://nobody@127.0.0.1:1/x", "not an address"])
def test_a_command_says_in_one_line_that_postgresql_cannot_be_used(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"DATABASE_URL": address, "REDIS_URL": "redis://127.0.0.1:1", "MAIL_URL": "smtp://127.0.0.1:1"}
    env = without({}) | given | {"MAAGAL_FOLDER": str(tmp_path)}
    command = [sys.executable, "-m", "maagal.command", "tenant", "list"]
    told = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert told.returncode == 1
    assert len(told.stderr.splitlines()) == 1
    assert told.stderr.startswith("maagal: ")
