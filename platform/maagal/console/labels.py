"""The console's words for what the control schema keeps in codes."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

KINDS = {"public": _l("Serves the public"), "business": _l("An employer’s")}
STATES = {
    "open": (_l("open"), "good"), "opening": (_l("being opened"), "wait"), "suspended": (_l("suspended"), "bad"),
}  # fmt: skip
CAPABILITIES = {
    "directory": _l("Directory"), "library": _l("Library"), "incubator": _l("Incubator"), "openline": _l("Open line"),
    "training": _l("Training"), "conferences": _l("Conferences"), "advocacy": _l("Advocacy"), "outreach": _l("Outreach"),
}  # fmt: skip
WISHES = {
    "open": _l("An organisation is opened"), "suspend": _l("An organisation is suspended"),
    "resume": _l("An organisation is resumed"), "invite": _l("An administrator is invited"),
}  # fmt: skip
STEPS = {  # of the way of a wish, in order; a prepared place skips the building
    "queued": _l("In the queue"), "building": _l("A place is built"), "claiming": _l("The place is given out"),
    "done": _l("Ready"),
}  # fmt: skip
OPERATIONS = {
    "signed_in": _l("signed in"), "signed_out": _l("signed out"), "enrolled": _l("set up the way in"),
    "invited": _l("was invited"), "removed": _l("was removed"), "wished_open": _l("asked for opening"),
    "wished_suspend": _l("asked for suspending"), "wished_resume": _l("asked for resuming"), "limited": _l("set the limits"),
    "asked_export": _l("asked for an export"), "asked_erase": _l("asked for an erasure"),
    "approved_export": _l("approved an export"), "approved_erase": _l("approved an erasure"),
    "withdrew_export": _l("withdrew an export"), "withdrew_erase": _l("withdrew an erasure"),
    "confirmed_step": _l("confirmed that somebody lost a second step"),
    "refused_step": _l("refused a new second step"), "wished_invite": _l("asked for an invitation"),
    "switched": _l("switched capabilities"), "retried": _l("had failed work tried again"),
    "hosted": _l("set the host of its own"),
}  # fmt: skip


LEAVING = {"export": _l("Export"), "erase": _l("Erasure")}
LEAVING_STATES = {
    "asked": (_l("waits for a second operator"), "wait"), "waiting": (_l("approved, the delay runs"), "live"),
    "due": (_l("may be carried out"), "wait"), "begun": (_l("under way"), "live"), "done": (_l("done"), "good"),
    "withdrawn": (_l("withdrawn"), ""),
}  # fmt: skip
HOW = {
    "called": _l("I called the organisation on a number that I knew before, and they read out the number above"),
    "met": _l("We met in person, and they read out the number above"),
}
STAFF = {
    "administrator": _l("Somebody of the administration"), "coordinator": _l("Somebody who coordinates"),
    "sponsor": _l("Somebody of the sponsor"),
}  # fmt: skip
STEP_STATES = {
    "asked": (_l("waits for two people"), "wait"), "agreed": (_l("confirmed, waiting"), "live"),
    "done": (_l("set up anew"), "good"), "refused": (_l("refused"), "bad"), "withdrawn": (_l("taken back"), ""),
    "expired": (_l("too old"), ""),
}  # fmt: skip
INVITATIONS = {
    "wanted": (_l("is about to be sent"), "wait"), "sent": (_l("was sent"), "live"), "failed": (_l("could not be sent"), "bad"),
    "used": (_l("was used"), "good"), "refused": (_l("is not needed: there are people already"), ""),
}  # fmt: skip


def capability_label(name: str) -> Any:
    """Return the words for an optional capability."""
    return CAPABILITIES.get(name, name)


def refusal(reason: str | None) -> str:
    """Say why something was refused."""
    said = {
        "invalid": _("3 to 40 small Latin letters, digits and single hyphens, beginning with a letter, please."),
        "reserved": _("This name is kept for the house itself."),
        "taken": _("This name is taken."),
        "host_taken": _("This host is taken."),
        "host_invalid": _("This cannot be an organisation’s own host."),
        "nameless": _("Please write a name."),
        "mail_invalid": _("This is not a mail address."),
        "has_administrator": _("There is an administrator already, who can invite others."),
        "busy": _("Something is being done about this name just now."),
        "unknown": _("There is no such organisation."),
    }
    found: str = said.get(reason or "") or _("It could not be done. The provisioner’s log says more.")
    return found
