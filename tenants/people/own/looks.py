"""The audit in plain words, for the person it is about."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from flask_babel import lazy_gettext as _l

WHAT = {
    "person": _l("your contact details and answers"),
    "answers": _l("your answers for matching"),
    "person_note": _l("what coordinators noted about you"),
    "account": _l("your way of signing in"),
    "help_request": _l("your request for help"),
    "pair": _l("what is written about your mentoring"),
    "meeting": _l("your meetings"),
    "meetings": _l("your meetings"),
    "concern": _l("a concern about safety"),
    "membership": _l("your role in the community"),
    "offer": _l("a proposed match"),
    "sign_in_link": _l("your way of signing in"),
}
OTHER = _l("something in your file")
BY_ITSELF = _l("The system")
ONE_SITTING = timedelta(hours=1)


class Look(NamedTuple):
    """Somebody looked at or changed something."""

    at: datetime
    who: Any
    what: Any
    only_read: bool


def looks(entries: Iterable[Any], names: Mapping[UUID, str]) -> list[Look]:
    """Return audit rows (newest first) in words; `names` holds those of the actors.

    Of several looks at one thing within an hour the last is told.
    """
    told: list[Look] = []
    for each in entries:
        what = WHAT.get(each.subject, OTHER)
        look = Look(each.at, names.get(each.actor_id, BY_ITSELF), what, each.action == "read")
        if not (told and look[1:] == told[-1][1:] and told[-1].at - look.at < ONE_SITTING):
            told.append(look)
    return told
