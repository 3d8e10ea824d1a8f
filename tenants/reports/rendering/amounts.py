"""Numbers said in words: with their unit, and beside the month before."""

from typing import Final

from babel.numbers import format_decimal
from flask_babel import gettext as _
from flask_babel import ngettext

from tenants.reports.rendering.labels import locale
from tenants.reports.rendering.snapshot import Number

MANY: Final = 11  # stands for any fraction: no language here has a form of its own for 1.5


def digits(value: float) -> str:
    """Write a number the local way, with one decimal at most."""
    return format_decimal(round(value, 1), locale=locale())


def amount(value: Number, unit: str) -> str:
    """Say a number with its unit, as `12`, `3 days`, `87%`; None is said in words."""
    if value is None:
        return str(_("no data"))
    if unit == "days":
        return str(ngettext("%(number)s day", "%(number)s days", _plural(value), number=digits(value)))
    if unit == "hours":
        return str(ngettext("%(number)s hour", "%(number)s hours", _plural(value), number=digits(value)))
    if unit == "ils":
        return str(_("₪%(number)s", number=digits(value)))
    return f"{digits(value)}%" if unit == "percent" else digits(value)


def change(value: Number, previous: Number, unit: str) -> str:
    """Compare with the month before in words; empty when either was not counted."""
    if value is None or previous is None:
        return ""
    by = round(value - previous, 1)
    if by == 0:
        return str(_("The same as the month before"))
    size = _points(abs(by)) if unit == "percent" else amount(abs(by), unit)
    if by > 0:
        return str(_("Up %(size)s on the month before", size=size))
    return str(_("Down %(size)s on the month before", size=size))


def _points(by: float) -> str:
    return str(ngettext("%(number)s percentage point", "%(number)s percentage points", _plural(by), number=digits(by)))


def _plural(value: float) -> int:
    return int(value) if value == int(value) else MANY
