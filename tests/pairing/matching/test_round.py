"""A round is exact, lawful and repeatable, on small random communities."""

import json
from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from tenants.pairing.matching.locks import LockRefused
from tenants.pairing.matching.people import Mentor, Participant
from tenants.pairing.matching.round import (
    RoundResult,
    replay,
    solve_round,
    store,
    weigh,
)
from tenants.pairing.matching.settings import WEIGHTS, Settings
from tenants.pairing.matching.terms import Terms
from tests.pairing.matching import people as world
from tests.pairing.matching import reference

Round = tuple[list[Participant], list[Mentor], Settings, Terms]
few = bounds(max_examples=30, derandomize=True, deadline=None)


def pairs_of(result: RoundResult) -> reference.Pairs:
    return tuple((receipt.participant_id, receipt.mentor_id) for receipt in result.assignments)


def possible_in(given: Round) -> dict[str, list[str]]:
    people, mentors, settings, terms = given
    return {p.id: [m.id for m in mentors if not reference.broken(p, m, settings, terms)] for p in people}


def fits_in(given: Round) -> dict[tuple[str, str], int]:
    people, mentors, settings, _ = given
    return {
        (p.id, m.id): sum(
            settings.weight(code) * round(1000 * value) for code, value in reference.values(p, m, settings).items()
        )
        for p in people
        for m in mentors
    }


def engine_fits(case: Round) -> dict[tuple[str, str], int]:
    """The reference's fit, checked against the engine's to one thousandth a criterion where a distance is rounded."""
    from_rules = fits_in(case)
    people, mentors, settings, terms = case
    grid = weigh(people, mentors, settings, terms)
    exact = {}
    for row, person in enumerate(grid.people):
        for column, mentor in enumerate(grid.mentors):
            value = grid.fit[row, column]
            if value >= 0:
                assert abs(value - from_rules[person.id, mentor.id]) <= settings.weight("distance")
                exact[person.id, mentor.id] = int(value)
    return exact


@few
@given(world.rounds())
def test_no_matching_at_all_is_better_in_the_tenants_order(case: Round) -> None:
    people, mentors, settings, _ = case
    result = solve_round(*case)
    fit, waits = engine_fits(case), {p.id: p.waiting_days or 0 for p in people}
    seats = {m.id: m.capacity - m.load for m in mentors}
    best = max(
        reference.rank(each, fit, waits, settings.order) for each in reference.matchings(possible_in(case), seats)
    )
    assert reference.rank(pairs_of(result), fit, waits, settings.order) == best


@few
@given(world.rounds())
def test_possible_is_what_breaks_no_rule(case: Round) -> None:
    grid = weigh(*case)
    found = {
        p.id: [m.id for column, m in enumerate(grid.mentors) if grid.fit[row, column] >= 0]
        for row, p in enumerate(grid.people)
    }
    assert found == {one: sorted(others) for one, others in possible_in(case).items()}


@few
@given(world.rounds())
def test_no_pair_breaks_a_rule_and_no_seat_is_taken_twice(case: Round) -> None:
    pairs, possible = pairs_of(solve_round(*case)), possible_in(case)
    seats = {m.id: m.capacity - m.load for m in case[1]}
    assert all(mentor in possible[one] for one, mentor in pairs)
    assert len(dict(pairs)) == len(pairs)
    assert all(taken <= seats[mentor] for mentor, taken in Counter(mentor for _, mentor in pairs).items())


@few
@given(world.rounds(), st.sampled_from(sorted(WEIGHTS)), st.integers(1, 100))
def test_raising_a_weight_never_lowers_that_criterions_total(case: Round, code: str, more: int) -> None:
    people, mentors, settings, terms = case
    before = settings.weight(code)
    assume(0 < before < 100)
    heavier = replace(settings, weights={**settings.weights, code: min(100, before + more)})
    after = solve_round(people, mentors, heavier, terms)
    assert after.totals[code] / heavier.weight(code) >= solve_round(*case).totals[code] / before


@few
@given(world.rounds(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing_and_a_kept_round_replays(case: Round, dice: Random) -> None:
    people, mentors, settings, terms = case
    first = solve_round(*case)
    shuffled = dice.sample(people, len(people)), dice.sample(mentors, len(mentors)), settings, terms
    assert solve_round(*shuffled) == first
    assert store(*shuffled) == store(*case)
    assert replay(store(*case)) == first
    json.dumps(first.to_dict())


@few
@given(world.rounds())
def test_shares_add_up_to_the_fit_and_unanswered_ones_add_nothing(case: Round) -> None:
    result = solve_round(*case)
    for receipt in result.assignments:
        assert sum(receipt.shares) == receipt.fit
        assert all(told or share == 0 for share, told in zip(receipt.shares, receipt.answered, strict=True))
    assert sum(result.totals.values()) == result.total_fit == sum(r.fit for r in result.assignments)


@few
@given(world.rounds(), st.data())
def test_a_lock_is_kept_or_refused_with_what_it_breaks_and_the_rest_is_best(case: Round, data: st.DataObject) -> None:
    people, mentors, settings, terms = case
    assume(people and mentors)
    one, mentor = data.draw(st.sampled_from(people)), data.draw(st.sampled_from(mentors))
    locked = replace(terms, locks=frozenset({(one.id, mentor.id)}))
    codes = reference.broken(one, mentor, settings, terms)
    if codes:
        with pytest.raises(LockRefused) as refused:
            solve_round(people, mentors, settings, locked)
        assert set(refused.value.codes) == codes
        return
    pairs = pairs_of(solve_round(people, mentors, settings, locked))
    fit, waits = engine_fits(case), {p.id: p.waiting_days or 0 for p in people}
    seats = {m.id: m.capacity - m.load for m in mentors}
    rest = {p.id: others for p in people if p is not one for others in [possible_in(case)[p.id]]}
    seats[mentor.id] -= 1
    free = {name: wait for name, wait in waits.items() if name != one.id}
    others = tuple(pair for pair in pairs if pair[0] != one.id)
    assert (one.id, mentor.id) in pairs
    best = max(reference.rank(each, fit, free, settings.order) for each in reference.matchings(rest, seats))
    assert reference.rank(others, fit, free, settings.order) == best
