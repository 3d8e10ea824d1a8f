"""What is done at its hour. Each may run twice and finds out by itself whether it is still wanted."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from maagal import clock
from tenants.meetings import notices, overlooked, queries
from tenants.meetings.actions import clocks, logs, series


def remind(meeting_id: str, which: str, starts: str) -> None:
    """Remind the two of a meeting that is still at the hour (ISO) it was asked for."""
    notices.remind(queries.by_id(UUID(meeting_id)), which, datetime.fromisoformat(starts))


def ask(meeting_id: str, starts: str, ends: str) -> None:
    """Ask how it was, an hour after the end (ISO)."""
    notices.ask(queries.by_id(UUID(meeting_id)), datetime.fromisoformat(starts), datetime.fromisoformat(ends))


def extend(series_id: str) -> None:
    """Plan another week of a series."""
    if (found := queries.series_by_id(UUID(series_id))) is not None:
        series.extend(found)


def look_after(pair_id: str) -> None:
    """Tell the coordinators of a pair that was not heard of for fourteen days; else look again when that could be."""
    pair = queries.pair_by_id(UUID(pair_id))
    since = overlooked.quiet_since(UUID(pair_id))
    if pair is None or since is None or not queries.meets(pair):
        return
    if since + queries.FORTNIGHT <= clock.now():
        notices.tell_of_silence(pair, since)
    else:
        clocks.look_after(pair.id, since + queries.FORTNIGHT)


JOBS: dict[str, Callable[..., None]] = {
    clocks.REMIND: remind,
    clocks.ASK: ask,
    clocks.EXTEND: extend,
    clocks.LOOK_AFTER: look_after,
    clocks.SWEEP: logs.forget_old_drafts,
}
