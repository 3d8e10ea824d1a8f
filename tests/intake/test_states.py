"""However coordinators and the person click, in whatever order: no request comes into a state that may not follow."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from maagal.db import db
from maagal.ids import new_id
from tenants.communities.queries import membership
from tenants.intake import actions, labels, queries, states
from tenants.intake.hours import CELLS, spans
from tenants.intake.models import STATES, HelpRequest
from tests.circle import Circle
from tests.intake.asking import ASKED

# DOMAIN, "The participant's way", 2, written out by hand: a second witness beside states.FOLLOWS.
PATHS = {
    ("new", "in_conversation"), ("new", "withdrawn"),
    ("in_conversation", "accepted"), ("in_conversation", "waitlisted"), ("in_conversation", "referred_out"),
    ("in_conversation", "declined"), ("in_conversation", "withdrawn"),
    ("waitlisted", "accepted"), ("waitlisted", "referred_out"), ("waitlisted", "declined"), ("waitlisted", "withdrawn"),
}  # fmt: skip
VERBS = ("take", "begin", "set_risk", "accept", "waitlist", "refer_out", "decline", "withdraw")


def do(verb: str, found: HelpRequest, circle: Circle) -> None:
    more = {
        "set_risk": (2,),
        "accept": (circle.community,),
        "waitlist": (circle.community,),
        "refer_out": ("other",),
        "decline": ("other",),
    }.get(verb, ())
    getattr(actions, verb)(found, circle.dana, *more)


@bounds(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(VERBS), max_size=12))
def test_a_random_walk_finds_no_forbidden_state(circle: Circle, walk: list[str]) -> None:
    found = actions.submit(ASKED, new_id())
    for verb in walk:
        before = (found.state, found.owner_id, found.decided_at, len(queries.steps(found.id)))
        try:
            do(verb, found, circle)
        except states.NotFrom:
            assert before == (found.state, found.owner_id, found.decided_at, len(queries.steps(found.id)))
    path = [step.state for step, _name in queries.steps(found.id)]
    moved = [(one, other) for one, other in pairwise(path) if one != other]
    assert path[0] == "new"
    assert path[-1] == found.state
    assert set(moved) <= PATHS
    assert (found.decided_at is not None) == (found.state in states.DECISIONS)
    is_member = membership(found.person_id, "participant", circle.community) is not None
    assert is_member == (found.state == "accepted")
    assert found.community_id == (circle.community if {"accepted", "waitlisted"} & set(path) else None)
    assert "in_conversation" not in path or found.owner_id is not None
    db.session.rollback()


@pytest.mark.parametrize("state", STATES)
def test_the_table_says_what_the_design_says(state: str) -> None:
    assert {(state, after) for after in states.FOLLOWS[state]} == {path for path in PATHS if path[0] == state}


def test_every_reason_has_its_words_and_every_state_too() -> None:
    assert set(STATES) == set(labels.STATES)
    assert {reason for reasons in states.REASONS.values() for reason in reasons} <= set(labels.REASONS)


def test_neighbouring_ticks_become_one_span() -> None:
    assert spans(["0n", "0m", "0e"]) == ((0, 540, 960), (0, 1020, 1260))
    assert len(spans(CELLS)) == 14
    assert spans(()) == ()
