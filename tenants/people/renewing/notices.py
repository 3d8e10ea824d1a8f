"""What waits for whoever may confirm or refuse, on their first page."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from maagal import clock
from maagal.cards import Card
from maagal.questions import Asking, reader
from tenants.people.renewing import policy, queries

STAFF = frozenset({"administrator", "coordinator"})


@reader
def waiting(viewer: Any) -> Asking[list[Card]]:
    """Return a card for each open renewal that concerns the reader."""
    if not viewer.roles & STAFF:
        return []
    (rows,) = yield [queries.OPEN.of(now=clock.now())]
    return [_card(viewer, line) for line in queries.open_lines(rows) if policy.see(viewer, line)]


def _card(viewer: Any, line: queries.Line) -> Card:
    url = url_for("renewals.show", renewal_id=line.id)
    if line.person_id == viewer.person_id:
        title, text = _("A new second step was asked for in your name"), _("Was it not you? Refuse it now.")
        return Card(0, title, text, url, "key-round", "grave", line.asked_at)
    if line.state == "asked":
        title, text = _("%(name)s asks for a new second step", name=line.name), _("Two people make sure that it is really them.")
        return Card(4, title, text, url, "key-round", "warn", line.asked_at)
    title = _("%(name)s gets a new second step", name=line.name)
    text = _("Two people confirmed it. Until it is set up, it can be refused.")
    return Card(6, title, text, url, "key-round", "warn", line.asked_at)
