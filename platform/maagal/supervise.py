"""Opens the house on one machine: starts everything, says `ready`, starts again what dies, and ends it all in order."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TextIO

import click
from sqlalchemy.exc import ArgumentError

from maagal import alive, progress
from maagal.environment import without
from maagal.instance import PORT, Instance, must_be_free
from maagal.programs import Program, programs
from maagal.progress import Watch
from maagal.servers.process import StartError, end, last_word, spawn, sweep

_STEADY = 60.0  # seconds after which a process counts as well again
_LONGEST_PAUSE = 30.0  # seconds between two starts of one that keeps dying
_PATIENCE = 60.0  # seconds that work may wait for a worker that does not move
_EVERY = 5.0  # seconds between two looks at whether one moves
_OPENING = 120.0  # seconds for the first page


class Asked(BaseException):
    """Somebody asked us to end; not an Exception, so that nothing on the way swallows it."""


class Child:
    """A program that is kept alive."""

    def __init__(self, program: Program, instance: Instance) -> None:
        """Start it."""
        self.program, self.instance, self.pause, self.due = program, instance, 0.5, 0.0
        self.watch, self.look_at = Watch(_PATIENCE), 0.0
        self.log = instance.folder / "logs" / f"{program.name}.log"
        self._start()

    def _start(self) -> None:
        told = without(self.instance.told, *self.program.hidden)
        self.process = spawn(self.program.command, log=self.log, env=told, cwd=self.instance.folder)
        self.since, self.due = time.monotonic(), 0.0

    def look_after(self) -> None:
        """Start it again when it has died, later and later while it keeps dying."""
        if self.process.poll() is None:
            self._see_that_it_moves()
            return
        now = time.monotonic()
        if not self.due:
            sweep(self.process)  # a worker's children outlive it
            self.pause = 0.5 if now - self.since > _STEADY else min(self.pause * 2, _LONGEST_PAUSE)
            self.due = now + self.pause
            say(f"{self.program.name} ended ({_how(self.process)}); again in {self.pause:.0f} s: {self.log}")
        elif now >= self.due:
            self._start()

    def _see_that_it_moves(self) -> None:
        """Kill it when it lives and does nothing although something waits for it; the next look starts it again."""
        now = time.monotonic()
        if not self.program.moves or now < self.look_at:
            return
        self.look_at = now + _EVERY
        name = self.program.watched_as
        if self.watch.is_stuck(progress.sign_of(self.instance.told["REDIS_URL"], name, self.program.queues), now):
            say(f"{self.program.name} lives and does nothing while work waits for it; starting it again: {self.log}")
            self.watch.begin_again()
            sweep(self.process)


class House:
    """Everything that runs for one instance."""

    def __init__(self, instance: Instance, *, with_demo: bool = True) -> None:
        """Take the instance; nothing starts yet."""
        self.instance, self.with_demo, self.sign_ins = instance, with_demo, ""
        self.groups: list[list[Child]] = []
        self.cutter: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        """Start everything and wait for the first page."""
        instance = self.instance
        for port in (*range(instance.port, instance.port + (3 if instance.mailbox else 1)), instance.metrics_port):
            must_be_free(port)
        say("starting PostgreSQL and Valkey")
        instance.start_servers()
        if instance.mailbox:
            instance.mailbox.start()
        instance.forget_figures()
        say("preparing the database")
        instance.run("maagal.database_cli", "prepare")
        for group in programs(instance.port):
            children: list[Child] = []
            self.groups.append(children)
            for program in group:
                children.append(Child(program, instance))  # noqa: PERF401  an interrupt in between must find those already started
        self.cutter = self._cut_fonts()
        if self.with_demo:
            say("looking for the demo; the first time it is made")
            self.sign_ins = instance.ask("demo", "--if-missing", "--sign-ins")
        self._wait_for_the_first_page()

    def _cut_fonts(self) -> subprocess.Popen[bytes]:
        """Make the fonts for print where they are missing; nobody waits for it but the very first report."""
        folder = self.instance.folder
        command = (sys.executable, "-m", "maagal.fonts", folder / "cache")
        return spawn(command, log=folder / "logs" / "fonts.log", env=without({}))

    def _wait_for_the_first_page(self) -> None:
        deadline = time.monotonic() + _OPENING
        while not alive.answers(f"http://127.0.0.1:{self.instance.port}/healthz"):
            if time.monotonic() > deadline:
                log = self.instance.folder / "logs" / "web.log"
                message = f"the web server does not answer: {last_word(log)} (whole story: {log})"
                raise StartError(message)
            self.look_after()
            time.sleep(0.2)

    def welcome(self) -> str:
        """Say that it is ready, and where and as whom one comes in."""
        mailbox = self.instance.mailbox
        mail = [f"mail caught here: {mailbox.page}"] if mailbox else []
        return "\n".join([f"ready; everything kept is in {self.instance.folder}; Ctrl-C ends it", self.sign_ins, *mail])

    def look_after(self) -> None:
        """Start again what has died; raises StartError where a server does not come back."""
        servers, mailbox = self.instance.servers, self.instance.mailbox
        for server in (*(servers.each if servers else ()), *((mailbox,) if mailbox else ())):
            if not server.alive():
                say(f"{type(server).__name__} ended; starting it again")
                server.start()
        for group in self.groups:
            for child in group:
                child.look_after()

    def close(self) -> None:
        """End everything in order: who makes work, who does it, who keeps it."""
        if self.cutter:
            end(self.cutter, signals=(signal.SIGTERM,), patience=1)
        for group in self.groups:
            end(*(child.process for child in group), signals=(signal.SIGTERM,), patience=4)
        if self.instance.mailbox:
            self.instance.mailbox.stop()
        self.instance.stop_servers()


@click.command()
@click.option("--port", default=PORT, envvar="MAAGAL_PORT", help="The web server's; mail takes the next two, figures the third.")
@click.option("--folder", default="var", type=click.Path(path_type=Path), help="Everything that is kept lies in here.")
@click.option("--demo/--no-demo", default=True, help="Whether the demo tenants are made where they are missing.")
def main(port: int, folder: Path, *, demo: bool) -> None:
    """Open the house; Ctrl-C closes it."""
    house = House(Instance(folder, port), with_demo=demo)
    listen()
    try:
        with only_one(folder):
            try:
                house.open()
                say(house.welcome())
                while True:
                    house.look_after()
                    time.sleep(0.5)
            finally:
                listen(signal.SIG_IGN)  # asked twice is asked once: closing goes on to its end
                house.close()
    except (StartError, OSError, ArgumentError) as why:
        say(f"maagal: {one_line(why)}", stream=sys.stderr)
        raise SystemExit(1) from None
    except Asked:
        return


def listen(handler: signal.Handlers | None = None) -> None:
    """Let Ctrl-C, a request to end and a closing terminal raise Asked, or do what HANDLER says."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup means it
            signal.signal(number, handler or _ask)


def _ask(_number: int, _frame: FrameType | None) -> None:
    raise Asked


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Refuse, with StartError, a second house in the same folder."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / "open", os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        _take(descriptor, folder)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        message = f"it runs already, in {folder.absolute()}; end that one first, or choose another --folder and --port"
        raise StartError(message) from None


def say(line: str, stream: TextIO | None = None) -> None:
    """Print LINE at once; a terminal that has gone away hears nothing and stops nothing."""
    try:
        print(line, file=stream or sys.stdout, flush=True)
    except OSError:
        return


def one_line(why: BaseException) -> str:
    """Say in one line what went wrong."""
    if isinstance(why, OSError) and why.strerror:
        return f"{why.strerror}: {why.filename}" if why.filename else why.strerror
    return " ".join(str(why).split())


def _how(process: subprocess.Popen[bytes]) -> str:
    code = process.returncode
    return f"signal {-code}" if code < 0 else f"exit {code}"


if __name__ == "__main__":
    main()
