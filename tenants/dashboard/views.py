"""The dashboard: exceptions, capacity, pairs, next meetings."""

from collections.abc import Iterable
from hashlib import blake2b
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, current_app, request, url_for

from maagal import cards
from maagal.cards import Card
from maagal.i18n import language
from maagal.pages import done, page, wants_fragment
from maagal.permissions import needs, viewer
from maagal.questions import Asking, gathered, together
from tenants.audit.actions import record
from tenants.communities import board
from tenants.communities import labels as communities
from tenants.dashboard import policy, queries
from tenants.pairing import labels as pairing

bp = Blueprint("dashboard", __name__)
SHOW = "dashboard/show.html"
GRAVEST_FIRST = ("grave", "warn", "calm")


@bp.get("/dashboard")
@needs(policy.look)
def show() -> Response:
    """Show everything; that it was read is written down."""
    looking: Any = viewer()
    mine = looking.communities("coordinator")
    record(looking.person_id, "read", "dashboard")
    told, overview, rooms = together(_told(looking), queries.overview.asking(mine), board.capacity.asking(mine))
    return page(SHOW, **_exceptions(told), **_overview(overview, rooms))


@bp.get("/dashboard/exceptions")
@needs(policy.look)
def exceptions() -> Response:
    """Answer the page's question what needs somebody now: 304 where nothing has changed."""
    if not wants_fragment():
        return done(url_for(".show"))
    found = _exceptions(*together(_told(viewer())))
    response = page(SHOW, fragment="exceptions", **found)
    response.set_etag(found["tag"])
    response.make_conditional(request)
    if response.status_code == 304:
        response.headers["HX-Reswap"] = "none"
    return response


def _told(looking: Any) -> Asking[list[list[Card]]]:
    """Ask every capability what it reports."""
    return gathered(current_app.extensions["house"].slot("exceptions"), looking)


def _exceptions(told: Iterable[list[Card]]) -> dict[str, Any]:
    """Show what the capabilities report, in order and by tone; `tag` names exactly this."""
    found = [card for reported in told for card in reported]
    ordered = sorted(cards.in_order(found), key=lambda card: GRAVEST_FIRST.index(card.tone))
    tag = blake2b(repr((ordered, language())).encode(), digest_size=12).hexdigest()
    return {"groups": [(tone, list(same)) for tone, same in groupby(ordered, lambda card: card.tone)], "tag": tag}


def _overview(found: queries.Overview, rooms: Iterable[board.Capacity]) -> dict[str, Any]:
    return {
        "board": board.with_seats_taken(rooms, found.pairs.seats),
        "waiting": found.waiting,
        "pairs": found.pairs,
        "meetings": found.meetings,
        "labels": communities,
        "states": pairing.STATES,
    }
