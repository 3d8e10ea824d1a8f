"""Who may match people, answer an offer, and see a pair. Each takes a row or an entity with the ids it asks for."""

from collections.abc import Iterator
from typing import Any

from maagal.permissions import rule
from tenants.pairing.models import FINAL, LIVE


@rule("matching", "R")
def look(viewer: Any, thing: Any = None) -> Iterator[str]:
    """Coordinators of every community it is about."""
    yield from coordinates(viewer, thing)


@rule("matching", "A")
def match(viewer: Any, thing: Any = None) -> Iterator[str]:
    """Coordinators of every community it is about."""
    yield from coordinates(viewer, thing)


@rule("offer", "R")
def see_offer(viewer: Any, pair: Any) -> Iterator[str]:
    """Whoever is asked just now: the mentor first, after the mentor's yes the participant; and the coordinators."""
    yield from _asked(viewer, pair)
    if pair.state == "closed" and viewer.person_id == pair.participant_id:
        yield "offered"  # an old notice leads on to the pair, which they may always read
    yield from coordinates(viewer, pair)


@rule("offer", "W")
def answer_offer(viewer: Any, pair: Any) -> Iterator[str]:
    """Whoever is asked just now."""
    yield from _asked(viewer, pair)


@rule("offer", "A")
def answer_for(viewer: Any, pair: Any) -> Iterator[str]:
    """Coordinators of the community, who write down what they were told."""
    yield from coordinates(viewer, pair)


@rule("offer", "A")
def withdraw_offer(viewer: Any, pair: Any) -> Iterator[str]:
    """Coordinators of the community."""
    yield from coordinates(viewer, pair)


@rule("pair", "R")
def see(viewer: Any, pair: Any) -> Iterator[str]:
    """The participant and the mentor once they are introduced, the mentor until it ends or is stopped; the coordinators."""
    if viewer.person_id == pair.participant_id and (pair.state in LIVE or pair.state == "closed"):
        yield "own"
    if viewer.person_id == pair.mentor_id and pair.state in LIVE and pair.stopped_at is None:
        yield "active"
    yield from coordinates(viewer, pair)


@rule("pair", "A")
def lead(viewer: Any, pair: Any) -> Iterator[str]:
    """Coordinators of the community."""
    yield from coordinates(viewer, pair)


@rule("pair", "R")
def mine(_viewer: Any) -> Iterator[str]:
    """Participants and mentors, each their own."""
    yield from ("own", "active")


def _asked(viewer: Any, pair: Any) -> Iterator[str]:
    """Answered the other way already, or stopped: nobody is asked any more."""
    if pair.state in FINAL or pair.stopped_at is not None:
        return
    if viewer.person_id == pair.mentor_id:
        yield "offered"
    if viewer.person_id == pair.participant_id and pair.mentor_said_yes_at is not None:
        yield "offered"


def coordinates(viewer: Any, thing: Any) -> Iterator[str]:
    """A thing has `community_ids` or one `community_id`; without a thing any community will do. Never about oneself.

    Meetings and the immediate stop ask here too: a coordinator who is one of the two is no coordinator of that pair.
    """
    mine = viewer.communities("coordinator")
    places = mine if thing is None else frozenset(getattr(thing, "community_ids", None) or (thing.community_id,))
    two = {getattr(thing, "participant_id", None), getattr(thing, "mentor_id", None)}
    if places and places <= mine and viewer.person_id not in two:
        yield "community"
