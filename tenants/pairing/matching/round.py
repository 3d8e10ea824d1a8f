"""A matching round: everyone waiting, every mentor, one best whole."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from tenants.pairing.matching import constraints, criteria, nextbest, solve
from tenants.pairing.matching.encode import Encoded, encode
from tenants.pairing.matching.locks import held
from tenants.pairing.matching.people import Mentor, Participant
from tenants.pairing.matching.receipts import CRITERIA, Receipt, excluded, receipts
from tenants.pairing.matching.settings import Settings
from tenants.pairing.matching.terms import Terms
from tenants.pairing.matching.view import View

Someone = TypeVar("Someone", Participant, Mentor)
_id = attrgetter("id")
CELLS_AT_ONCE = 1 << 18  # pairs looked at together: what fits a core's cache


class Unmatched(NamedTuple):
    """Someone left: how many mentors were possible, whom each constraint excluded, and the one that excluded most.

    `reason` is "seats" where a mentor was possible: all seats went to others.
    """

    participant_id: str
    possible: int
    reason: str
    excluded: dict[str, int]


@dataclass(frozen=True, slots=True)
class RoundResult:
    """Assignments and those left, by participant's id; `totals` are the sums of shares by criterion."""

    assignments: tuple[Receipt, ...]
    unmatched: tuple[Unmatched, ...]
    served: int
    total_fit: int
    longest_wait_left: int
    totals: dict[str, int]

    def to_dict(self) -> dict[str, Any]:
        """Give a JSON-ready form."""
        rows = {
            "assignments": [r.to_dict() for r in self.assignments],
            "unmatched": [u._asdict() for u in self.unmatched],
        }
        numbers = {name: getattr(self, name) for name in ("served", "total_fit", "longest_wait_left", "totals")}
        return {**rows, **numbers}


class Grid(NamedTuple):
    """Everyone against everyone in the order of ids: `fit` is -inf where a pair is impossible."""

    people: list[Participant]
    mentors: list[Mentor]
    encoded: Encoded
    fit: NDArray[np.float64]


def solve_round(
    participants: Iterable[Participant], mentors: Iterable[Mentor], settings: Settings, terms: Terms
) -> RoundResult:
    """Match everyone exactly, in the tenant's order of objectives; equal inputs in any order give an equal result.

    Raises `locks.LockRefused` for a lock that breaks a constraint, ValueError for an id given twice.
    """
    grid = weigh(participants, mentors, settings, terms)
    chosen = choose(grid, settings, terms)
    return _result(grid, settings, terms, chosen)


def weigh(participants: Iterable[Participant], mentors: Iterable[Mentor], settings: Settings, terms: Terms) -> Grid:
    """Work out what is possible and how well it fits, for all pairs."""
    people, helpers = _by_id(participants), _by_id(mentors)
    encoded = encode(people, helpers, settings, terms)
    fit = np.empty((len(people), len(helpers)))
    step = max(1, CELLS_AT_ONCE // max(1, len(helpers)))
    for start in range(0, len(people), step):
        view = View(encoded, slice(start, start + step))
        worth = criteria.fit(view, settings)
        fit[start : start + step] = np.where(constraints.allowed(view, settings), worth, np.float32(-np.inf))
    return Grid(people, helpers, encoded, fit)


def choose(grid: Grid, settings: Settings, terms: Terms) -> NDArray[np.intp]:
    """Give the column of each participant's mentor, -1 for none; locks first, the rest exactly."""
    chosen = held(grid.people, grid.mentors, grid.encoded, settings, terms)
    free, columns = seats(grid, chosen)
    fit = grid.fit.take(columns, axis=1)
    found = solve.assign(fit[free] if terms.locks else fit, grid.encoded.participants["waiting"][free], settings.order)
    chosen[free] = np.where(found >= 0, np.append(columns, -1)[found], -1)
    return chosen


def seats(grid: Grid, chosen: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give the rows still to be matched, and each free seat as its mentor's column."""
    left = grid.encoded.mentors["seats"] - np.bincount(chosen[chosen >= 0], minlength=len(grid.mentors))
    left[~np.isfinite(grid.fit).any(axis=0)] = 0
    return np.flatnonzero(chosen < 0), np.repeat(np.arange(len(grid.mentors)), np.minimum(left, len(grid.people)))


def store(participants: Sequence[Participant], mentors: Sequence[Mentor], settings: Settings, terms: Terms) -> str:
    """Write a round's inputs as JSON, the same text for the same inputs in any order."""
    people = {
        "participants": [p.to_dict() for p in _by_id(participants)],
        "mentors": [m.to_dict() for m in _by_id(mentors)],
    }
    return json.dumps({**people, "settings": settings.to_dict(), "terms": terms.to_dict()}, sort_keys=True)


def replay(inputs: str) -> RoundResult:
    """Solve again what `store` wrote."""
    plain = json.loads(inputs)
    people = [Participant.from_dict(each) for each in plain["participants"]]
    mentors = [Mentor.from_dict(each) for each in plain["mentors"]]
    return solve_round(people, mentors, Settings.from_dict(plain["settings"]), Terms.from_dict(plain["terms"]))


def _by_id(people: Iterable[Someone]) -> list[Someone]:
    ordered = sorted(people, key=_id)
    if len(set(map(_id, ordered))) < len(ordered):
        raise ValueError([one.id for one, after in pairwise(ordered) if one.id == after.id])
    return ordered


def _result(grid: Grid, settings: Settings, terms: Terms, chosen: NDArray[np.intp]) -> RoundResult:
    rows, left = np.flatnonzero(chosen >= 0), np.flatnonzero(chosen < 0)
    columns = chosen[rows]
    people, mentors = list(map(_id, grid.people)), list(map(_id, grid.mentors))
    names = [(people[row], mentors[column]) for row, column in zip(rows.tolist(), columns.tolist(), strict=True)]
    nexts = nextbest.explain(grid.fit, chosen, people, mentors, terms.locks)
    assigned = tuple(receipts(grid.encoded, settings, rows, columns, names, nexts))
    sums = np.array([receipt.shares for receipt in assigned], int).reshape(-1, len(CRITERIA)).sum(axis=0)
    return RoundResult(
        assigned, _unmatched(grid, settings, left), len(rows), int(sums.sum()),
        int(grid.encoded.participants["waiting"][left].max(initial=0)), dict(zip(CRITERIA, sums.tolist(), strict=True)),
    )  # fmt: skip


def _unmatched(grid: Grid, settings: Settings, rows: NDArray[np.intp]) -> tuple[Unmatched, ...]:
    possible = np.isfinite(grid.fit[rows]).sum(axis=1).tolist()
    counts = excluded(grid.encoded, settings, rows)
    return tuple(
        Unmatched(grid.people[row].id, number, "seats" if number else main_reason(count), count)
        for row, number, count in zip(rows.tolist(), possible, counts, strict=True)
    )


def main_reason(counts: dict[str, int]) -> str:
    """Name the constraint that excludes most, "no_mentors" where there was none to exclude."""
    return max(counts, key=lambda code: counts[code], default="no_mentors")
