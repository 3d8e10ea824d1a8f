"""A way of looking at pairs: everyone against everyone, or one participant beside one mentor.

Constraints and criteria are written once against a view; both kinds do the same arithmetic on each pair.
"""

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenants.pairing.matching.encode import Encoded

Rows = slice | NDArray[np.intp]
EVERYONE = slice(None)
WORDS_IN_A_BYTE = 255 // 64  # whose shared bits one byte can count


class View:
    """Rows × columns of all pairs or, `beside`, the pairs (rows[i], columns[i])."""

    def __init__(
        self, people: Encoded, rows: Rows = EVERYONE, columns: Rows = EVERYONE, *, beside: bool = False
    ) -> None:
        """Look at the given rows (participants) and columns (mentors)."""
        self.people, self.rows, self.columns, self.beside = people, rows, columns, beside

    @property
    def shape(self) -> tuple[int, ...]:
        """Give the shape of one value a pair."""
        rows = self.people.participants["waiting"][self.rows]
        return rows.shape if self.beside else (len(rows), len(self.people.mentors["seats"][self.columns]))

    def left(self, name: str) -> NDArray[Any]:
        """Give a participants' column, shaped to meet `right`."""
        column = self.people.participants[name]
        return column[self.rows] if self.beside else column[self.rows, None]

    def right(self, name: str) -> NDArray[Any]:
        """Give a mentors' column, shaped to meet `left`."""
        return self.people.mentors[name][self.columns]

    def overlap(self, name: str) -> NDArray[np.integer[Any]]:
        """Count what both named, bit by bit."""
        asked = self.people.participants[name][:, self.rows]
        words = zip(asked if self.beside else asked[:, :, None], self.people.mentors[name][:, self.columns], strict=True)
        shared, *more = (np.bitwise_count(one & other) for one, other in words)
        kind = np.uint8 if len(more) < WORDS_IN_A_BYTE else np.uint16
        total: NDArray[np.integer[Any]] = sum(more, shared.astype(kind, copy=False))
        return total

    @cached_property
    def common_starts(self) -> NDArray[np.integer[Any]]:
        """Count the half-hours of the week at which both could start a meeting of the needed length."""
        return self.overlap("starts")

    @cached_property
    def square_km(self) -> NDArray[np.float32]:
        """Measure the straight line between the two, squared; nan where a place is unknown.

        Below 500 km the chord is within 0.03 % of the way along the ground.
        """
        total: NDArray[np.float32] = np.square(self.left("x") - self.right("x"))
        for axis in "yz":
            step = self.left(axis) - self.right(axis)
            step *= step
            total += step
        return total

    def clear_of(self, bit: int) -> NDArray[np.bool_] | np.bool_:
        """Say where a reason of `bars.BITS` does not bar the pair."""
        if self.people.bars is None:
            return np.True_
        bars = (
            self.people.bars[self.rows, self.columns] if self.beside else self.people.bars[self.rows][:, self.columns]
        )
        clear: NDArray[np.bool_] = (bars & np.uint8(bit)) == 0
        return clear
