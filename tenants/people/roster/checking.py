"""The dry run: who can come in, whose row is faulty, who may be somebody already met, who is here already."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel.speaklater import LazyString

from . import people, staff
from .columns import Kind
from .duplicates import Gathering, KnownPerson, Traits, traits_of_known, traits_of_row
from .faults import Fault
from .people import RosterPerson
from .reading import Table
from .rows import RowReader
from .staff import StaffPerson


@dataclass(frozen=True)
class Duplicate:
    """A row that is probably a person met before: in `other_row` of this file, as `known_id`, or both.

    `person` is ready to come in if the coordinator says it is somebody else; None when the row is faulty besides.
    """

    row: int
    person: RosterPerson | None
    other_row: int | None
    known_id: object | None
    reasons: tuple[LazyString, ...]


@dataclass(frozen=True)
class AlreadyHere:
    """A row whose person the tenant has under the same name with the same phone or mail: nothing to create."""

    person: RosterPerson
    known_id: object


@dataclass(frozen=True)
class Checked:
    """The outcome for a whole sheet; `people` or `staff` are the good rows, each list in the sheet's order."""

    people: tuple[RosterPerson, ...] = ()
    staff: tuple[StaffPerson, ...] = ()
    faults: tuple[Fault, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    already_here: tuple[AlreadyHere, ...] = ()


def check(
    table: Table, mapping: Mapping[int, str], kind: Kind, today: date, known: Iterable[KnownPerson] = ()
) -> Checked:
    """Judge every row against its columns, the rows above it and the people the tenant has; never raises for a cell."""
    if kind == "staff":
        good, faults = staff.read_all(table, dict(mapping))
        return Checked(staff=good, faults=faults)
    judge = _Judge(today, map(traits_of_known, known))
    for row in table.rows:
        judge.see(RowReader(table, mapping, row), len(table.headings))
    return judge.verdict()


class _Judge:
    """Walks the rows once, remembering whom it met."""

    def __init__(self, today: date, known: Iterable[Traits]) -> None:
        self._today = today
        self._known, self._met = Gathering(known), Gathering()
        self._faulty: dict[int, list[Fault]] = {}
        self._told: list[Fault] = []
        self._people: list[RosterPerson] = []
        self._duplicates: list[Duplicate] = []
        self._here: list[AlreadyHere] = []

    def see(self, reader: RowReader, width: int) -> None:
        person = people.read(reader, width, self._today)
        traits = traits_of_row(reader)
        earlier, known = self._met.like(traits), self._known.like(traits)
        self._met.add(traits)
        self._faulty[reader.row.number] = reader.faults
        self._told += _untold(reader.faults, self._faulty[earlier.row] if earlier else [])
        if person and known and traits.same_names(known) and not (earlier and traits.same_names(earlier)):
            self._here.append(AlreadyHere(person, known.known_id))
        elif like := earlier or known:
            other_row, known_id = earlier.row if earlier else None, known.known_id if known else None
            self._duplicates.append(Duplicate(traits.row, person, other_row, known_id, traits.reasons(like)))
        elif person:
            self._people.append(person)

    def verdict(self) -> Checked:
        return Checked(tuple(self._people), (), tuple(self._told), tuple(self._duplicates), tuple(self._here))


def _untold(faults: list[Fault], repeated: list[Fault]) -> list[Fault]:
    """Leave out what the row it repeats was already told: one mistake, one sentence."""
    told = {(fault.field, fault.value) for fault in repeated}
    return [fault for fault in faults if (fault.field, fault.value) not in told]
