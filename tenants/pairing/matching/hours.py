"""The free half-hours of a week as one integer."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

CELL_MINUTES = 30
CELLS_A_DAY = 48
CELLS_A_WEEK = 7 * CELLS_A_DAY


def cells_for(minutes: int) -> int:
    """Count the half-hour cells that a slot of so many minutes needs, rounded up."""
    return max(1, -(-minutes // CELL_MINUTES))


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """Bit `day * 48 + half_hour` of `mask` is set where the person is free; day 0 is Sunday, local time."""

    mask: int = 0

    @classmethod
    def of(cls, windows: Iterable[tuple[int, int, int]]) -> Self:
        """Make the week from (day, first minute, minute after the last); only whole half-hours inside count."""
        mask = 0
        for day, start, end in windows:
            if not (0 <= day < 7 and 0 <= start <= end <= CELLS_A_DAY * CELL_MINUTES):
                raise ValueError((day, start, end))
            first, last = -(-start // CELL_MINUTES), end // CELL_MINUTES
            mask |= ((1 << max(0, last - first)) - 1) << (day * CELLS_A_DAY + first)
        return cls(mask)

    def without(self, other: "WeeklyHours") -> "WeeklyHours":
        """Return the week with the other's hours taken out."""
        return WeeklyHours(self.mask & ~other.mask)

    def starts(self, cells: int) -> int:
        """Mark, as a mask, each cell from which `cells` consecutive ones are free."""
        starts = self.mask
        for step in range(1, cells):
            starts &= self.mask >> step
        return starts

    def common_starts(self, other: "WeeklyHours", minutes: int) -> list[tuple[int, int]]:
        """List (day, minute of the day) of each start at which both have `minutes` free, earliest first."""
        both = WeeklyHours(self.mask & other.mask).starts(cells_for(minutes))
        cells = (cell for cell in range(CELLS_A_WEEK) if both >> cell & 1)
        return [(cell // CELLS_A_DAY, cell % CELLS_A_DAY * CELL_MINUTES) for cell in cells]
