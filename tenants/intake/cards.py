"""What intake puts on the pages of others: exceptions for coordinators, one's own request on the day's page."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from maagal.cards import Card
from maagal.questions import Asking, reader
from tenants.intake import labels, queries
from tenants.intake.models import OPEN
from tenants.intake.queries import Alarm

DANGER, OWNERLESS, OVERDUE, MINE = 5, 10, 15, 40


@reader
def exceptions(viewer: Any) -> Asking[list[Card]]:
    """Return what a coordinator must not overlook: danger, requests without an owner, requests that wait too long."""
    mine = viewer.communities("coordinator")
    if not mine:
        return []
    alarm = yield from queries.alarm.asking(mine, viewer.person_id)
    return [card for card in (_danger(alarm), _ownerless(alarm), _overdue(alarm)) if card]


def today(viewer: Any) -> list[Card]:
    """Return the state of the reader's own request while it is open."""
    newest = next(iter(queries.of_person(viewer.person_id)), None)
    if newest is None or newest.state not in OPEN:
        return []
    state = str(labels.STATES[newest.state])
    return [Card(MINE, _("My request"), state, url_for("intake.mine"), "hand-heart", "calm", newest.asked_at)]


@reader
def ownerless(viewer: Any) -> Asking[int]:
    """Count the requests that wait for an owner, for the menu."""
    mine = viewer.communities("coordinator")
    return (yield from queries.alarm.asking(mine, viewer.person_id)).ownerless if mine else 0


def _danger(alarm: Alarm) -> Card | None:
    if not alarm.danger:
        return None
    said = ngettext("Somebody wrote of danger", "%(num)s people wrote of danger", alarm.danger)
    return Card(DANGER, said, _("Nobody has taken it up yet."), _to(owner="none"), "siren", "grave", alarm.ownerless_since)


def _ownerless(alarm: Alarm) -> Card | None:
    if not alarm.ownerless:
        return None
    said = ngettext("A request without an owner", "%(num)s requests without an owner", alarm.ownerless)
    told = _("Whoever takes one becomes the person to turn to.")
    return Card(OWNERLESS, said, told, _to(owner="none"), "inbox", "warn", alarm.ownerless_since)


def _overdue(alarm: Alarm) -> Card | None:
    if not alarm.overdue:
        return None
    said = ngettext("A request waits too long", "%(num)s requests wait too long", alarm.overdue)
    told = _("They have an owner, and still no conversation or decision.")
    return Card(OVERDUE, said, told, _to(late="1"), "hourglass", "warn", alarm.overdue_since)


def _to(**filters: Any) -> str:
    return url_for("intake.index", **filters)
