"""Pairs that few facts about two people rule out: a sparse thing, kept as one bit a reason."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from tenants.pairing.matching.people import Mentor, Participant
from tenants.pairing.matching.terms import BAR_CODES, Terms

REASONS = ("reporting_line", "line_unknown", *BAR_CODES, "forbidden")  # as many as a byte has bits
BITS = {code: 1 << place for place, code in enumerate(REASONS)}
ANY = sum(BITS.values())
Cell = tuple[int, int, int]


def barred(people: Sequence[Participant], mentors: Sequence[Mentor], terms: Terms) -> NDArray[np.uint8] | None:
    """Give participants × mentors with a bit of `BITS` for each reason, or None where no pair is barred."""
    cells = set(_told(people, mentors, terms))
    if any(person.managers or person.team or person.staff_id for person in people):
        cells.update(_in_line(people, mentors))
    left, right = (np.array([each.line_unknown for each in side], bool) for side in (people, mentors))
    if not (cells or left.any() or right.any()):
        return None
    bars = np.zeros((len(people), len(mentors)), np.uint8)
    bars[left[:, None] | right] = BITS["line_unknown"]
    if cells:
        rows, columns, bits = np.array(list(cells), np.int64).T
        np.bitwise_or.at(bars, (rows, columns), bits.astype(np.uint8))
    return bars


def _told(people: Sequence[Participant], mentors: Sequence[Mentor], terms: Terms) -> Iterator[Cell]:
    if not (terms.bars or terms.forbids):
        return
    rows = {person.id: row for row, person in enumerate(people)}
    columns = {mentor.id: column for column, mentor in enumerate(mentors)}
    told: Iterable[tuple[str, str, str]] = [*terms.bars, *((*pair, "forbidden") for pair in terms.forbids)]
    for one, other, code in told:
        if one in rows and other in columns:
            yield rows[one], columns[other], BITS[code]


def _in_line(people: Sequence[Participant], mentors: Sequence[Mentor]) -> Iterator[Cell]:
    """Find managers above on either side, however far, and members of one team."""
    above, below, teams = defaultdict(list), defaultdict(list), defaultdict(list)
    for column, mentor in enumerate(mentors):
        if mentor.staff_id is not None:
            above[mentor.staff_id].append(column)
        if mentor.team is not None:
            teams[mentor.team].append(column)
        for manager in mentor.managers:
            below[manager].append(column)
    for row, person in enumerate(people):
        near = [columns for manager in person.managers if (columns := above.get(manager))]
        near += [teams.get(person.team or "", []), below.get(person.staff_id or "", [])]
        for columns in near:
            for column in columns:
                yield row, column, BITS["reporting_line"]
