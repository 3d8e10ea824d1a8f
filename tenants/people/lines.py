"""An employer's reporting lines: where somebody stands in the staff file, and who must not meet there (DOMAIN, "Pairing").

Read for matching and for who may join a community, shown to nobody: the staff file says nothing of who takes part.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import select

from maagal import tenancy
from maagal.db import rows
from tenants.people.models import StaffRecord
from tenants.people.roster.text import key

Somebody = TypeVar("Somebody")


class Place(NamedTuple):
    """Where somebody stands: their number, and their managers' up to the top, nearest first."""

    number: str
    managers: tuple[str, ...]

    @property
    def team(self) -> str | None:
        """A team is who reports to the same manager."""
        return self.managers[0] if self.managers else None

    def is_in_line_with(self, other: "Place") -> bool:
        """Whether one of the two stands above the other, however far."""
        return self.number in other.managers or other.number in self.managers


@dataclass(frozen=True)
class Lines:
    """The whole staff file. `manager_of`: number -> manager's number; `number_of`: name -> number, where one has the name."""

    manager_of: Mapping[str, str | None] = field(default_factory=dict)
    number_of: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether the employer gave a staff file at all; without one no line is known and none can be kept apart."""
        return bool(self.manager_of)

    def place(self, number: str | None, first_name: str, last_name: str) -> Place | None:
        """Find somebody by number; without a number by a name that only one employee has. None: nobody knows."""
        own = number or self.number_of.get(_folded(first_name, last_name))
        return Place(own, tuple(self._upwards(own))) if own in self.manager_of and own else None

    def _upwards(self, own: str) -> Iterator[str]:
        met, above = {own}, self.manager_of.get(own)
        while above and above not in met:  # a file may lead in a circle
            yield above
            met.add(above)
            above = self.manager_of.get(above)


def lines() -> Lines:
    """Read the staff file of a business tenant; any other has none."""
    if tenancy.current().kind != "business":
        return Lines()
    wanted: Any = select(StaffRecord.number, StaffRecord.manager_number, StaffRecord.first_name, StaffRecord.last_name)
    found = rows(wanted)
    named = Counter(_folded(row.first_name, row.last_name) for row in found)
    alone = (row for row in found if named[_folded(row.first_name, row.last_name)] == 1)
    return Lines(
        {row.number: row.manager_number for row in found},
        {_folded(row.first_name, row.last_name): row.number for row in alone},
    )


def not_together(members: Iterable[tuple[Somebody, str, Place | None]]) -> Iterator[tuple[Somebody, Somebody]]:
    """Yield two and two who must not be in one community: (who, role, place) of whom one takes part, in one line."""
    for (one, role, place), (other, others_role, others_place) in combinations(members, 2):
        if "participant" in (role, others_role) and place and others_place and place.is_in_line_with(others_place):
            yield one, other


def _folded(first_name: str, last_name: str) -> tuple[str, str]:
    return key(first_name), key(last_name)
