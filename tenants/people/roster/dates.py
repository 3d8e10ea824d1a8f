"""Dates and years in the forms that sheets hold."""

import re
from datetime import date, timedelta

from flask_babel import lazy_gettext as _l

from .faults import BadCellError, quoted
from .text import clean

DAY_FIRST = re.compile(r"(\d{1,2})[./\- ](\d{1,2})[./\- ](\d{4}|\d{2})")
YEAR_FIRST = re.compile(r"(\d{4})[./-](\d{1,2})[./-](\d{1,2})(?:[T ]\d{2}:\d{2}.*)?")
SERIAL = re.compile(r"[2-7]\d{4}(?:\.\d+)?")
SERIAL_START = date(1899, 12, 30)  # spreadsheets count days from here, so that 1 March 1900 is 61
EARLIEST = 1900


def read(cell: str) -> date | None:
    """Read day-month-year, ISO, or a spreadsheet's count of days; the day always comes first, as in Israel.

    Two digits of a year mean this century: the dates of a sheet say until when something is valid.
    """
    value = clean(cell)
    if not value:
        return None
    if SERIAL.fullmatch(value):
        return SERIAL_START + timedelta(days=int(float(value)))
    try:
        return _parts(value)
    except ValueError as wrong:
        raise BadCellError(
            _l("“%(value)s” is not a date; write for example 31/12/2027.", value=quoted(value)), code="date"
        ) from wrong


def _parts(value: str) -> date:
    if found := YEAR_FIRST.fullmatch(value):
        return _within(date(*map(int, found.groups())))
    if found := DAY_FIRST.fullmatch(value):
        day, month, year = map(int, found.groups())
        return _within(date(year + 2000 if year < 100 else year, month, day))
    raise ValueError(value)


def _within(day: date) -> date:
    if not EARLIEST <= day.year <= 2200:
        raise ValueError(day)
    return day


def read_year(cell: str, today: date) -> int | None:
    """Read a year of birth between 1900 and now, or the year of a full date of birth.

    Two digits are refused: 25 may be a grandmother or a mistake, and nobody but the person knows.
    """
    value = re.sub(r"\.0+$", "", clean(cell))
    if not value:
        return None
    year = int(value) if re.fullmatch(r"[0-9]{4}", value) else _year_of_a_date(value)
    if year is None or not EARLIEST <= year <= today.year:
        sentence = _l(
            "“%(value)s” is not a year of birth between 1900 and %(now)s.", value=quoted(value), now=today.year
        )
        raise BadCellError(sentence, code="year")
    return year


def _year_of_a_date(value: str) -> int | None:
    if not re.search(r"[0-9]{4}", value):
        return None
    try:
        return _parts(value).year
    except ValueError:
        return None
