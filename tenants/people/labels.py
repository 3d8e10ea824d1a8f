"""Codes and their words."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p

ROLES: dict[str | None, dict[str, Any]] = {
    None: {
        "administrator": _l("Administration"),
        "sponsor": _l("Funder or employer"),
        "coordinator": _l("Community coordinator"),
        "advisor": _l("Professional advisor"),
        "mentor": _l("Mentor"),
        "participant": _l("Participant"),
    },
    "f": {
        "coordinator": _p("f", "Community coordinator"),
        "advisor": _p("f", "Professional advisor"),
        "mentor": _p("f", "Mentor"),
        "participant": _p("f", "Participant"),
    },
    "m": {
        "coordinator": _p("m", "Community coordinator"),
        "advisor": _p("m", "Professional advisor"),
        "mentor": _p("m", "Mentor"),
        "participant": _p("m", "Participant"),
    },
}
CHANNELS = {
    "phone": _l("A phone call"),
    "sms": _l("A text message"),
    "whatsapp": _l("WhatsApp"),
    "email": _l("E-mail"),
}
MENTOR_GENDERS = {"": _l("No preference"), "f": _l("A woman"), "m": _l("A man")}
MENTOR_AGES = {
    "": _l("No preference"),
    "older": _l("Older"),
    "similar": _l("Of about the same age"),
    "younger": _l("Younger"),
}
FORMS_OF_ADDRESS = {"": _l("Neutral"), "f": _l("Feminine"), "m": _l("Masculine")}


def role_label(role: str, gender: str | None = None) -> Any:
    """Return a role's name for the screen, in a person's form of address (m, f or None: neutral)."""
    return ROLES[gender].get(role) or ROLES[None].get(role, role)
