"""The words for states, reasons, urgency and risk; and whom to call when there is danger now."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l

from maagal.emergency import NUMBERS
from tenants.communities import labels as communities
from tenants.people import labels as people
from tenants.people.roster.vocabulary import EXPERIENCES, MODES

STATES = {
    "new": _l("newly arrived"),
    "in_conversation": _l("getting to know"),
    "accepted": _l("accepted"),
    "waitlisted": _l("waiting list"),
    "referred_out": _l("referred on"),
    "declined": _l("not taken up"),
    "withdrawn": _l("withdrawn"),
}
TONES = {"new": "new", "in_conversation": "live", "accepted": "good", "waitlisted": "wait"}
URGENCIES = {
    "normal": _l("It can wait a little"),
    "soon": _l("It is pressing; in the coming days"),
    "danger": _l("Somebody is in danger now"),
}
URGENCY_SIGNS = {"soon": _l("pressing"), "danger": _l("danger")}
RISKS = {
    "0": _l("No risk known"),
    "1": _l("A worry"),
    "2": _l("A risk"),
    "3": _l("Imminent danger"),
}
REASONS = {
    "taken": _l("taken up by a coordinator"),
    "risk_0": _l("no risk known"),
    "risk_1": _l("a worry was noted"),
    "risk_2": _l("a risk was noted"),
    "risk_3": _l("imminent danger was noted"),
    "other_service": _l("another organisation fits better"),
    "professional_treatment": _l("needs professional treatment"),
    "authority": _l("a matter for an authority"),
    "out_of_scope": _l("not what this community can help with"),
    "not_reached": _l("could not be reached"),
    "outside_area": _l("outside the area"),
    "other": _l("another reason"),
}
ADDRESSES = {"": _l("In neutral form"), "f": _l("In the feminine form"), "m": _l("In the masculine form")}
MENTOR_AGES = {
    "": _l("No preference"),
    "older": _l("Older than me"),
    "similar": _l("About my age"),
    "younger": _l("Younger than me"),
}
EMERGENCY = NUMBERS
CHANNELS, MENTOR_GENDERS = people.CHANNELS, people.MENTOR_GENDERS
choices, areas, languages = communities.choices, communities.areas, communities.languages


def mode(code: str) -> str:
    """Name a way of meeting."""
    return str(MODES.label(code))


def experiences(codes: Iterable[str]) -> str:
    """Name what somebody has been through in one line."""
    return ", ".join(str(EXPERIENCES.label(code)) for code in codes)
