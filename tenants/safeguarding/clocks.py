"""By when a concern must be answered (SECURITY, "Safeguarding ladder"): next working day, four hours, fifteen minutes."""

from datetime import datetime, time, timedelta, tzinfo

LEVELS = (1, 2, 3)
WITHIN = {2: timedelta(hours=4), 3: timedelta(minutes=15)}
DAYS_OFF = frozenset({4, 5})  # Friday and Saturday, as date.weekday() counts
END_OF_WORK = time(17)


def answer_by(level: int, moment: datetime, zone: tzinfo) -> datetime:
    """Return until when a concern of a level waits, counted from a moment (aware)."""
    return moment + WITHIN[level] if level in WITHIN else next_working_day(moment, zone)


def next_working_day(moment: datetime, zone: tzinfo) -> datetime:
    """Return the end of work on the first working day after a moment's day, in a zone."""
    day = moment.astimezone(zone).date() + timedelta(days=1)
    while day.weekday() in DAYS_OFF:
        day += timedelta(days=1)
    return datetime.combine(day, END_OF_WORK, zone)
