"""What a coordinator should not overlook, asked in one round trip: offers, people who wait again, training that ends."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from maagal import clock, tenancy
from maagal.questions import Asking, Question, among, reader
from tenants.communities.queries import held_on
from tenants.pairing.models import SEATED, Pair
from tenants.pairing.queries import PairRow, full_name, newest
from tenants.people.models import Membership, Person, Profile


class Overlooked(NamedTuple):
    """What a coordinator should not overlook. `training` rows: person_id, name, until; the earliest first."""

    ending: list[PairRow]
    waiting_again: list[PairRow]
    training: list[Any]


@reader
def overlooked(community_ids: Collection[UUID], soon: datetime, lately: datetime, by: date) -> Asking[Overlooked]:
    """Find offers that end by `soon`, offers that came to nothing since `lately`, and training that ends by a day."""
    here = list(community_ids)
    ending, ended, training = yield [
        ENDING.of(communities=here, soon=soon),
        ENDED.of(communities=here, lately=lately),
        TRAINING.of(communities=here, by=by, today=clock.today(tenancy.current().zone)),
    ]
    return Overlooked([PairRow(*row) for row in ending], [PairRow(*row) for row in ended], training)


def _training() -> Any:
    """Select mentors of today whose training ends by a day or has ended."""
    return (
        select(Person.id.label("person_id"), full_name(Person).label("name"), Profile.training_valid_until.label("until"))
        .join(Membership, Membership.person_id == Person.id)
        .join(Profile, Profile.person_id == Person.id)
        .where(Membership.role == "mentor", among(Membership.community_id, "communities"), held_on(bindparam("today")))
        .where(Person.state == "active", Profile.training_valid_until <= bindparam("by"))
        .distinct()
        .order_by(Profile.training_valid_until, Person.id)
    )


def _ended() -> Any:
    """Select offers that were refused, taken back or ran out since a moment, and whose participant waits again."""
    other = aliased(Pair)
    seated = (other.participant_id == Pair.participant_id, other.lead, among(other.state, "seated", SEATED))
    ended = (Pair.state == "declined", Pair.closed_at >= bindparam("lately"), Pair.started_at.is_(None))
    return newest(among(Pair.community_id, "communities"), *ended, ~select(other.id).where(*seated).exists())


def _ending() -> Any:
    """Select offers about to end."""
    ends = (Pair.state == "offered", Pair.expires_at <= bindparam("soon"))
    return newest(among(Pair.community_id, "communities"), *ends)


ENDING, ENDED, TRAINING = Question(_ending()), Question(_ended()), Question(_training())
