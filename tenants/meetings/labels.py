"""The words for what meetings keep as codes."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice

from tenants.meetings.actions.arranging import CLOSING, ENDED, PAUSED, REASONS, STOPPED
from tenants.people.roster.vocabulary import LIFE_AREAS

WEEKDAYS = (
    _l("Sunday"), _l("Monday"), _l("Tuesday"), _l("Wednesday"), _l("Thursday"), _l("Friday"), _l("Saturday"),
)  # fmt: skip
MEDIA = {"in_person": _l("face to face"), "phone": _l("by phone"), "video": _l("by video")}
WHY = {
    "illness": _l("Illness"),
    "holiday": _l("A holiday"),
    "work": _l("Something at work"),
    "travel": _l("Travel"),
    "other_matter": _l("Something else came up"),
    "other": _l("Another reason"),
    PAUSED: _l("The mentoring is paused"),
    STOPPED: _l("The meetings rest for now"),  # the participant reads it, and was not told why
    CLOSING: _l("The mentoring is coming to its end"),
    ENDED: _l("The mentoring has ended"),
}
STATES = {
    "planned": _l("planned"),
    "held": _l("took place"),
    "missed": _l("did not take place"),
    "cancelled": _l("cancelled"),
    "open": _l("no summary yet"),
    "contradicted": _l("the two accounts differ"),
}
TONES = {
    "planned": ("live", "calendar"),
    "held": ("good", "check"),
    "missed": ("bad", "x"),
    "cancelled": ("", "calendar-x"),
    "open": ("wait", "clock"),
    "contradicted": ("wait", "circle-alert"),
}
TOPICS = {term.code: term.label for term in LIFE_AREAS.terms}


def choices(labels: Mapping[str, Any]) -> list[SelectChoice]:
    """Offer a map of labels in a form."""
    return [SelectChoice(code, label) for code, label in labels.items()]


def reasons() -> list[SelectChoice]:
    """Offer the reasons for which a person calls a meeting off."""
    return choices({code: WHY[code] for code in REASONS})


def weekdays() -> list[SelectChoice]:
    """Offer the days of the week, Sunday first."""
    return [SelectChoice(str(number), label) for number, label in enumerate(WEEKDAYS)]
