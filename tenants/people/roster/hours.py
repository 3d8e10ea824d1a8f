"""Weekly free hours as coordinators type them: "ב 9:00-11:00; ג 18:00-21:00"."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from maagal.text import isolate

from .faults import BadCellError, quoted
from .text import clean

DAYS = [
    ("א", "ראשון", "sun", "sunday"),
    ("ב", "שני", "mon", "monday"),
    ("ג", "שלישי", "tue", "tues", "tuesday"),
    ("ד", "רביעי", "wed", "wednesday"),
    ("ה", "חמישי", "thu", "thur", "thurs", "thursday"),
    ("ו", "שישי", "fri", "friday"),
    ("ש", "שבת", "sat", "saturday"),
]
NUMBER = {name: index for index, names in enumerate(DAYS) for name in names}
NAME = "(?:ביום |בימי |יום |ימי |on |ב)?({names})['.]?(?![^\\W\\d_])".format(
    names="|".join(sorted(NUMBER, key=len, reverse=True))
)
CLOCK = r"(\d{1,2})(?:[:.](\d{2}))?(?::\d{2})?"
DAY = re.compile(NAME, re.IGNORECASE)
DAY_RANGE = re.compile(rf"{NAME} ?(?:-|עד|to) ?{NAME}", re.IGNORECASE)
AND_A_DAY = re.compile(rf"(?:ו-?|and ){NAME}", re.IGNORECASE)
SPAN = re.compile(rf"(?:בין |מ-?|from )?{CLOCK} ?(?:-|עד|to|until) ?{CLOCK}(?![\d:])", re.IGNORECASE)
BETWEEN = re.compile(r"[;,|/&: ]+")
LONGEST = 1_000


class Slot(NamedTuple):
    """A weekly span: `weekday` 0 is Sunday; `start` and `end` are minutes after midnight, end after start."""

    weekday: int
    start: int
    end: int


def read(cell: str) -> tuple[Slot, ...]:
    """Read every span, in order of the week; a span belongs to all days named just before it.

    Raises BadCellError when anything in the cell is neither a day nor a span of hours.
    """
    line = clean(cell.replace("\n", ";"))
    if len(line) > LONGEST:
        raise _unclear(line)
    slots: set[Slot] = set()
    days: list[int] = []
    served = True
    for found in _tokens(line):
        if isinstance(found, list):
            days, served = (found if served else days + found), False
        elif days:
            slots, served = slots | {Slot(day, *found) for day in days}, True
        else:
            raise _unclear(line)
    if not served:
        raise _unclear(line)
    return tuple(sorted(slots))


def _tokens(line: str) -> Iterator[list[int] | tuple[int, int]]:
    """Walk the line: lists of weekdays and spans of minutes, in the order they stand."""
    place, after_a_day = 0, False
    while place < len(line):
        if found := BETWEEN.match(line, place):
            place = found.end()
            continue
        found, days = _day_at(line, place, after_a_day)
        after_a_day = found is not None
        if found:
            yield days
        elif found := SPAN.match(line, place):
            yield _span(found)
        else:
            raise _unclear(line)
        place = found.end()


def _day_at(line: str, place: int, after_a_day: bool) -> tuple[re.Match[str] | None, list[int]]:  # noqa: FBT001  # state of the walk
    if after_a_day and (found := AND_A_DAY.match(line, place)):  # the letter of Friday is also Hebrew's "and"
        return found, [NUMBER[found[1].casefold()]]
    if found := DAY_RANGE.match(line, place):
        first, last = NUMBER[found[1].casefold()], NUMBER[found[2].casefold()]
        return (found, list(range(first, last + 1))) if first < last else (None, [])
    found = DAY.match(line, place)
    return found, [NUMBER[found[1].casefold()]] if found else []


def _span(found: re.Match[str]) -> tuple[int, int]:
    start, end = _minutes(found[1], found[2], found[0]), _minutes(found[3], found[4], found[0])
    if end <= start:
        raise BadCellError(_l("In “%(value)s” the end is not after the start.", value=quoted(found[0])), code="slots")
    return start, end


def _minutes(hour: str, minute: str | None, span: str) -> int:
    total = int(hour) * 60 + int(minute or 0)
    if int(minute or 0) > 59 or total > 24 * 60:
        raise BadCellError(_l("“%(value)s” names an hour that does not exist.", value=quoted(span)), code="slots")
    return total


def _unclear(line: str) -> BadCellError:
    example = "ב 9:00-11:00; ג 18:00-21:00"
    sentence = _l(
        "“%(value)s” cannot be read as days and hours; write for example: %(example)s",
        value=quoted(line),
        example=isolate(example),
    )
    return BadCellError(sentence, code="slots")
