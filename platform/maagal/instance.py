"""One installation in one folder: its servers, embedded or given by the environment, and what processes are told."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from maagal import embedded
from maagal.environment import FIGURES, environment, without
from maagal.servers.mailbox import Mailbox
from maagal.servers.process import StartError, last_word, spawn

PORT = 8000
_CLI = (sys.executable, "-m", "maagal.cli")


class Instance:
    """The installation in FOLDER whose web server has PORT; the mail catcher has the two ports after it, figures the third."""

    def __init__(self, folder: Path, port: int) -> None:
        """Name what belongs to it; nothing starts yet."""
        self.folder, self.port = folder.absolute(), port
        self.servers: embedded.Servers | None = None
        self.mailbox = None if os.environ.get("MAIL_URL") else Mailbox(self.folder, port + 1, port + 2)
        self.told: dict[str, str] = {}
        self.metrics_port = port + 3

    def start_servers(self) -> None:
        """Start PostgreSQL and Valkey where the environment names none, and learn what to tell the processes."""
        database_url, redis_url = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (database_url and redis_url):
            self.servers = embedded.start(self.folder, postgres=not database_url, valkey=not redis_url)
        self.told = environment(
            self.folder,
            database_url=database_url or self._embedded().admin_url,
            redis_url=redis_url or self._embedded().redis_url,
            mail_url=self.mailbox.mail_url if self.mailbox else "",
            port=self.port,
        )

    def forget_figures(self) -> None:
        """Take away what processes of an earlier run counted."""
        for file in Path(self.told[FIGURES]).glob("*.db"):
            file.unlink(missing_ok=True)

    def _embedded(self) -> embedded.Servers:
        if self.servers is None:
            message = "PostgreSQL and Valkey are not started"
            raise StartError(message)
        return self.servers

    def stop_servers(self) -> None:
        """End the servers that this process started."""
        if self.servers:
            self.servers.stop()

    def run(self, module: str, *arguments: str) -> None:
        """Run a module's command to its end, its output in a log; raises StartError where it fails."""
        log = self.folder / "logs" / f"{arguments[0]}.log"
        command = (sys.executable, "-m", module, *arguments)
        if spawn(command, log=log, env=without(self.told), cwd=self.folder).wait():
            message = f"`maagal {' '.join(arguments)}` failed: {last_word(log)} (whole story: {log})"
            raise StartError(message)

    def ask(self, *arguments: str) -> str:
        """Give what a command of the CLI prints; nothing of it goes into a log. Raises StartError where it fails."""
        done = subprocess.run((*_CLI, *arguments), env=without(self.told), capture_output=True, text=True, check=False)
        if done.returncode:
            message = f"`maagal {' '.join(arguments)}` failed: {(done.stderr.splitlines() or ['it said nothing'])[-1]}"
            raise StartError(message)
        return done.stdout.strip()


def must_be_free(port: int) -> None:
    """Raise StartError where something on this machine listens on PORT."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as why:
            message = f"port {port} cannot be used ({why.strerror}): end what uses it, or choose: bin/run --port 9000"
            raise StartError(message) from None
