"""Miri and Pnina are a pair that meets on Sundays at nine; Zohar coordinates another community."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine

from maagal import clock, handling
from maagal.db import commit, db
from maagal.events import OPEN_STATES, Outbox
from maagal.ids import new_id
from tenants.communities import actions as communities
from tenants.meetings import queries
from tenants.meetings.actions import series
from tenants.meetings.models import Meeting
from tenants.pairing.models import Pair, PairStep
from tests.circle import Circle, make_person
from tests.notifications.conftest import sink  # noqa: F401  a fixture, for all the tests of this folder

WEDNESDAY = datetime(2026, 11, 18, 8, tzinfo=UTC)
FIRST = datetime(2026, 11, 22, 7, tzinfo=UTC)  # Sunday, nine o'clock in Jerusalem's winter


@dataclass(frozen=True)
class Two:
    """Ids of a pair, its first meeting, and everyone around it."""

    circle: Circle
    pair: UUID
    meeting: UUID
    zohar: UUID


@pytest.fixture
def now() -> Iterator[Any]:
    """A clock that stands still on a Wednesday, and moves when told to."""
    with time_machine.travel(WEDNESDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def two(now: Any, circle: Circle) -> Two:
    """A pair that was introduced and has its series."""
    pair = make_pair(circle)
    series.plan(pair)
    other = communities.open_community("מעגל אחר")
    zohar = make_person("Zohar", "Ash", "coordinator", other.id)
    commit()
    return Two(circle, pair.id, first_meeting(pair.id).id, zohar)


def make_pair(circle: Circle, state: str = "trial") -> Pair:
    """Add a pair of Miri and Pnina."""
    pair = Pair(id=new_id(), participant_id=circle.pnina, mentor_id=circle.miri, community_id=circle.community, state=state)
    db.session.add(pair)
    db.session.flush()
    db.session.add(PairStep(pair_id=pair.id, state=state))
    db.session.flush()
    return pair


def first_meeting(pair_id: UUID) -> Meeting:
    """Return the pair's first meeting."""
    return queries.of_pair(pair_id)[-1]


def meeting_of(two: Two, number: int = 0) -> Meeting:
    """Return the pair's meeting of that number, counted from the first, fresh from the database."""
    db.session.flush()
    db.session.expire_all()
    return queries.of_pair(two.pair)[::-1][number]


def after(meeting: Meeting) -> datetime:
    """Return a moment two hours after a meeting's end."""
    return meeting.ends_at + timedelta(hours=2)


def work() -> None:
    """Do what the relay and a worker would, until nothing is due."""
    commit()
    for _turn in range(6):
        due = db.select(Outbox.id).where(Outbox.state.in_(OPEN_STATES), Outbox.due_at <= clock.now(), Outbox.kind != "mail")
        ids = list(db.session.scalars(due))
        db.session.rollback()
        handling.handle(ids)
    db.session.expire_all()
