"""What pairing puts on the pages of others: cards for whoever is asked, and exceptions for coordinators."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import format_date
from flask_babel import gettext as _

from maagal import clock, tenancy
from maagal.cards import Card
from maagal.questions import Asking, reader
from maagal.text import isolate
from tenants.communities.board import Room
from tenants.pairing import actions, labels, overlooked, queries, seats

SOON, LATELY, TRAINING = timedelta(days=1), timedelta(days=14), timedelta(days=30)


def today(viewer: Any) -> list[Card]:
    """Return a card for each offer that waits for the reader's answer."""
    return [_asked(row, viewer) for row in queries.offers_to(viewer.person_id)]


def _asked(row: queries.PairRow, viewer: Any) -> Card:
    url = url_for("offers.show", pair_id=row.id)
    until = _("Please answer by %(day)s.", day=format_date(row.expires_at))
    if row.mentor_id == viewer.person_id:
        return Card(20, _("Somebody would like a mentor"), until, url, labels.ICONS["offered"], "warn", row.offered_at)
    title = _("A mentor was found for you: %(name)s", name=isolate(row.mentor_first))
    return Card(20, title, until, url, labels.ICONS["introduced"], "warn", row.mentor_said_yes_at)


@reader
def exceptions(viewer: Any) -> Asking[list[Card]]:
    """Return what a coordinator should not overlook: offers about to end, people who wait again, training that ends."""
    places = viewer.communities("coordinator")
    if not places:
        return []
    now, today = clock.now(), clock.today(tenancy.current().zone)
    found = yield from overlooked.overlooked.asking(places, now + SOON, now - LATELY, today + TRAINING)
    return [*_ending(found.ending), *_waiting_again(found.waiting_again), *_training(found.training, today)]


def _ending(found: Iterable[queries.PairRow]) -> Iterator[Card]:
    for row in found:
        who = row.participant if row.mentor_said_yes_at else row.mentor
        title, text = _("A proposal ends soon"), _("%(name)s has not answered yet.", name=isolate(who))
        url = url_for("pairing.show", pair_id=row.id)
        yield Card(40, title, text, url, "clock", "warn", row.expires_at)


def _waiting_again(found: Iterable[queries.PairRow]) -> Iterator[Card]:
    for row in found:
        title = _("%(name)s waits again", name=isolate(row.participant))
        url = url_for("matching.who_fits", person_id=row.participant_id)
        yield Card(35, title, _("The last proposal came to nothing."), url, "undo-2", "warn", row.closed_at)


def _training(found: Iterable[Any], today: date) -> Iterator[Card]:
    for row in found:
        over = row.until < today
        text = _("ended on %(day)s", day=format_date(row.until)) if over else _("until %(day)s", day=format_date(row.until))
        title = _("Training of %(name)s", name=isolate(row.name))
        at = datetime.combine(row.until, time(), tenancy.current().zone)
        url = url_for("answers.edit", person_id=row.person_id, _anchor="training_valid_until")
        yield Card(60, title, text, url, "graduation-cap", "warn" if over else "calm", at)


def rooms(community_ids: Collection[UUID]) -> dict[UUID, Room]:
    """Tell the capacity board of communities which seats are held and who waits."""
    found = seats.capacity(community_ids)
    return {place: Room(one.taken, one.waiting, one.longest_wait_days) for place, one in found.items()}


def person_leaving(person_id: UUID) -> None:
    """Free the seats of somebody who leaves: offers are taken back, pairs begin their farewell."""
    for pair in queries.seated_with(person_id):
        actions.end_for(pair, person_id)
