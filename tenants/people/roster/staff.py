"""An employer's staff file: people and reporting lines, no roles, and nobody in it has joined anything."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from . import emails
from .faults import Fault, quoted
from .people import number
from .reading import Table
from .rows import RowReader
from .text import clean


@dataclass(frozen=True)
class StaffPerson:
    """One employee as the employer's file tells of them; `manager_number` is None at the top."""

    row: int
    number: str
    first_name: str
    last_name: str
    department: str
    manager_number: str | None
    email: str | None


def read_all(table: Table, mapping: dict[int, str]) -> tuple[tuple[StaffPerson, ...], tuple[Fault, ...]]:
    """Read every row; a row with a fault of its own, an unknown manager, or in a circle of managers is left out."""
    readers = [RowReader(table, mapping, row) for row in table.rows]
    read = [_read(reader, len(table.headings)) for reader in readers]
    _check_numbers(readers, read)
    _check_managers(readers, read)
    good = tuple(person for reader, person in zip(readers, read, strict=True) if not reader.faults)
    return good, tuple(fault for reader in readers for fault in reader.faults)


def _read(reader: RowReader, width: int) -> StaffPerson:
    if any(clean(cell) for cell in reader.row.cells[width:]):
        reader.refuse("", "columns", _l("The row has more cells than there are headings."))
    first, last = reader.names()
    own = number(reader.text("employee_number"))
    if own is None:
        reader.refuse("employee_number", "number", _l("The employee number is missing."))
    if not first:
        reader.refuse("first_name", "name", _l("The first name is missing."))
    manager, email = number(reader.text("manager_number")), reader.take("email", emails.read)
    return StaffPerson(reader.row.number, own or "", first, last, reader.text("department"), manager, email)


def _check_numbers(readers: Sequence[RowReader], read: Sequence[StaffPerson]) -> None:
    first_row: dict[str, int] = {}
    for reader, person in zip(readers, read, strict=True):
        earlier = first_row.setdefault(person.number, person.row)
        if person.number and earlier != person.row:
            sentence = _l("Row %(row)s has the same employee number.", row=earlier)
            reader.refuse("employee_number", "number", sentence)


def _check_managers(readers: Sequence[RowReader], read: Sequence[StaffPerson]) -> None:
    managers = {person.number: person.manager_number for person in reversed(read) if person.number}
    in_circle = _in_circle(managers)
    for reader, person in zip(readers, read, strict=True):
        if person.manager_number and person.manager_number not in managers:
            sentence = _l(
                "No row has the employee number “%(value)s” of this manager.", value=quoted(person.manager_number)
            )
            reader.refuse("manager_number", "manager", sentence)
        elif person.number in in_circle:
            sentence = _l("Going up from manager to manager leads back to this person.")
            reader.refuse("manager_number", "cycle", sentence)


def _in_circle(managers: dict[str, str | None]) -> set[str]:
    """Find everyone above whom the managers lead back to themselves, in one walk over all."""
    circling: set[str] = set()
    done: set[str] = set()
    for start in managers:
        path: dict[str, int] = {}
        here: str | None = start
        while here is not None and here in managers and here not in done and here not in path:
            path[here] = len(path)
            here = managers[here]
        if here is not None and here in path:
            circling.update(list(path)[path[here] :])
        done.update(path)
    return circling


def reporting_line(staff: Iterable[StaffPerson]) -> dict[str, tuple[str, ...]]:
    """Map each employee number to the managers above, nearest first; a number outside `staff` ends the line."""
    managers = {person.number: person.manager_number for person in staff}
    return {own: tuple(_upwards(own, managers)) for own in managers}


def _upwards(own: str, managers: dict[str, str | None]) -> list[str]:
    line: list[str] = []
    above = managers.get(own)
    while above is not None and above != own and above not in line:
        line.append(above)
        above = managers.get(above)
    return line


def teams(staff: Iterable[StaffPerson]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Group employee numbers of two and more who share a department and a direct manager."""
    members: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for person in staff:
        if person.manager_number:
            members[person.department, person.manager_number].append(person.number)
    return {team: tuple(numbers) for team, numbers in members.items() if len(numbers) > 1}
