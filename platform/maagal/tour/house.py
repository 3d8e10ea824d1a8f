"""A fresh instance for one tour: a folder and ports of its own, every process of the real one, no demo."""

import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from maagal import clock
from maagal.environment import without
from maagal.instance import Instance
from maagal.servers.place import place
from maagal.servers.process import StartError, last_word, spawn
from maagal.tour.trouble import must

PORTS = range(18_000, 28_000)  # below those that systems give out by themselves
NEEDED = 4  # web, SMTP, the catcher’s pages, figures
OPENING, CLOSING = 240.0, 40.0  # seconds


class House:
    """The running instance of a tour."""

    def __init__(self, instance: Instance) -> None:
        """Take the instance, which answers."""
        self.instance, self.port = instance, instance.port
        self.moved: tuple[datetime, float] | None = None

    def command(self, *arguments: str) -> str:
        """Run a command of the CLI and return what it prints. Raises StartError with its last word."""
        return self.instance.ask(*arguments)

    def move_clock_to(self, moment: datetime) -> None:
        """Let every process of the house believe that it is MOMENT (aware), from where time goes on."""
        clock.set_to(moment, self.instance.folder / "clock")
        self.moved = (moment, time.monotonic())

    def now(self) -> datetime:
        """Return what time it is in the house."""
        if self.moved is None:
            return clock.now()
        moment, at = self.moved
        return moment + timedelta(seconds=time.monotonic() - at)


@contextmanager
def opened() -> Iterator[House]:
    """Open a house, and end it afterwards. Raises StartError where it does not open, TourTrouble where something stays."""
    folder = Path(tempfile.mkdtemp(prefix="maagal-tour-"))
    port = _free_ports()
    try:
        log = folder / "logs" / "house.log"
        command = (sys.executable, "-m", "maagal.supervise", "--folder", folder, "--port", str(port), "--no-demo")
        process = spawn(command, log=log, env=without({}))
        try:
            while not _is_ready(log):
                if process.poll() is not None:
                    raise StartError(last_word(log))
                time.sleep(0.2)
            instance = Instance(folder, port)
            instance.start_servers()  # they run already: this only learns how they are reached
            yield House(instance)
        finally:
            process.send_signal(signal.SIGINT)
            _ended(process)
        must(not (left := _left_over(folder)), f"still running after the end: {left}")
    finally:
        place(folder).remove()


def _ended(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(CLOSING)
    except subprocess.TimeoutExpired:
        process.kill()
        message = f"the house did not close within {CLOSING} s"
        raise StartError(message) from None


def _is_ready(log: Path) -> bool:
    return log.exists() and any(line.startswith("ready") for line in log.read_text(errors="replace").splitlines())


def _free_ports() -> int:
    """Find the first of four neighbouring ports on which nobody listens."""
    starts = random.sample(PORTS, 50)
    return next(start for start in starts if all(_is_free(start + step) for step in range(NEEDED)))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _left_over(folder: Path) -> list[str]:
    """Name processes that still know the folder; finds none where there is no /proc."""
    name = folder.name.encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            knows = name in (process / "cmdline").read_bytes() or name in (process / "environ").read_bytes()
            if knows:
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip())
        except OSError:
            continue  # it ended meanwhile, or is somebody else's
    return found
