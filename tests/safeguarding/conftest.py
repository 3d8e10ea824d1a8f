"""A pair of Miri and Pnina that has met, in the circle."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from flask import Flask

from maagal.db import commit, db
from tenants.pairing import actions, offers
from tenants.pairing.models import Pair
from tests.circle import Circle
from tests.notifications.conftest import sink  # noqa: F401  a fixture, for all the tests of this folder


@pytest.fixture
def pair(circle: Circle) -> UUID:
    made = offers.offer(circle.pnina, circle.miri, circle.community, summary="Debts after an illness.", approved=True)
    offers.mentor_accepts(made, circle.miri)
    offers.participant_accepts(made, circle.pnina)
    actions.start_trial(made)
    actions.activate(made)
    commit()
    return made.id


@pytest.fixture
def fetch() -> Callable[[UUID], Pair]:
    def fresh(pair_id: UUID) -> Pair:
        db.session.remove()
        return db.session.get_one(Pair, pair_id)

    return fresh


@pytest.fixture
def speaking(house: Flask) -> Iterator[None]:
    """A request, for what makes addresses."""
    with house.test_request_context("/", base_url="http://oak.localhost:8000"):
        yield
