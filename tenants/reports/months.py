"""Months and quarters, each named by its first day."""

from datetime import date


def first_of_month(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def shifted(month: date, by: int) -> date:
    """Return the first day of the month that lies `by` months later (earlier when negative)."""
    year, number = divmod(month.year * 12 + month.month - 1 + by, 12)
    return date(year, number + 1, 1)


def last_months(month: date, how_many: int) -> list[date]:
    """Return so many months up to and with one, in order."""
    return [shifted(month, by) for by in range(1 - how_many, 1)]


def quarter_of(day: date) -> date:
    """Return the first day of a day's quarter."""
    return date(day.year, day.month - (day.month - 1) % 3, 1)
