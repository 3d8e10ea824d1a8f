"""Who fits one person: the question of most days."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from tenants.pairing.matching.people import Mentor, Participant
from tenants.pairing.matching.receipts import Receipt, excluded, receipts
from tenants.pairing.matching.round import Unmatched, main_reason, weigh
from tenants.pairing.matching.settings import Settings
from tenants.pairing.matching.terms import Terms


class Fitting(NamedTuple):
    """The best mentors, best first, and why the others were out of the question."""

    best: tuple[Receipt, ...]
    others: Unmatched


def who_fits(
    participant: Participant, mentors: Iterable[Mentor], settings: Settings, terms: Terms, top: int = 3
) -> Fitting:
    """Rank the possible mentors by fit, ties by id, with the receipts a round would write; locks play no part."""
    grid = weigh([participant], mentors, settings, terms)
    order = np.argsort(-grid.fit[0], kind="stable")
    columns = order[np.isfinite(grid.fit[0][order])]
    best, row = columns[:top], np.zeros(1, np.intp)
    names = [(participant.id, grid.mentors[column].id) for column in best]
    counts = excluded(grid.encoded, settings, row)[0]
    others = Unmatched(participant.id, len(columns), "seats" if len(columns) else main_reason(counts), counts)
    return Fitting(tuple(receipts(grid.encoded, settings, row.repeat(len(best)), best, names, [None] * len(best))), others)
