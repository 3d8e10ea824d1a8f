"""A few hands for the tests of pairing: an offer in one line, the pair as it stands."""

import pytest

from maagal.db import commit, db
from tenants.pairing import actions, offers
from tenants.pairing.models import Pair

SUMMARY = "Somebody who would like help with money"


@pytest.fixture
def offered(circle) -> Pair:
    """Miri is asked about Pnina."""
    return offer(circle)


def offer(circle, participant=None, mentor=None, **more) -> Pair:
    """Make an offer as Dana and keep it."""
    made = offers.offer(
        participant or circle.pnina, mentor or circle.miri, circle.community,
        summary=SUMMARY, approved=True, actor_id=circle.dana, **more,
    )  # fmt: skip
    commit()
    db.session.refresh(made)  # readable after a browser left the session
    return made


def paired(circle, state="active", **whom) -> Pair:
    """Walk a pair to a state on the usual way."""
    pair = offer(circle, **whom)
    offers.mentor_accepts(pair)
    offers.participant_accepts(pair)
    for step in (actions.start_trial, actions.activate)[: ("introduced", "trial", "active").index(state)]:
        step(pair)
    commit()
    db.session.refresh(pair)
    return pair
