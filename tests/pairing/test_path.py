"""Whatever is done to a pair, in whatever order: it is only ever where the domain's path leads, and the seats add up."""

import itertools
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maagal import clock
from maagal.db import db
from tenants.pairing import actions, offers, policy, seats
from tenants.pairing.models import SEATED, Pair, PairStep
from tenants.pairing.path import NEXT, NotNow
from tests.pairing.conftest import SUMMARY, paired


def runs_out(pair):
    pair.expires_at = clock.now() - timedelta(minutes=1)
    offers.expire(pair)


VERBS = {
    "mentor says yes": offers.mentor_accepts,
    "mentor says no": lambda pair: offers.mentor_declines(pair, "no_time"),
    "participant says yes": offers.participant_accepts,
    "participant says no": lambda pair: offers.participant_declines(pair, "other"),
    "taken back": offers.withdraw,
    "runs out": runs_out,
    "trial": actions.start_trial,
    "active": actions.activate,
    "pause": lambda pair: actions.pause(pair, "travel"),
    "resume": actions.resume,
    "close": lambda pair: actions.close(pair, "participant", "goals_met"),
    "finish": actions.finish,
    "stop": actions.stop,
}


class Looking:
    """A person without any role."""

    def __init__(self, person_id):
        self.person_id, self.roles = person_id, frozenset({"mentor", "participant"})

    def communities(self, _role):
        return frozenset()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted(VERBS)), max_size=14))
def test_no_walk_leads_to_a_forbidden_state(circle, walk):
    with db.session.begin_nested() as undone:
        pair = offers.offer(circle.pnina, circle.miri, circle.community, summary=SUMMARY, approved=True)
        for verb in walk:
            before = (pair.state, pair.mentor_said_yes_at)
            try:
                VERBS[verb](pair)
            except NotNow:
                db.session.refresh(pair)
                assert (pair.state, pair.mentor_said_yes_at) == before
            db.session.flush()
            assert pair.state == before[0] or pair.state in NEXT[before[0]]
            check(pair, circle)
        undone.rollback()


def check(pair, circle):
    if pair.state not in ("offered", "declined"):
        assert pair.mentor_said_yes_at
        assert pair.participant_said_yes_at
    steps = db.select(PairStep.state).where(PairStep.pair_id == pair.id).order_by(PairStep.at, PairStep.id)
    walked = db.session.scalars(steps).all()
    assert walked[-1] == pair.state
    assert all(after in NEXT[state] for state, after in itertools.pairwise(walked))
    assert seats.seats_taken().get(circle.community, 0) == (pair.state in SEATED)
    if pair.stopped_at or pair.state not in ("introduced", "trial", "active", "paused", "closing"):
        assert not policy.see(Looking(circle.miri), pair)


def test_what_was_done_twice_is_written_once(circle):
    pair = paired(circle)
    actions.activate(pair)
    assert db.session.scalar(db.select(db.func.count()).where(PairStep.pair_id == pair.id)) == 4


def test_a_closed_pair_frees_the_seat_and_a_bad_end_is_remembered(circle):
    pair = paired(circle)
    actions.close(pair, "mentor", "mismatch")
    assert pair.state == "closing"
    with pytest.raises(NotNow):
        actions.resume(pair)
    actions.finish(pair)
    assert seats.seats_taken() == {}
    again = db.session.get_one(Pair, pair.id)
    assert (again.close_initiator, again.close_reason) == ("mentor", "mismatch")


def test_the_participant_cannot_answer_before_the_mentor(offered):
    with pytest.raises(NotNow):
        offers.participant_accepts(offered)


def test_an_offer_that_is_still_open_does_not_run_out(offered):
    offers.expire(offered)
    assert offered.state == "offered"
