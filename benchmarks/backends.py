"""What PostgreSQL's processes hold and use: memory of their own, never what all share; and CPU, of those that ended too."""

import os
import time
from pathlib import Path

import psycopg

PIDS = "select pid from pg_stat_activity where usename = %s"
TICK = os.sysconf("SC_CLK_TCK")


def private_bytes(connection: psycopg.Connection, login: str = "maagal_app") -> int:
    """Return the private memory of all backends of a login."""
    return sum(_private(pid) for (pid,) in connection.execute(PIDS, [login]).fetchall())


def cpu_seconds(connection: psycopg.Connection) -> float:
    """Return the CPU seconds used so far by this process and by all of the server's, waiting and other people's work left out."""
    row = connection.execute("select pg_backend_pid()").fetchone()
    postmaster = int(_status(row[0] if row else 0)[1])  # a backend's parent
    living = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    ended = sum(map(int, _status(postmaster)[13:15])) / TICK
    return time.process_time() + ended + sum(map(_used, living))


def _private(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Private_"))


def _used(pid: str) -> float:
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except (FileNotFoundError, ProcessLookupError):  # it ended this moment, and is counted among the ended next time
        return 0.0


def _status(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat after the name: the first is the state, the second the parent."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
