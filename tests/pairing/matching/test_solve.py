"""The solver against brute force, denser and with more ties than communities have."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from tenants.pairing.matching import solve
from tenants.pairing.matching.settings import ORDER, Objective
from tests.pairing.matching import reference

Case = tuple[list[list[int]], list[int]]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Up to six participants by four seats; -1 is impossible."""
    rows, seats = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    row = st.lists(st.sampled_from((-1, -1, 0, 1, 2, 5)), min_size=seats, max_size=seats)
    waits = st.lists(st.integers(0, 7), min_size=rows, max_size=rows)
    return draw(st.lists(row, min_size=rows, max_size=rows)), draw(waits)


def check(case: Case, order: tuple[Objective, ...]) -> None:
    table, waiting = case
    fit = np.where(np.array(table) < 0, -np.inf, np.array(table, float))
    seats = solve.assign(fit, np.array(waiting, np.float32), order)
    found = tuple((str(row), str(seat)) for row, seat in enumerate(seats.tolist()) if seat >= 0)
    possible = {str(r): [str(c) for c, value in enumerate(line) if value >= 0] for r, line in enumerate(table)}
    fits = {(str(r), str(c)): value for r, line in enumerate(table) for c, value in enumerate(line)}
    waits = {str(row): wait for row, wait in enumerate(waiting)}
    every = reference.matchings(possible, {str(seat): 1 for seat in range(len(table[0]))})
    assert all(seat in possible[one] for one, seat in found)
    assert reference.rank(found, fits, waits, order) == max(reference.rank(e, fits, waits, order) for e in every)


@pytest.mark.parametrize("order", list(permutations(ORDER)))
@bounds(max_examples=80, derandomize=True, deadline=None)
@given(case=cases())
def test_every_order_of_objectives_is_solved_exactly(order: tuple[Objective, ...], case: Case) -> None:
    check(case, order)


@pytest.mark.parametrize("order", [("served", "fit", "wait"), ("fit", "served", "wait")])
@pytest.mark.parametrize("seats", range(1, 6))
def test_few_classes_of_wait_are_refined_until_exact(
    order: tuple[Objective, ...], seats: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(solve, "EXACT", 2 * 2 * 6**2 * (solve.FEWEST_CLASSES + 1.0))  # bears exactly the fewest classes
    check(([[1] * seats] * 6, [0, 1, 2, 3, 4, 5]), order)
    check(([[1] * seats] * 6, [3, 1, 5, 5, 0, 1]), order)


def test_numbers_too_large_to_be_exact_are_refused() -> None:
    with pytest.raises(OverflowError):
        solve.assign(np.full((2, 1), 2.0**51), np.zeros(2, np.float32), ORDER)
