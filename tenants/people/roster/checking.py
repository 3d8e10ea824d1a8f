"""The dry run: who can come in, whose row is faulty, who may be somebody already met, who is here already."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from . import people, staff
from .columns import Kind
from .duplicates import Gathering, KnownPerson, Traits, traits_of_known, traits_of_row
from .faults import Fault
from .people import RosterPerson
from .reading import Table
from .rows import RowReader
from .staff import StaffPerson

OWN_COORDINATOR = _l("Nobody makes themself a coordinator; somebody else can bring this row in.")


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
class FurtherRole:
    """A row whose person comes in by `other_row` of this file, or is here as `known_id`, and has another role here."""

    person: RosterPerson
    other_row: int
    known_id: object | None


@dataclass(frozen=True)
class Checked:
    """The outcome for a whole sheet; `people` or `staff` are the good rows, each list in the sheet's order."""

    people: tuple[RosterPerson, ...] = ()
    staff: tuple[StaffPerson, ...] = ()
    faults: tuple[Fault, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    already_here: tuple[AlreadyHere, ...] = ()
    further: tuple[FurtherRole, ...] = ()

    @property
    def met(self) -> tuple[AlreadyHere | FurtherRole, ...]:
        """The rows of which it is beyond doubt that they make nobody new."""
        return (*self.already_here, *self.further)


@dataclass(frozen=True)
class Here:
    """What a sheet is held against: everybody the tenant has; row -> who came in by it when this very file was brought in
    before; and the phones and addresses of whoever must not make themself a coordinator.
    """

    known: Iterable[KnownPerson] = ()
    came: Mapping[int, object] = field(default_factory=dict)
    barred: Collection[str] = ()


def check(table: Table, mapping: Mapping[int, str], kind: Kind, today: date, here: Here | None = None) -> Checked:
    """Judge every row against its columns, the rows above it and what the tenant has; never raises for a cell."""
    if kind == "staff":
        good, faults = staff.read_all(table, dict(mapping))
        return Checked(staff=good, faults=faults)
    judge = _Judge(today, here or Here())
    for row in table.rows:
        judge.see(RowReader(table, mapping, row), len(table.headings))
    return judge.verdict()


class _Judge:
    """Walks the rows once, remembering whom it met."""

    def __init__(self, today: date, here: Here) -> None:
        self._today, self._came, self._barred = today, here.came, frozenset(here.barred)
        self._known, self._met = Gathering(map(traits_of_known, here.known)), Gathering()
        self._role_of: dict[int, str] = {}
        self._faulty: dict[int, list[Fault]] = {}
        self._told: list[Fault] = []
        self._people: list[RosterPerson] = []
        self._duplicates: list[Duplicate] = []
        self._here: list[AlreadyHere] = []
        self._further: list[FurtherRole] = []

    def see(self, reader: RowReader, width: int) -> None:
        traits = traits_of_row(reader)
        person = self._read(reader, width, traits)
        earlier, known = self._met.like(traits), self._known.like(traits)
        self._met.add(traits)
        self._faulty[traits.row] = reader.faults
        named_alike = earlier and (traits.same_names(earlier) or traits.exchanged_names(earlier))
        self._told += _untold(reader.faults, self._faulty[earlier.row] if earlier and named_alike else [])
        if person is None or not self._is_known(person, traits, earlier, known):
            self._judge(person, traits, earlier, known)

    def _read(self, reader: RowReader, width: int, traits: Traits) -> RosterPerson | None:
        person = people.read(reader, width, self._today)
        if person and person.role == "coordinator" and not self._barred.isdisjoint((traits.phone, traits.email)):
            reader.refuse("role", "own_coordinator", OWN_COORDINATOR)
            return None
        if person:
            self._role_of[traits.row] = person.role
        return person

    def _is_known(self, person: RosterPerson, traits: Traits, earlier: Traits | None, known: Traits | None) -> bool:
        """Tell whether it is beyond doubt who this is, and take note."""
        sure = known.known_id if known and traits.surely(known) else None
        if traits.row in self._came:
            self._here.append(AlreadyHere(person, self._came[traits.row]))
        elif earlier and traits.surely(earlier) and self._role_of.get(earlier.row, person.role) != person.role:
            self._further.append(FurtherRole(person, earlier.row, sure))
        elif sure is not None and not (earlier and traits.same_names(earlier)):
            self._here.append(AlreadyHere(person, sure))
        else:
            return False
        return True

    def _judge(self, person: RosterPerson | None, traits: Traits, earlier: Traits | None, known: Traits | None) -> None:
        if like := earlier or known:
            other_row, known_id = earlier.row if earlier else None, known.known_id if known else None
            self._duplicates.append(Duplicate(traits.row, person, other_row, known_id, traits.reasons(like)))
        elif person:
            self._people.append(person)

    def verdict(self) -> Checked:
        judged = tuple(self._told), tuple(self._duplicates), tuple(self._here), tuple(self._further)
        return Checked(tuple(self._people), (), *judged)


def _untold(faults: list[Fault], repeated: list[Fault]) -> list[Fault]:
    """Leave out what the row it repeats was already told: one mistake, one sentence."""
    told = {(fault.field, fault.value) for fault in repeated}
    return [fault for fault in faults if (fault.field, fault.value) not in told]
