"""What coordinators see of concerns: cards first of all, entries of a pair's timeline, and mails that wait too long."""

from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from maagal import clock
from maagal.cards import Card, Entry
from maagal.questions import Asking, reader
from tenants.communities.policy import see
from tenants.safeguarding import labels, queries


@reader
def exceptions(viewer: Any) -> Asking[list[Card]]:
    """Return a grave card for each concern that nobody took, and a milder one for what is being handled."""
    mine = viewer.communities("coordinator")
    found = (yield from queries.open_ones.asking(viewer.person_id, mine)) if mine else []
    return [_card(line) for line in found]


def today(viewer: Any) -> list[Card]:
    """Return the same, and for administrators what waits while nobody may answer it: that it does, and nothing of it."""
    unheard = queries.unanswerable(viewer.person_id) if "administrator" in viewer.roles else 0
    return [*exceptions(viewer), *([_unheard(viewer)] if unheard else [])]


@reader
def timeline(viewer: Any, pair_id: UUID) -> Asking[list[Entry]]:
    """Return the concerns of a pair, for its coordinators alone."""
    mine = viewer.communities("coordinator")
    found = (yield from queries.of_pair.asking(viewer.person_id, mine, pair_id)) if mine else []
    return [
        Entry(
            line.raised_at, _("A concern was raised"), f"{labels.SHORT[line.level]} · {labels.STATES[line.state]}",
            "shield-alert", _address(line),
        )
        for line in found
    ]  # fmt: skip


def answered(about: dict[str, Any], _reader_id: UUID) -> str:
    """Why nobody need be told any more that a concern waits, or nothing: somebody took it."""
    concern = queries.by_id(UUID(about["concern_id"]))
    return concern.state if concern and concern.state != "open" else ""


def answerable(about: dict[str, Any], reader_id: UUID) -> str:
    """Why no administrator need be told any more that nobody may answer, or nothing: somebody may by now, or did."""
    concern = queries.by_id(UUID(about["concern_id"]))
    return answered(about, reader_id) or ("answerable" if concern and queries.everyone_told(concern) else "")


def _unheard(viewer: Any) -> Card:
    """Lead to the communities, or, in a business tenant, whose administrators find none, no further than here."""
    title, text = _("Something urgent waits, and nobody may answer it"), _("A community needs a coordinator today.")
    url = url_for("communities.index" if see(viewer) else "people.today")
    return Card(0, title, text, url, "shield-alert", "grave")


def _card(line: queries.Line) -> Card:
    title = _("A concern: %(level)s", level=labels.SHORT[line.level])
    if line.state == "taken":
        text = _("%(name)s is handling it; it is not closed yet.", name=line.taker)
        return Card(5, title, text, _address(line), "shield-alert", "warn", line.raised_at)
    late = line.answer_by <= clock.now()
    text = _("Nobody has taken it, and its time has passed.") if late else _("Nobody has taken it yet.")
    return Card(3 - line.level, title, text, _address(line), "shield-alert", "grave", line.raised_at)


def _address(line: queries.Line) -> str:
    return url_for("safeguarding.show", concern_id=line.id)
