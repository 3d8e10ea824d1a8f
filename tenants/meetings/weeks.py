"""When a pair could meet every week, and at which moments a weekly hour falls."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

from tenants.pairing.matching.hours import CELL_MINUTES, WeeklyHours

WEEK = timedelta(days=7)
HOLIDAYS = "IL"
Windows = Iterable[Sequence[int]]  # (weekday, first minute, minute after the last)


@dataclass(frozen=True)
class Slot:
    """A weekly hour: `weekday` 0 is Sunday, `starts` is the tenant's wall clock, `length` in minutes."""

    weekday: int
    starts: time
    length: int = 60
    remote: bool = False
    place: str = ""


def common_start(one: Windows, other: Windows, minutes: int, taken: Windows = ()) -> tuple[int, time] | None:
    """Find weekday and hour when both are free: the begin of the longest stretch they share, the earliest of equals.

    `taken` are hours at which one of them meets somebody else already.
    """
    starts = _hours(one).without(_hours(taken)).common_starts(_hours(other), minutes)
    if not starts:
        return None
    day, minute = max(starts, key=lambda start: (_stretch(start, set(starts)), -start[0], -start[1]))
    return day, time(minute // 60, minute % 60)


def dates(weekday: int, first: date, weeks: int) -> list[date]:
    """List the dates of a weekday (0 = Sunday) from a day on, for so many weeks; holidays are left out."""
    ahead = (weekday - first.isoweekday()) % 7
    found = [first + timedelta(days=ahead) + WEEK * number for number in range(weeks)]
    free = holidays.country_holidays(HOLIDAYS, years={day.year for day in found})
    return [day for day in found if day not in free]


def moment(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """Return the moment, in UTC, when a wall clock of the zone shows this hour of this day."""
    return datetime.combine(day, hour, zone).astimezone(UTC)


def next_sunday(today: date) -> date:
    """Return the first Sunday after a day."""
    return today + timedelta(days=7 - today.isoweekday() % 7)


def _hours(windows: Windows) -> WeeklyHours:
    return WeeklyHours.of([(day, first, last) for day, first, last in windows])


def _stretch(start: tuple[int, int], starts: set[tuple[int, int]]) -> int:
    """Count the starts that follow one another from this one, on its day."""
    day, minute = start
    following = 0
    while (day, minute + following * CELL_MINUTES) in starts:
        following += 1
    return following
