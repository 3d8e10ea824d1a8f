"""What stands on a dashboard besides exceptions: plain rows, one round trip for all of it."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Text, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from maagal import clock, tenancy
from maagal.questions import Asking, Question, among, reader
from tenants.communities.queries import held_on
from tenants.intake.models import HelpRequest
from tenants.meetings.models import Meeting
from tenants.pairing.models import SEATED, Pair
from tenants.pairing.queries import full_name
from tenants.people.models import Membership, Person

AHEAD = timedelta(days=7)
MOST = 40  # meetings shown; the rest are a page of their own

Taking, Mentoring = aliased(Person, name="participant"), aliased(Person, name="mentor")


class Next(NamedTuple):
    """A meeting of the coming days."""

    meeting_id: UUID
    participant: str
    mentor: str
    starts_at: datetime
    remote: bool


class Waiting(NamedTuple):
    """How many of a community wait for a mentor, and since when the longest of them does (None: nobody)."""

    number: int
    since: datetime | None


@dataclass(frozen=True)
class Pairs:
    """The pairs that hold a seat, counted: `by_state`, and `seats` by community. The silent ones are exceptions above."""

    by_state: Counter[str]
    seats: Counter[UUID]


@dataclass(frozen=True)
class Overview:
    """What stands below the exceptions; `waiting` has every community that was asked about."""

    pairs: Pairs
    meetings: list[Next]
    waiting: dict[UUID, Waiting]


@reader
def overview(communities: Collection[UUID]) -> Asking[Overview]:
    """Read it for communities: pairs, the coming seven days, who waits."""
    now, here, mine = clock.now(), tenancy.current(), list(communities)
    pairs, meetings, waiting = yield [
        PAIRS.of(communities=mine),
        MEETINGS.of(communities=mine, now=now, ahead=now + AHEAD),
        WAITING.of(communities=mine, today=clock.today(here.zone), zone=here.timezone),
    ]
    waits = {row.community_id: Waiting(row.number, row.longest) for row in waiting}
    return Overview(
        pairs=Pairs(Counter(row.state for row in pairs), Counter(row.community_id for row in pairs)),
        meetings=[Next(*row) for row in meetings],
        waiting={each: waits.get(each, Waiting(0, None)) for each in communities},
    )


def _mine(column: Any) -> ColumnElement[bool]:
    return among(column, "communities")


def _seated() -> ColumnElement[bool]:
    return among(Pair.state, "seated", SEATED)


def _pairs_asked() -> Any:
    return select(Pair.community_id, Pair.state).where(_mine(Pair.community_id), _seated())


def _meetings_asked() -> Any:
    """Select what is planned for the coming days, the nearest first: the columns of Next, in its order."""
    coming = Meeting.starts_at.between(bindparam("now"), bindparam("ahead"))
    two = full_name(Taking).label("participant"), full_name(Mentoring).label("mentor")
    return (
        select(Meeting.id, *two, Meeting.starts_at, Meeting.remote)
        .join(Pair, Pair.id == Meeting.pair_id)
        .join(Taking, Taking.id == Pair.participant_id)
        .join(Mentoring, Mentoring.id == Pair.mentor_id)
        .where(Meeting.state == "planned", coming, _mine(Pair.community_id))
        .order_by(Meeting.starts_at)
        .limit(MOST)
    )


def _waiting_asked() -> Any:
    """Count participants without a lead mentor whose request was not answered otherwise, and find the longest wait."""
    asked = (
        select(HelpRequest.person_id, HelpRequest.state, HelpRequest.asked_at)
        .ext(distinct_on(HelpRequest.person_id))
        .order_by(HelpRequest.person_id, HelpRequest.asked_at.desc())
        .subquery()
    )
    paired = select(Pair.id).where(Pair.participant_id == Membership.person_id, Pair.lead, _seated()).exists()
    joined = func.timezone(bindparam("zone", type_=Text()), cast(Membership.since, DateTime()))
    return (
        select(
            Membership.community_id,
            func.count().label("number"),
            func.min(func.coalesce(asked.c.asked_at, joined)).label("longest"),
        )
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(asked, asked.c.person_id == Membership.person_id)
        .where(_mine(Membership.community_id), Membership.role == "participant", held_on(bindparam("today")))
        .where(Person.state == "active")
        .where(func.coalesce(asked.c.state, "accepted") == "accepted", ~paired)
        .group_by(Membership.community_id)
    )


PAIRS, MEETINGS, WAITING = Question(_pairs_asked()), Question(_meetings_asked()), Question(_waiting_asked())
