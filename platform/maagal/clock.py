"""What time it is. Demo, tour and tests may set the clock; nothing else in the house asks the system for the time."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path

from maagal.config import settings
from maagal.whole_files import write_whole

_held: ContextVar[datetime] = ContextVar("held")


def now() -> datetime:
    """Return the present moment, aware, in UTC; moved by the clock file where one is configured."""
    return _held.get(None) or datetime.now(UTC) + _offset(settings().clock_file)


@contextmanager
def held_at(moment: datetime) -> Iterator[None]:
    """Let time stand still at a moment, for this task of this process alone: made-up history is written so."""
    token = _held.set(moment)
    try:
        yield
    finally:
        _held.reset(token)


def today(zone: tzinfo = UTC) -> date:
    """Return the date in a time zone."""
    return now().astimezone(zone).date()


def set_to(moment: datetime, file: Path) -> None:
    """Move the clock of every process that reads `file`; it ticks on from `moment` (aware)."""
    write_whole(file, str((moment - datetime.now(UTC)).total_seconds()).encode())


_seen: dict[Path, tuple[int, timedelta]] = {}


def _offset(file: Path | None) -> timedelta:
    if file is None:
        return timedelta()
    try:
        changed = file.stat().st_mtime_ns
    except FileNotFoundError:
        return timedelta()
    if _seen.get(file, (0,))[0] != changed:  # a stat a call is cheap; reading is not
        _seen[file] = (changed, timedelta(seconds=float(file.read_text())))
    return _seen[file][1]
