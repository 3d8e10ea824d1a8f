"""The coordinator's locks: pairs that are decided before the round is solved."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tenants.pairing.matching import constraints
from tenants.pairing.matching.encode import Encoded
from tenants.pairing.matching.people import Mentor, Participant
from tenants.pairing.matching.settings import Settings
from tenants.pairing.matching.terms import Terms
from tenants.pairing.matching.view import View


class LockRefused(Exception):
    """A lock breaks `codes`: hard constraints, or "unknown" (nobody by that id) or "locked_twice"."""

    def __init__(self, participant_id: str, mentor_id: str, codes: tuple[str, ...]) -> None:
        """Keep whom it is about, for the caller's words."""
        super().__init__(participant_id, mentor_id, codes)
        self.participant_id, self.mentor_id, self.codes = participant_id, mentor_id, codes


def held(
    people: Sequence[Participant], mentors: Sequence[Mentor], encoded: Encoded, settings: Settings, terms: Terms
) -> NDArray[np.intp]:
    """Give the locked mentor's column for each participant, -1 without a lock; raise LockRefused."""
    chosen = np.full(len(people), -1)
    if not terms.locks:
        return chosen
    rows = {person.id: row for row, person in enumerate(people)}
    columns = {mentor.id: column for column, mentor in enumerate(mentors)}
    for one, other in sorted(terms.locks):
        if one not in rows or other not in columns:
            raise LockRefused(one, other, ("unknown",))
        codes = _broken(encoded, settings, chosen, rows[one], columns[other])
        if codes:
            raise LockRefused(one, other, codes)
        chosen[rows[one]] = columns[other]
    return chosen


def _broken(encoded: Encoded, settings: Settings, chosen: NDArray[np.intp], row: int, column: int) -> tuple[str, ...]:
    if chosen[row] >= 0:
        return ("locked_twice",)
    view = View(encoded, np.array([row]), np.array([column]), beside=True)
    codes = tuple(code for code, ok in constraints.each(view, settings) if not np.all(ok))
    full = 0 < encoded.mentors["seats"][column] <= (chosen == column).sum()
    return (*codes, "capacity") if full else codes
