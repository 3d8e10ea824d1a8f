"""Why a pair: what each criterion gave, what was wished and not met, and why not the next mentor."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tenants.pairing.matching import constraints, criteria
from tenants.pairing.matching.encode import Encoded
from tenants.pairing.matching.people import Mentor, Participant
from tenants.pairing.matching.settings import Settings
from tenants.pairing.matching.view import View

CRITERIA = tuple(criteria.CRITERIA)
Reason = Literal["taken_by_better_total", "equal_fit", "lower_fit", "locked", "none_possible"]
Indices = NDArray[np.intp]


class NextBest(NamedTuple):
    """The best other mentor; `holders` are the participants who have that mentor's seats.

    `taken_by_better_total`: fits better, but the whole is worth more so; `equal_fit`; `lower_fit`; `locked`: the
    coordinator's locks decided; `none_possible`: no other mentor breaks nothing.
    """

    reason: Reason
    mentor_id: str | None = None
    fit: int | None = None
    holders: tuple[str, ...] = ()


class Receipt(NamedTuple):
    """`shares` (weight × thousandths) and `answered` are in the order of `CRITERIA`; the shares add up to `fit`."""

    participant_id: str
    mentor_id: str
    fit: int
    shares: tuple[int, ...]
    answered: tuple[bool, ...]
    answered_percent: int
    unmet: tuple[str, ...]
    next_best: NextBest | None = None

    @property
    def constraints_met(self) -> tuple[str, ...]:
        """Name the hard constraints: a pair exists only where all are met."""
        return tuple(constraints.CONSTRAINTS)

    def to_dict(self) -> dict[str, Any]:
        """Give a JSON-ready form that names each criterion."""
        given = zip(CRITERIA, self.shares, self.answered, strict=True)
        return {
            **self._asdict(),
            "shares": {code: {"share": share, "answered": told} for code, share, told in given},
            "constraints_met": list(self.constraints_met),
            "next_best": self.next_best and self.next_best._asdict(),
        }


def receipts(
    encoded: Encoded, settings: Settings, rows: Indices, columns: Indices, names: list[tuple[str, str]],
    nexts: Sequence[NextBest | None],
) -> list[Receipt]:  # fmt: skip
    """Write the receipt of each pair (rows[i], columns[i]), called names[i]; all at once, pairs are many."""
    view = View(encoded, rows, columns, beside=True)
    weights = np.array([settings.weight(code) for code in CRITERIA])
    values = np.empty((len(rows), len(CRITERIA)), np.int64)
    wished, told = np.empty(values.shape, bool), np.empty(values.shape, bool)
    for place, (code, criterion) in enumerate(criteria.CRITERIA.items()):
        values[:, place] = criteria.thousandths(code, view, settings)
        wished[:, place], told[:, place] = criterion.asked(view), criterion.told(view)
    shares, answered = values * weights, wished & told
    percent = np.rint(100 * (answered @ weights) / max(1, weights.sum())).astype(int)
    unmet = (wished & _WISHES & (values < criteria.SCALE) & (weights > 0)) @ _PLACES
    made = zip(
        names, shares.sum(axis=1).tolist(), map(tuple, shares.tolist()), map(tuple, answered.tolist()),
        percent.tolist(), map(_codes, unmet.tolist()), nexts, strict=True,
    )  # fmt: skip
    return [Receipt(*pair, *rest) for pair, *rest in made]


def missing(participant: Participant, mentor: Mentor) -> dict[str, tuple[str, ...]]:
    """Name, by criterion, the things the participant wished for that this mentor does not bring."""
    gaps = {
        "skills": participant.needs - mentor.skills,
        "experience": participant.wanted_experience - mentor.experience,
        "interests": participant.interests - mentor.interests,
        "dislikes": participant.dislikes - mentor.dislikes,
        "culture": participant.cultures - mentor.cultures,
    }
    return {code: tuple(sorted(gap)) for code, gap in gaps.items() if gap}


def excluded(encoded: Encoded, settings: Settings, rows: Indices) -> Sequence[dict[str, int]]:
    """Count, for each row, the mentors whom each constraint excludes; constraints that exclude nobody are left out."""
    view = View(encoded, rows)
    counts = np.empty((len(constraints.CONSTRAINTS), len(rows)), np.int64)
    for place, (_, ok) in enumerate(constraints.each(view, settings)):
        counts[place] = _refused(np.asarray(ok), view.shape[1])
    return [
        {code: number for code, number in zip(constraints.CONSTRAINTS, row, strict=True) if number}
        for row in counts.T.tolist()
    ]


def _refused(ok: NDArray[np.bool_], mentors: int) -> Indices | int:
    """Count what is refused a row; a mask without rows holds for each of them."""
    if ok.ndim == 0:
        return 0 if ok else mentors
    refused: Indices | int = mentors - np.count_nonzero(ok, axis=-1)
    return refused


_WISHES = np.array([criterion.wish for criterion in criteria.CRITERIA.values()])
_PLACES = 1 << np.arange(len(CRITERIA))


@cache
def _codes(bits: int) -> tuple[str, ...]:
    return tuple(code for place, code in enumerate(CRITERIA) if bits >> place & 1)
