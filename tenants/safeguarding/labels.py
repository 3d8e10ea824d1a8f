"""The words for levels, states and parts, and the numbers to call first."""

from flask_babel import lazy_gettext as _l

from maagal.emergency import NUMBERS

LEVELS = {
    1: _l("A worry: something is not right, and it can wait until the next working day"),
    2: _l("A risk: somebody could be harmed in the coming days"),
    3: _l("Danger now: somebody is being harmed or is about to be"),
}
SHORT = {1: _l("Worry"), 2: _l("Risk"), 3: _l("Danger now")}
TONES = {1: "wait", 2: "bad", 3: "bad"}
STATES = {"open": _l("nobody has taken it"), "taken": _l("taken"), "closed": _l("closed")}
STATE_TONES = {"open": "bad", "taken": "wait", "closed": "good"}
PARTS = {
    "participant": _l("The participant"),
    "mentor": _l("The mentor"),
    "coordinator": _l("The coordinator"),
    "me": _l("Me"),
    "other": _l("The person"),
}
SOMEBODY_ELSE = _l("Somebody else")
EMERGENCY = NUMBERS
