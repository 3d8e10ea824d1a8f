"""Weekly free hours as a grid: for each day pairs of hours, filled in without JavaScript and without loss."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask_babel import gettext as _
from wtforms import Field
from wtforms.validators import StopValidation

DAY = 24 * 60  # minutes
LAST = DAY - 1  # "23:59" is the end of the day: an hour field knows no 24:00
COLUMNS = 2


class Pair(NamedTuple):
    """From and until as `HH:MM`, or empty; and the names of their fields."""

    names: tuple[str, str]
    start: str
    end: str


class WeekField(Field):  # type: ignore[misc]  # wtforms carries no types
    """Free hours: `data` is a list of [weekday (0 = Sunday), start minute, end minute]."""

    widget = None

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:  # noqa: ARG002  the library's signature
        """Take what was posted, or what is kept."""
        self.process_errors: list[str] = []
        self.data = [list(span) for span in data] if isinstance(data, list) else []
        self.typed = _typed(self.data)
        if formdata:
            self.typed = {name: formdata.get(name, "").strip() for name in _names(self.short_name, _columns(formdata))}
            self.raw_data = list(self.typed.values())
        else:
            self.typed = {f"{self.short_name}-{name}": value for name, value in self.typed.items()}

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002  the library's signature
        """Read the hours; refuse those that end before they begin, or of which one is missing."""
        spans = [_span(day, pair) for day, pairs in enumerate(self.days) for pair in pairs if pair.start or pair.end]
        if None in spans:
            raise StopValidation(_("Each span needs a beginning and, after it, an end."))
        self.data = sorted(span for span in spans if span)
        if any(a[0] == b[0] and a[2] > b[1] for a, b in zip(self.data, self.data[1:], strict=False)):
            raise StopValidation(_("Two spans of one day overlap."))

    @property
    def days(self) -> list[list[Pair]]:
        """Return for each day, Sunday first, its pairs of hours."""
        columns = _columns(self.typed)
        return [[self._pair(day, nth) for nth in range(columns)] for day in range(7)]

    def _pair(self, day: int, nth: int) -> Pair:
        start, end = f"{self.short_name}-{day}-{nth}-from", f"{self.short_name}-{day}-{nth}-until"
        return Pair((start, end), self.typed.get(start, ""), self.typed.get(end, ""))


def clock_of(minute: int) -> str:
    """Return a minute of the day as `HH:MM`."""
    hour, rest = divmod(min(minute, LAST), 60)
    return f"{hour:02}:{rest:02}"


def minute_of(text: str) -> int | None:
    """Read `HH:MM` (seconds do not matter); None when it is no hour of a day."""
    hour, _colon, rest = text.partition(":")
    minute = rest[:2]
    if not (hour.isdecimal() and minute.isdecimal()) or len(hour) > 2 or int(hour) > 23 or int(minute) > 59:
        return None
    return int(hour) * 60 + int(minute)


def _span(day: int, pair: Pair) -> list[int] | None:
    start, end = minute_of(pair.start), minute_of(pair.end)
    if start is None or end is None or end <= start:
        return None
    return [day, start, DAY if end == LAST else end]


def _typed(spans: list[list[int]]) -> dict[str, str]:
    typed: dict[str, str] = {}
    for day in range(7):
        for nth, (_day, start, end) in enumerate(sorted(span for span in spans if span[0] == day)):
            typed |= {f"{day}-{nth}-from": clock_of(start), f"{day}-{nth}-until": clock_of(end)}
    return typed


def _names(field: str, columns: int) -> list[str]:
    pairs = ((day, nth) for day in range(7) for nth in range(columns))
    return [f"{field}-{day}-{nth}-{side}" for day, nth in pairs for side in ("from", "until")]


def _columns(names: Mapping[str, Any]) -> int:
    """Return how many pairs a day needs: two, or as many as the fullest day has."""
    numbers = (name.split("-")[2] for name in names if name.endswith(("-from", "-until")) and name.count("-") == 3)
    return min(max([COLUMNS - 1, *(int(number[:3]) for number in numbers if number.isdecimal())]) + 1, 12)
