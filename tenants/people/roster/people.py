"""One row of a coordinator's sheet as a person."""

from dataclasses import dataclass, field
from datetime import date
from functools import partial

from flask_babel import lazy_gettext as _l

from maagal.localities import places
from maagal.localities.places import Locality
from maagal.text import isolate

from . import dates, emails, hours, phones, words
from .faults import BadCellError, quoted
from .phones import Phone
from .rows import RowReader
from .text import INVISIBLE, clean
from .vocabulary import EXPERIENCES, LIFE_AREAS, ROLES, SKILLS

LONGEST_NOTE = 4_000


@dataclass(frozen=True)
class RosterPerson:
    """A person as a sheet tells of them; codes are those of `vocabulary`, None and () mean that the sheet does not say.

    `life_areas` are a participant's; `skills` everyone else's, with `other_skills` and `other_experience` as typed.
    """

    row: int
    role: str
    first_name: str
    last_name: str
    gender: str | None = None
    birth_year: int | None = None
    locality: Locality | None = None
    phone: Phone | None = None
    email: str | None = None
    languages: tuple[str, ...] = ()
    life_areas: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    other_skills: tuple[str, ...] = ()
    free_hours: tuple[hours.Slot, ...] = ()
    mode: str | None = None
    gender_preference: str | None = None
    capacity: int | None = None
    training_valid_until: date | None = None
    lived_experience: tuple[str, ...] = ()
    other_experience: tuple[str, ...] = ()
    notes: str = field(default="", repr=False)
    employee_number: str | None = None


def read(reader: RowReader, width: int, today: date) -> RosterPerson | None:
    """Read a row; None when anything in it is wrong, and then `reader.faults` says what.

    `width` is the number of headings: a longer row was cut by a separator inside a cell; its cells are displaced.
    """
    if any(clean(cell) for cell in reader.row.cells[width:]):
        reader.refuse("", "columns", _l("The row has more cells than there are headings."))
        return None
    role = reader.take("role", partial(words.one_of, ROLES, "role")) or ""
    first, last = reader.names()
    _require(reader, role, first)
    person = _person(reader, role, first, last, today)
    return None if reader.faults else person


def _require(reader: RowReader, role: str, first: str) -> None:
    if not role and not reader.faults:
        reader.refuse("role", "role", _l("The role is missing."))
    if not first:
        reader.refuse("first_name", "name", _l("The first name is missing."))
    if not reader.text("phone") and not reader.text("email"):
        reader.refuse("phone", "contact", _l("There is neither a phone number nor an e-mail address."))


def _person(reader: RowReader, role: str, first: str, last: str, today: date) -> RosterPerson:
    life_areas = reader.take("areas", _life_areas) or () if role == "participant" else ()
    skills, other_skills = words.split_known(SKILLS, "" if role == "participant" else reader.raw("areas"))
    experience, other_experience = words.split_known(EXPERIENCES, reader.raw("lived_experience"))
    return RosterPerson(
        row=reader.row.number,
        role=role,
        first_name=first,
        last_name=last,
        gender=reader.take("gender", words.gender),
        birth_year=reader.take("birth_year", partial(dates.read_year, today=today)),
        locality=reader.take("locality", read_locality),
        phone=reader.take("phone", phones.read),
        email=reader.take("email", emails.read),
        languages=reader.take("languages", words.languages) or (),
        life_areas=life_areas,
        skills=skills,
        other_skills=other_skills,
        free_hours=reader.take("free_hours", hours.read) or (),
        mode=reader.take("mode", words.mode),
        gender_preference=reader.take("gender_preference", words.gender_preference),
        capacity=reader.take("capacity", words.capacity),
        training_valid_until=reader.take("training_valid_until", dates.read),
        lived_experience=experience,
        other_experience=other_experience,
        notes=INVISIBLE.sub("", reader.raw("notes").replace("\r\n", "\n")).strip()[:LONGEST_NOTE],
        employee_number=number(reader.text("employee_number")),
    )


def number(text: str) -> str | None:
    """Return an employee number as a spreadsheet shows it, without the ".0" of a number stored as a fraction."""
    return text.removesuffix(".0")[:40] or None


def _life_areas(cell: str) -> tuple[str, ...]:
    return words.several_of(LIFE_AREAS, "areas", cell)


def read_locality(cell: str) -> Locality | None:
    """Read a place by any of its names; raise BadCellError, with the nearest name, for one that nobody knows."""
    name = clean(cell)
    found = places.find(name) if name else None
    if name and found is None:
        near = places.nearest_name(name)
        if near:
            sentence = _l(
                "There is no place called “%(value)s”. Was “%(near)s” meant?", value=quoted(name), near=isolate(near)
            )
        else:
            sentence = _l("There is no place called “%(value)s”.", value=quoted(name))
        raise BadCellError(sentence, code="locality")
    return found
