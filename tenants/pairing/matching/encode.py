"""People as columns of numbers: each row one person, in the order given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenants.pairing.matching.bars import barred
from tenants.pairing.matching.hours import CELLS_A_WEEK, WeeklyHours, cells_for
from tenants.pairing.matching.people import Mentor, Participant, Person
from tenants.pairing.matching.sets import Named, masks
from tenants.pairing.matching.settings import Settings
from tenants.pairing.matching.terms import Terms

Columns = dict[str, NDArray[Any]]
Floats = NDArray[np.float64]
BYTES_FOR_WEEK = 8 * -(-CELLS_A_WEEK // 64)
EARTH_KM = 6371.0088
# Meeting remotely must be accepted by both (DOMAIN, "Pairing"), and silence accepts nothing; living near enough asks for
# no consent, so whoever was never asked, as in most sheets, is still matched in the neighbourhood.
WAYS = {None: 0, "in_person": 0, "remote": 1, "either": 2}
GENDERS = {None: 0, "m": 1, "f": 2}
ASKED = ("languages", "needs", "wanted_experience", "unwanted_experience", "interests", "dislikes", "cultures")
TOLD = ("languages", "skills", "experience", "experience", "interests", "dislikes", "cultures")
SETS = (
    "languages",
    "skills",
    "wanted",
    "unwanted",
    "interests",
    "dislikes",
    "culture",
)  # what was asked meets what was told
AGE_WINDOWS = {"older": (-200, -5), "similar": (-10, 10), "younger": (5, 200)}  # mentor's birth year less one's own
NO_YEARS = (1, 0)
_person = attrgetter("mode", "birth_year", "lat", "lon", "area", "hours")
_participant = attrgetter("gender_preference", "age_preference", "waiting_days", *ASKED)
_mentor = attrgetter("gender", "capacity", "load", "training_valid_until", "screening_ok", *TOLD)


@dataclass(frozen=True, slots=True)
class Encoded:
    """All columns of both sides, and which pairs are barred (None: nobody is); masks of sets are words × people."""

    participants: Columns
    mentors: Columns
    bars: NDArray[np.uint8] | None


def encode(people: Sequence[Participant], mentors: Sequence[Mentor], settings: Settings, terms: Terms) -> Encoded:
    """Turn both sides into columns; what needs the tenant's settings or the day is worked out here."""
    left, right = _of_everyone([*people, *mentors], len(people), cells_for(settings.slot_minutes))
    asked, told = _of_participants(left, people), _of_mentors(right, mentors, terms)
    both, counts = masks([[*asks, *tells] for asks, tells in zip(asked, told, strict=True)])
    named, rates = counts > 0, 1 / np.maximum(counts, 1)
    for name, words, answered, rate in zip(SETS, both, named, rates, strict=True):
        left[name], right[name] = words[:, : len(people)], words[:, len(people) :]
        left[f"{name}_asked"], right[f"{name}_told"] = answered[: len(people)], answered[len(people) :]
        left[f"{name}_rate"] = rate[: len(people)]
    return Encoded(left, right, barred(people, mentors, terms))


def _fields(people: Sequence[Person], fields: Callable[[Any], tuple[Any, ...]], number: int) -> list[Any]:
    """Turn rows of attributes into a column each; as many empty ones where there is nobody."""
    return list(zip(*map(fields, people), strict=True)) or [()] * number


def _of_everyone(people: Sequence[Person], participants: int, cells: int) -> tuple[Columns, Columns]:
    """Give what both sides have, the participants' and the mentors'."""
    modes, years, lats, lons, areas, weeks = _fields(people, _person, 6)
    free = [week.mask for week in weeks]
    ways = np.array([WAYS[mode] for mode in modes], np.int8)
    place = _places(np.array(lats, float), np.array(lons, float), areas)
    columns = {
        "has_hours": np.array([mask > 0 for mask in free], bool),
        "in_person": ways != WAYS["remote"],
        "remote": ways != WAYS["in_person"],
        "born": np.array([year or 0 for year in years], np.int16),
        **dict(zip("xyz", place, strict=True)),
    }
    columns["travels"] = columns["in_person"] & (place[0] == place[0])
    left = {name: column[:participants] for name, column in columns.items()}
    right = {name: column[participants:] for name, column in columns.items()}
    left["starts"], right["starts"] = _starts(free, participants, cells)
    return left, right


def _starts(weeks: Sequence[int], participants: int, cells: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Mark each side's starting times, words × people, leaving out the bytes of the week that no pair shares.

    All weeks are one long mask here: the bytes that end a week in it are never free, so no slot crosses them.
    """
    joined = b"".join([week.to_bytes(BYTES_FOR_WEEK, "little") for week in weeks])
    starts = WeeklyHours(int.from_bytes(joined, "little")).starts(cells).to_bytes(len(joined), "little")
    hours = np.frombuffer(starts, np.uint8).reshape(-1, BYTES_FOR_WEEK)
    shared = np.flatnonzero(hours[:participants].any(axis=0) & hours[participants:].any(axis=0))
    kept = np.zeros((len(weeks), 8 * max(1, -(-len(shared) // 8))), np.uint8)
    kept[:, : len(shared)] = hours[:, shared]
    words = np.ascontiguousarray(kept.view(np.uint64).T)
    return words[:, :participants], words[:, participants:]


def _of_participants(columns: Columns, people: Sequence[Participant]) -> list[Named]:
    """Fill in what only participants have and give their sets in the order of `ASKED`."""
    genders, ages, waits, *asked = _fields(people, _participant, 3 + len(ASKED))
    born = columns["born"].tolist()
    wished = [_wished_years(wish, year) if wish and year else NO_YEARS for wish, year in zip(ages, born, strict=True)]
    years = np.array(wished, np.int16).reshape(-1, 2)
    columns["first_year"], columns["last_year"] = years[:, 0], years[:, 1]
    columns["wanted_gender"] = np.array([GENDERS[wish] for wish in genders], np.int8)
    columns["waiting"] = np.array([days or 0 for days in waits], np.float32)
    columns["waiting_known"] = np.array([days is not None for days in waits], bool)
    return asked


def _wished_years(wish: str, born: int) -> tuple[int, int]:
    first, last = AGE_WINDOWS[wish]
    return born + first, born + last


def _of_mentors(columns: Columns, mentors: Sequence[Mentor], terms: Terms) -> list[Named]:
    """Fill in what only mentors have and give their sets in the order of `TOLD`."""
    genders, capacities, loads, until, screened, *told = _fields(mentors, _mentor, 5 + len(TOLD))
    capacity, load = np.array(capacities, np.int32), np.array(loads, np.int32)
    columns["gender"] = np.array([GENDERS[gender] for gender in genders], np.int8)
    columns["seats"] = np.maximum(capacity - load, 0)
    columns["idle"] = np.clip(1 - load / np.maximum(capacity, 1), 0, 1).astype(np.float32)
    columns["trained"] = np.array([day is not None and day >= terms.on for day in until], bool)
    columns["screened"] = np.array(screened, bool)
    return told


def _places(lats: Floats, lons: Floats, areas: Sequence[str | None]) -> NDArray[np.float32]:
    """Place everyone in space (3 by people), kilometres from the earth's centre; nan where unknown.

    An area without coordinates gets a point far outside the earth: near to itself, far from all else.
    """
    lat, lon = np.radians(lats), np.radians(lons)
    level = np.cos(lat)
    points = EARTH_KM * np.stack((level * np.cos(lon), level * np.sin(lon), np.sin(lat)))
    far: dict[str, int] = {}
    for row in np.flatnonzero(np.isnan(lat)).tolist():
        if (area := areas[row]) is not None:
            points[:, row] = (100 * EARTH_KM * far.setdefault(area, len(far) + 1), 0, 0)
    return points.astype(np.float32)
