"""Who hears what of an offer and of a pair. Nobody hears who said no."""

from typing import Any
from uuid import UUID

from maagal.db import db
from tenants.communities.queries import coordinators_of
from tenants.notifications.actions import tell
from tenants.pairing import events, queries
from tenants.pairing.models import Pair
from tenants.people.models import Person


def ask_the_mentor(happened: events.OfferMade) -> None:
    """Tell the mentor of a proposal."""
    pair = _pair(happened.pair_id)
    if pair.state == "offered":
        tell(pair.mentor_id, "pairing/offer", once=f"offer-{pair.id}", pair_id=pair.id)


def ask_the_participant(happened: events.MentorAccepted) -> None:
    """Tell the participant that a mentor was found."""
    pair = _pair(happened.pair_id)
    if pair.state == "offered":
        tell(pair.participant_id, "pairing/asked", once=f"asked-{pair.id}", pair_id=pair.id)


def tell_both(happened: events.PairIntroduced) -> None:
    """Tell both that they may meet, and the coordinators that an introduction is due."""
    pair = _pair(happened.pair_id)
    for person_id in sorted((pair.participant_id, pair.mentor_id)):
        tell(person_id, "pairing/introduced", once=f"introduced-{pair.id}", pair_id=pair.id)
    _tell_coordinators(pair, "pairing/agreed")


def tell_it_came_to_nothing(happened: events.OfferDeclined | events.OfferExpired) -> None:
    """Tell the coordinators, and a mentor who had said yes; the words are the same whoever declined or kept silent."""
    pair = _pair(happened.pair_id)
    if pair.mentor_said_yes_at is not None and pair.close_initiator != "mentor":
        tell(pair.mentor_id, "pairing/ended", once=f"ended-{pair.id}", pair_id=pair.id)
    _tell_coordinators(pair, "pairing/waits")


def tell_of_the_farewell(happened: events.PairLeft) -> None:
    """Tell the other one of the two that it comes to an end, and the coordinators that a farewell is due."""
    pair = _pair(happened.pair_id)
    other = pair.participant_id if happened.person_id == pair.mentor_id else pair.mentor_id
    tell(other, "pairing/farewell", once=f"farewell-{pair.id}", pair_id=pair.id)
    _tell_coordinators(pair, "pairing/left")


def names(about: dict[str, Any]) -> dict[str, Any]:
    """Add to a coordinator's line whom it is about."""
    row = queries.page_row(UUID(about["pair_id"])) if "pair_id" in about else None
    return {"pair": row}


def mentor_name(about: dict[str, Any]) -> dict[str, Any]:
    """Add the mentor's first name, which the participant may know once the mentor said yes."""
    pair = db.session.get(Pair, UUID(about["pair_id"])) if "pair_id" in about else None
    mentor = db.session.get(Person, pair.mentor_id) if pair else None
    return {"mentor": mentor.first_name if mentor else ""}


def _tell_coordinators(pair: Pair, kind: str) -> None:
    for person_id in coordinators_of(pair.community_id):
        if person_id not in (pair.participant_id, pair.mentor_id):
            tell(person_id, kind, once=f"{kind}-{pair.id}", pair_id=pair.id)


def _pair(pair_id: UUID) -> Pair:
    return db.session.get_one(Pair, pair_id)
