"""A few hands for the tests of pairing: an offer in one line, the pair as it stands, threads with connections of their own."""

from collections.abc import Callable
from contextvars import Context
from threading import Barrier, Thread

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from maagal.db import commit, db, within
from tenants.pairing import actions, offers
from tenants.pairing.models import Pair
from tenants.pairing.path import NotNow

SUMMARY = "Somebody who would like help with money"
REFUSED = (IntegrityError, StaleDataError, NotNow)


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


def at_once(house, tenant, *verbs: Callable[[], object]) -> list[str]:
    """Run each verb in a thread with a connection of its own, all begun together; return how each ended."""
    db.session.remove()
    barrier, said = Barrier(len(verbs)), [""] * len(verbs)

    def run(place: int, verb: Callable[[], object]) -> None:
        with house.app_context(), within(tenant):
            db.session.connection()
            try:
                verb_after(barrier, verb)
                commit()
                said[place] = "done"
            except REFUSED as why:
                db.session.rollback()
                said[place] = type(why).__name__

    threads = [Thread(target=Context().run, args=(run, place, verb)) for place, verb in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(said)


def verb_after(barrier: Barrier, verb: Callable[[], object]) -> None:
    barrier.wait(timeout=20)
    verb()
