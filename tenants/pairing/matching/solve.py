"""Exact assignment in the tenant's order of objectives.

Every matching problem here is one `linear_sum_assignment` on whole numbers below 2^53, so float64 loses nothing.

Why three objectives need so little. The sets of participants that matchings can serve form a matroid, and so do those
served by the matchings of most total fit at a given number served (they maximise a valuated matroid: Murota, *Matrices
and Matroids for Systems Analysis*, 2000, ch. 5). In a matroid the greedy choice by waiting time is best for every
monotone weight, leaves the shortest longest wait, and is never smaller than another. Hence "served" and "wait" never
disagree, a rank by wait can break ties of the fit, and where wait goes first it only names who must be served.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from tenants.pairing.matching.settings import Objective

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]
EXACT = 2.0**53
FEWEST_CLASSES = 4


@dataclass(frozen=True, slots=True)
class Problem:
    """`fit` is participants × seats, whole and not negative, -inf where impossible; `waits` one number a participant.

    `must` are served; at most `spare` are not.
    """

    fit: Floats
    waits: NDArray[np.float32]
    must: Bools
    spare: int


def assign(fit: Floats, waits: NDArray[np.float32], order: Sequence[Objective]) -> Ints:
    """Give each participant's seat, -1 for none; `fit` and `waits` as in `Problem`.

    Raises OverflowError where the numbers are too large for an exact answer (beyond tens of thousands of people).
    """
    by_wait = order.index("wait") < order.index("fit")
    must = waits > longest_left(fit, waits) if by_wait else np.zeros(len(fit), bool)
    by_number = order.index("served") < order.index("fit")
    spare = len(fit) - most_served(fit) if by_number else len(fit)
    problem = Problem(fit, waits, must, spare)
    if by_wait or spare == 0:
        return solve(problem, np.zeros(len(fit), np.intp))
    return _shortest_wait(problem)


def most_served(fit: Floats) -> int:
    """Count how many can be served at once."""
    if fit.size == 0:
        return 0
    possible = np.isfinite(fit)
    cells = np.flatnonzero(possible)
    starts = np.searchsorted(cells, np.arange(0, fit.size + 1, fit.shape[1])).astype(np.int32)
    columns = (cells % fit.shape[1]).astype(np.int32)
    graph = csr_array((np.ones(len(columns), np.int8), columns, starts), shape=fit.shape)
    return int((maximum_bipartite_matching(graph, perm_type="column") >= 0).sum())


def longest_left(fit: Floats, waits: NDArray[np.float32]) -> float:
    """Give the shortest possible longest wait of those left unserved, -1 where all can be served.

    Someone whom nobody could serve counts as left.
    """
    steps = np.unique(waits)[::-1]
    low, high = 0, len(steps)  # how many of the longest waits can all be served at once
    while low < high:
        middle = (low + high + 1) // 2
        longest = fit[waits >= steps[middle - 1]]
        low, high = (middle, high) if most_served(longest) == len(longest) else (low, middle - 1)
    return float(steps[low]) if low < len(steps) else -1.0


def cost(problem: Problem, bonus: Ints) -> Floats:
    """Build participants × (seats + spare): what to minimise; a participant in a spare column stays unserved."""
    rows, seats = problem.fit.shape
    costs = np.zeros((rows, seats + problem.spare))
    np.multiply(problem.fit, -float(bonus.sum() + rows + 1), out=costs[:, :seats])
    costs[:, :seats] -= bonus[:, None] + 1.0
    costs[problem.must, seats:] = np.inf
    return costs


def solve(problem: Problem, bonus: Ints) -> Ints:
    """Find the most fit and, among equals, the largest sum of 1 + bonus over those served."""
    if problem.fit.size == 0:
        return np.full(len(problem.fit), -1)
    _, seats = linear_sum_assignment(cost(problem, bonus))
    return np.where(seats < problem.fit.shape[1], seats, -1)


def _shortest_wait(problem: Problem) -> Ints:
    """Break ties of the fit for the longest waits: by classes of wait, made finer where it matters."""
    ranks = np.unique(problem.waits, return_inverse=True)[1]
    low, high = 0, int(ranks.max(initial=0))
    room = _classes(problem)
    while True:
        width = -(-(high - low + 1) // (room - 2))
        classes = np.where(ranks > high, room - 1, np.maximum((ranks - low) // width + 1, 0))
        seats = solve(problem, classes)
        left = classes[seats < 0]
        worst = int(left.max(initial=0))
        if width == 1 or worst == 0:
            return seats
        low, high = low + (worst - 1) * width, min(high, low + worst * width - 1)


def _classes(problem: Problem) -> int:
    """Count the classes of wait that keep every sum exact."""
    rows = len(problem.fit)
    highest = max(float(problem.fit.max(initial=0)), 0.0) + 1
    room = int(EXACT / 2 / (highest * max(1, rows) ** 2)) - 1
    if room < FEWEST_CLASSES:
        raise OverflowError(rows, highest)
    return min(room, rows + 2)
