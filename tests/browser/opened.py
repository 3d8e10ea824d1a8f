"""The real house as its own processes, and the mails it sent."""

import base64
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from maagal.environment import without
from maagal.instance import must_be_free
from maagal.secrets_store import keep
from maagal.servers.mailbox import USER
from maagal.servers.process import StartError

LINK = re.compile(r"https?://\S+")
WAIT = "0.002"  # hours, seven seconds: nobody waits a night for a new second step
READY_WITHIN = 420.0  # seconds; the demo is made in them


@dataclass(frozen=True)
class Mail:
    """A caught mail: its number, whom it went to, and its plain text where that was asked for."""

    number: int
    to: str
    text: str = ""

    def link(self, part: str) -> str:
        """Return the first address in it that contains PART."""
        return next(link for link in LINK.findall(self.text) if part in link)


@dataclass(frozen=True)
class Opened:
    """A house that answers at PORT, with everything it keeps in FOLDER."""

    folder: Path
    port: int

    def url(self, tenant: str, path: str = "/") -> str:
        """Return an address at a tenant."""
        return f"http://{tenant}.localhost:{self.port}{path}"

    def mails(self, to: str = "") -> list[Mail]:
        """Return the caught mails, perhaps those to one address only, the newest last."""
        found = [Mail(int(each["id"]), str(each["recipients"])) for each in json.loads(self._mailbox("/messages/"))["messages"]]
        return sorted((mail for mail in found if to in mail.to), key=lambda mail: mail.number)

    def wait_for_mail(self, part: str, *, to: str = "", after: int = 0, within: float = 40.0) -> Mail:
        """Return the newest mail with PART in its plain text, once there is one after the number AFTER."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            for mail in reversed(self.mails(to)):
                text = self._mailbox(f"/messages/{mail.number}.plain") if mail.number > after else ""
                if part in text:
                    return replace(mail, text=text)
            time.sleep(0.3)
        message = f"no mail to {to or 'anybody'} with {part!r} within {within:.0f} s"
        raise AssertionError(message)

    def newest_mail(self) -> int:
        """Return the number of the newest mail."""
        return max((mail.number for mail in self.mails()), default=0)

    def _mailbox(self, path: str) -> str:
        login = base64.b64encode(f"{USER}:{keep(self.folder, 'mailbox')}".encode()).decode()
        asked = urllib.request.Request(f"http://localhost:{self.port + 2}{path}", headers={"Authorization": f"Basic {login}"})
        with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310  our own mailbox on this machine
            text: str = answer.read().decode()
        return text


@contextmanager
def opened() -> Iterator[Opened]:
    """Open a house with its demonstration in a folder of its own; raises AssertionError with the log where it does not open.

    MAAGAL_BROWSER_HOUSE=FOLDER:PORT takes one that runs already, for whoever writes these tests.
    """
    if given := os.environ.get("MAAGAL_BROWSER_HOUSE"):
        folder, _colon, port = given.rpartition(":")
        yield Opened(Path(folder), int(port))
        return
    with TemporaryDirectory(prefix="maagal-browser-", ignore_cleanup_errors=True) as name:
        house = Opened(Path(name), _three_free_ports())
        process = _start(house)
        try:
            _wait(process, house)
            yield house
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _start(house: Opened) -> subprocess.Popen[bytes]:
    command = (sys.executable, "-m", "maagal.supervise", "--folder", str(house.folder), "--port", str(house.port))
    soon = {"MAAGAL_SECOND_STEP_WAIT_HOURS": WAIT}
    with _log(house).open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, env=without(soon), start_new_session=True)


def _log(house: Opened) -> Path:
    return house.folder / "supervise.log"


def _wait(process: subprocess.Popen[bytes], house: Opened) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while not any(line.startswith("ready") for line in _log(house).read_text().splitlines()):
        assert process.poll() is None, f"the house did not open:\n{_log(house).read_text()[-2000:]}"
        assert time.monotonic() < deadline, f"the house was not ready in time:\n{_log(house).read_text()[-2000:]}"
        time.sleep(0.3)


def _three_free_ports() -> int:
    while True:
        first = random.randrange(20_000, 32_000, 3)
        try:
            for port in range(first, first + 3):
                must_be_free(port)
        except StartError:
            continue
        return first
