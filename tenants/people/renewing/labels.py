"""What the pages say for the codes of a renewal."""

from flask_babel import lazy_gettext as _l

WHY = {
    "lost": _l("The phone was lost or stolen"), "new": _l("I have a new phone, without the app’s keys"),
    "broken": _l("The phone does not work any more"), "other": _l("Something else"),
}  # fmt: skip
HOW = {
    "met": _l("We met in person"),
    "called": _l("I called them on a number that I knew before, and know their voice"),
    "video": _l("By video, and I know their face"),
}
STATES = {
    "asked": (_l("waits for two people"), "wait"), "agreed": (_l("confirmed, waiting"), "live"),
    "ready": (_l("the link was sent"), "live"), "done": (_l("set up anew"), "good"), "refused": (_l("refused"), "bad"),
    "withdrawn": (_l("taken back"), ""), "expired": (_l("too old"), ""),
}  # fmt: skip
SPEAKING = {
    "administrator": _l("for the administration"), "coordinator": _l("for the coordinators"),
    "operator": _l("for whoever runs the service"),
}  # fmt: skip
