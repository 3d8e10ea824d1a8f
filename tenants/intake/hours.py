"""A week in twenty-one ticks: for each day morning, noon and evening, which is as exact as a tired person can be."""

from collections.abc import Iterable

PARTS = {"m": (540, 720), "n": (720, 960), "e": (1020, 1260)}  # 9-12, 12-16, 17-21; minutes after midnight
DAYS = range(7)  # 0 is Sunday
CELLS = tuple(f"{day}{part}" for day in DAYS for part in PARTS)


def spans(cells: Iterable[str]) -> tuple[tuple[int, int, int], ...]:
    """Return weekly spans (weekday, start, end) of ticked cells such as "0m"; neighbours within a day become one."""
    made: list[tuple[int, int, int]] = []
    for cell in sorted(set(cells), key=CELLS.index):
        day, (start, end) = int(cell[0]), PARTS[cell[1]]
        if made and made[-1][0] == day and made[-1][2] == start:
            start = made.pop()[1]
        made.append((day, start, end))
    return tuple(made)
