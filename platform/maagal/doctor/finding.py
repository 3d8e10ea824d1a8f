"""What a check found: well, not quite, or bad, and what to do about it."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

OK, WARN, BAD = "ok", "warn", "bad"


class Finding(NamedTuple):
    """One line of the report; `todo` is empty where nothing is to be done."""

    level: str
    said: str
    todo: str = ""


Check = Callable[[], Iterator[Finding]]


def judged(is_well: object, said: str, todo: str, *, otherwise: str = BAD) -> Finding:
    """Return a finding that is well, or needs what is to be done."""
    return Finding(OK, said) if is_well else Finding(otherwise, said, todo)
