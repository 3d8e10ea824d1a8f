"""The numbers to call in danger before anything else, the same on every page and in every tenant."""

from typing import Any, Final, NamedTuple

from flask_babel import lazy_gettext as _l


class Number(NamedTuple):
    """A number to call: its digits, and who answers."""

    digits: str
    name: Any


NUMBERS: Final = (
    Number("100", _l("Police")),
    Number("101", _l("Ambulance (Magen David Adom)")),
    Number("1201", _l("ERAN: emotional first aid, day and night")),
    Number("118", _l("Welfare hotline, day and night")),
)
