"""Who in a sheet may be somebody already met: shown to the coordinator with reasons, never merged by itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from . import dates, emails, phones
from .faults import BadCellError
from .people import number
from .rows import RowReader
from .text import key

MOST_COMPARED = 20  # one office number on every row must not make ten thousand comparisons for each


@dataclass(frozen=True)
class KnownPerson:
    """Somebody the tenant already has: `phone` as E.164, `email` in lower case; `id` is given back as it came."""

    id: object
    first_name: str
    last_name: str
    phone: str | None = None
    email: str | None = None
    employee_number: str | None = None
    birth_year: int | None = None


@dataclass(frozen=True)
class Traits:
    """What two descriptions of a person are compared by; `weak_phone` is a faulty number's digits, no proof on its own.

    `row` is the sheet's, for a row; `known_id` is the tenant's, for somebody it has.
    """

    first: str
    last: str
    phone: str | None
    email: str | None
    number: str | None
    weak_phone: str = ""
    birth_year: int | None = None
    row: int = 0
    known_id: object = None

    def same_names(self, other: "Traits") -> bool:
        """Tell whether both names agree, each in its place."""
        return (self.first, self.last) == (other.first, other.last)

    def exchanged_names(self, other: "Traits") -> bool:
        """Tell whether the first name of one is the last name of the other."""
        return (self.first, self.last) == (other.last, other.first)

    def surely(self, other: "Traits") -> bool:
        """Tell whether this is the same person beyond doubt: the name, and a phone, an address or a number besides."""
        own, theirs = (self.phone, self.email, self.number), (other.phone, other.email, other.number)
        return self.same_names(other) and any(map(_same, own, theirs))

    def reasons(self, other: "Traits") -> tuple[LazyString, ...]:
        """Say in what the two agree, names first."""
        agreements = (
            (self.same_names(other), _l("the same name")),
            (self.exchanged_names(other), _l("first and last name exchanged")),
            (self.same_names(other) and _same(self.birth_year, other.birth_year), _l("the same year of birth")),
            (_same(self.number, other.number), _l("the same employee number")),
            (_same(self.phone or self.weak_phone, other.phone or other.weak_phone), _l("the same phone number")),
            (_same(self.email, other.email), _l("the same e-mail address")),
        )
        return tuple(reason for agrees, reason in agreements if agrees)


class Gathering:
    """Those met so far, found again by phone, mail, employee number, or full name and year of birth; a name alone is no sign."""

    def __init__(self, known: Iterable[Traits] = ()) -> None:
        """Begin with those already met."""
        self._by_sign: dict[tuple[str, str], list[Traits]] = {}
        for traits in known:
            self.add(traits)

    def add(self, traits: Traits) -> None:
        """Remember a person under each sign they have."""
        for sign in _signs(traits):
            self._by_sign.setdefault(sign, []).append(traits)

    def like(self, traits: Traits) -> Traits | None:
        """Find who agrees in most, names included; None when nobody shares a sign."""
        met = [other for sign in _signs(traits) for other in self._by_sign.get(sign, ())[:MOST_COMPARED]]
        return max(met, key=lambda other: (traits.same_names(other), len(traits.reasons(other))), default=None)


def traits_of_row(reader: RowReader) -> Traits:
    """Take the traits of a row, faulty cells included as far as they can be compared."""
    phone, email = _quietly(reader, "phone"), _quietly(reader, "email")
    first, last = reader.names()
    weak = "" if phone else "".join(filter(str.isdigit, reader.text("phone")))
    own = number(reader.text("employee_number"))
    return Traits(key(first), key(last), phone, email, own, weak, _year(reader), row=reader.row.number)


def traits_of_known(person: KnownPerson) -> Traits:
    """Take the traits of somebody the tenant has."""
    email = person.email.casefold() if person.email else None
    names = key(person.first_name), key(person.last_name)
    return Traits(*names, person.phone, email, person.employee_number, "", person.birth_year, known_id=person.id)


def _quietly(reader: RowReader, field: str) -> str | None:
    try:
        if field == "email":
            return emails.read(reader.raw(field))
        phone = phones.read(reader.raw(field))
    except BadCellError:
        return None
    return phone.number if phone else None


def _year(reader: RowReader) -> int | None:
    try:
        return dates.read_year(reader.raw("birth_year"), date.max)
    except BadCellError:
        return None


def _same(one: object, other: object) -> bool:
    return bool(one) and one == other


def _signs(traits: Traits) -> list[tuple[str, str]]:
    named = f"{traits.first}/{traits.last}/{traits.birth_year}" if traits.last and traits.birth_year else None
    signs = {"phone": traits.phone, "email": traits.email, "number": traits.number, "name": named}
    return [(kind, value) for kind, value in signs.items() if value]
