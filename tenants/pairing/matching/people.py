"""What the engine knows of a participant and of a mentor: plain facts, None or empty where nobody answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Literal, Self

from tenants.pairing.matching.hours import WeeklyHours

Gender = Literal["m", "f"]
Mode = Literal["in_person", "remote", "either"]
AgePreference = Literal["older", "similar", "younger"]
NOBODY: frozenset[str] = frozenset()
NO_HOURS = WeeklyHours()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What both sides may tell; the staff fields are a business tenant's, `managers` nearest first, up to the top.

    `mode` None: nobody said whether they would meet remotely, so they are not taken to; who lives near may still meet.
    `line_unknown`: they work there, and nobody knows above or below whom.
    """

    id: str
    languages: frozenset[str] = NOBODY
    gender: Gender | None = None
    birth_year: int | None = None
    area: str | None = None
    lat: float | None = None
    lon: float | None = None
    hours: WeeklyHours = NO_HOURS
    mode: Mode | None = None
    interests: frozenset[str] = NOBODY
    dislikes: frozenset[str] = NOBODY
    cultures: frozenset[str] = NOBODY
    staff_id: str | None = None
    team: str | None = None
    managers: tuple[str, ...] = ()
    line_unknown: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Give a JSON-ready form with sets sorted, so equal people give equal text."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: _READERS.get(name, _as_is)(plain[name]) for name in plain.keys() & known})


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant(Person):
    """Someone waiting for a mentor; `needs` are life areas in distress."""

    gender_preference: Gender | None = None
    needs: frozenset[str] = NOBODY
    wanted_experience: frozenset[str] = NOBODY
    unwanted_experience: frozenset[str] = NOBODY
    age_preference: AgePreference | None = None
    waiting_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentor(Person):
    """Someone who may take `capacity` participants and has `load` seats taken or held."""

    skills: frozenset[str] = NOBODY
    experience: frozenset[str] = NOBODY
    capacity: int = 1
    load: int = 0
    training_valid_until: date | None = None
    screening_ok: bool = False


def _plain(value: object) -> object:
    match value:
        case frozenset():
            return sorted(value)
        case tuple():
            return list(value)
        case WeeklyHours():
            return f"{value.mask:x}"
        case date():
            return value.isoformat()
    return value


def _as_is(value: object) -> object:
    return value


def _week(text: str) -> WeeklyHours:
    return WeeklyHours(int(text, 16))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


_SETS = ("languages", "interests", "dislikes", "cultures", "needs", "wanted_experience", "unwanted_experience")
_READERS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys((*_SETS, "skills", "experience"), frozenset),
    "hours": _week,
    "managers": tuple,
    "training_valid_until": _day,
}
