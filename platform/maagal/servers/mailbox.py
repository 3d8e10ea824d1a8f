"""The mail catcher: takes every mail, sends none on, and shows them to who knows its password."""

import base64
import hashlib
import signal
import subprocess
import sys
from pathlib import Path

from maagal.secrets_store import keep
from maagal.servers.process import end, spawn

USER = "maagal"


class Mailbox:
    """A catcher with its mails in FOLDER/mail; SMTP and HTTP on loopback ports."""

    def __init__(self, folder: Path, smtp_port: int, http_port: int) -> None:
        """Name its ports; nothing starts yet."""
        self.folder, self.smtp_port, self.http_port = folder, smtp_port, http_port
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def mail_url(self) -> str:
        """Where to send mail."""
        return f"smtp://127.0.0.1:{self.smtp_port}"

    @property
    def page(self) -> str:
        """Where to read it: any user of this machine reaches the port, so the address carries a password."""
        return f"http://{USER}:{keep(self.folder, 'mailbox')}@localhost:{self.http_port}/"

    def start(self) -> None:
        """Start it."""
        mails = self.folder / "mail"
        mails.mkdir(mode=0o700, exist_ok=True)
        digest = hashlib.sha1(keep(self.folder, "mailbox").encode()).digest()  # noqa: S324  Apache's format; the secret is random
        (mails / "htpasswd").write_text(f"{USER}:{{SHA}}{base64.b64encode(digest).decode()}\n")
        ports = ("--smtp-port", str(self.smtp_port), "--http-port", str(self.http_port))
        kept = ("--db", mails / "mails.sqlite", "--htpasswd", mails / "htpasswd")
        command = (sys.executable, "-m", "maildump_runner.main", "--foreground", "--no-quit", *ports, *kept)
        self.process = spawn(command, log=self.folder / "logs" / "mailbox.log")

    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """End it if we started it."""
        if self.process:
            end(self.process, signals=(signal.SIGTERM,), patience=1)
            self.process = None
