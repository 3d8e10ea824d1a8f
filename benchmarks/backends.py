"""What the application's backends in PostgreSQL hold and use: memory of their own, never what all share; and CPU."""

import time
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import event

from maagal.db import db

PIDS = "select pid from pg_stat_activity where usename = 'maagal_app'"
_ended = [0.0]  # CPU seconds of backends that our pool has closed


def private_bytes(connection: psycopg.Connection) -> int:
    """Return the private memory of all of them."""
    return sum(_private(pid) for (pid,) in connection.execute(PIDS).fetchall())


def cpu_seconds(connection: psycopg.Connection) -> float:
    """Return the CPU seconds used so far by this process and by all of them, those that were closed too.

    Waiting is left out, and so is other people's work and the server's own (autovacuum, the checkpointer).
    """
    if not event.contains(db.engine, "close", _note_end):
        event.listen(db.engine, "close", _note_end)
    living = sum(_used(pid) for (pid,) in connection.execute(PIDS).fetchall())
    return time.process_time() + _ended[0] + living


def _note_end(dbapi_connection: Any, _record: object) -> None:
    _ended[0] += _used(dbapi_connection.info.backend_pid)


def _private(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Private_"))


def _used(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except (FileNotFoundError, ProcessLookupError):  # closed this moment, and noted
        return 0.0
