"""Starting a program so that it dies with us, and ending it."""

import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from maagal.servers.account import Account

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_LOUD = re.compile(r"(PANIC|FATAL|error|Error): (?!.*is (starting up|shutting down)).*")
_ROOT_CAUSE = re.compile(r"No space left on device|Read-only file system")  # everything after it is its consequence
_LONGEST_LOG = 16_000_000  # bytes; checked at each start


class StartError(Exception):
    """What keeps something from starting, as one line for a person."""


def die_with_parent(number: signal.Signals) -> Callable[[], None]:
    """Give what to call in a new child so that it gets the signal NUMBER when the starting thread ends (Linux only)."""
    parent = os.getpid()
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def ask() -> None:
        if libc is not None:
            libc.prctl(_PR_SET_PDEATHSIG, number)
            if os.getppid() != parent:  # it was gone before the kernel knew our wish
                os.kill(os.getpid(), number)

    return ask


def spawn(
    command: Iterable[str | Path],
    *,
    log: Path,
    account: Account | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    told: str = "",
    parting: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start COMMAND in a session of its own, its output in LOG, TOLD on its standard input, PARTING if we die first."""
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > _LONGEST_LOG:
        log.replace(log.with_suffix(".old.log"))
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.PIPE if told else subprocess.DEVNULL,
            stdout=descriptor,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches us alone: we end the others in order
            preexec_fn=die_with_parent(parting),  # noqa: PLW1509  started before there are threads; nothing else ties a child's life to ours
            env=env,
            cwd=cwd,
            **(account.dropped() if account else {}),
        )
    finally:
        os.close(descriptor)
    if process.stdin:
        process.stdin.write(told.encode())
        process.stdin.close()
    return process


def end(*processes: subprocess.Popen[bytes], signals: Sequence[signal.Signals], patience: float) -> None:
    """Send all PROCESSES each of the SIGNALS in turn, PATIENCE seconds for each; then kill what is left of them."""
    for number in signals:
        for process in processes:
            process.send_signal(number)  # does nothing to one that has ended
        deadline = time.monotonic() + patience
        while any(process.poll() is None for process in processes) and time.monotonic() < deadline:
            time.sleep(0.02)
    for process in processes:
        sweep(process)


def sweep(process: subprocess.Popen[bytes]) -> None:
    """Kill PROCESS and whatever it left behind in its process group."""
    with suppress(ProcessLookupError, PermissionError):  # nobody left (macOS answers with the second for zombies)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def command_of(pid: int) -> str:
    """Give the command line of the process PID, or nothing where it is gone."""
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")
        except OSError:
            return ""
    ps = shutil.which("ps") or "ps"
    return subprocess.run([ps, "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout


def last_word(log: Path) -> str:
    """Give the line of LOG that says best why a server gave up."""
    lines = log.read_text(errors="replace").splitlines()[-40:] if log.exists() else []
    if cause := _ROOT_CAUSE.search("\n".join(lines)):
        return cause[0]
    loud = [line[found.start() :] for line in lines if (found := _LOUD.search(line))]
    return (loud or lines or ["it said nothing"])[-1].strip()
