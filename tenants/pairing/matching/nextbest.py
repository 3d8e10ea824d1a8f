"""Why the next-best mentor was not chosen."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet

import numpy as np
from numpy.typing import NDArray

from tenants.pairing.matching.receipts import NextBest, Reason

Indices = NDArray[np.intp]
NONE_POSSIBLE = NextBest("none_possible")


def explain(
    fit: NDArray[np.float64],
    chosen: Indices,
    people: Sequence[str],
    mentors: Sequence[str],
    locks: Collection[tuple[str, str]],
) -> list[NextBest]:
    """Give the next best for each assigned participant, in order; `fit` is -inf where a pair is impossible."""
    rows = np.flatnonzero(chosen >= 0)
    if not len(rows):
        return []
    own, best, value = _second(fit, rows, chosen[rows])
    holders: defaultdict[int, tuple[str, ...]] = defaultdict(tuple)
    locked = {one for one, _ in locks}
    for row, column in zip(rows.tolist(), chosen[rows].tolist(), strict=True):
        holders[column] += (people[row],)
    return [
        NONE_POSSIBLE
        if other == -np.inf
        else NextBest(
            _reason(mine, other, people[row], holders[column], locked), mentors[column], int(other), holders[column]
        )
        for row, mine, column, other in zip(rows.tolist(), own, best, value, strict=True)
    ]


def _second(fit: NDArray[np.float64], rows: Indices, columns: Indices) -> tuple[list[float], list[int], list[float]]:
    own = fit[rows, columns]
    fit[rows, columns] = -np.inf  # set aside and put back: a copy of all pairs is large
    best = fit.argmax(axis=1)[rows]
    value = fit[rows, best]
    fit[rows, columns] = own
    return own.tolist(), best.tolist(), value.tolist()


def _reason(mine: float, other: float, person: str, holders: Sequence[str], locked: AbstractSet[str]) -> Reason:
    if other < mine:
        return "lower_fit"
    if other == mine:
        return "equal_fit"
    return "locked" if person in locked or locked >= set(holders) else "taken_by_better_total"
