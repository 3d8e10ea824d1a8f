"""The localities themselves, read once, and their look-up."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib import resources
from math import asin, cos, radians, sin, sqrt

from .spelling import SHORT_FORMS, letters, loose, without_brackets

EARTH_RADIUS_KM = 6371.0088  # mean radius R1 of the IUGG
LONGEST = 60


@dataclass(frozen=True)
class Locality:
    """A place: the statistics bureau's code, its names, its district in Hebrew, and WGS 84 degrees."""

    code: int
    name: str
    name_en: str
    district: str
    latitude: float
    longitude: float


@lru_cache(maxsize=4096)
def find(name: str) -> Locality | None:
    """Find a place by its Hebrew, English or former name however it is spelled; None when there is none.

    The exact letters win over a loose spelling, a name over a former name, and of equals the place with more people.
    """
    short = SHORT_FORMS.get(letters(name[:LONGEST]), name[:LONGEST])
    bare = without_brackets(short)
    tries = (letters(short), loose(short), letters(bare), loose(bare))
    return next((place for attempt in tries if attempt and (place := _by_spelling().get(attempt))), None)


def columns(place: Locality | None, name: str | None = None) -> dict[str, str | float | None]:
    """Return what a profile keeps of a place: its name (or the one given, where nobody knows the place) and degrees."""
    return {
        "locality": place.name if place else name,
        "latitude": place.latitude if place else None,
        "longitude": place.longitude if place else None,
    }


def by_code(code: int) -> Locality | None:
    """Find a place by the statistics bureau's code."""
    return _by_code().get(code)


@lru_cache(maxsize=4096)
def nearest_name(name: str) -> str | None:
    """Return the name of the place most like a misspelled one, None when nothing is like it.

    Only names of about the same length that begin or end alike are compared: a sheet full of mistakes stays quick.
    """
    wanted = loose(name[:LONGEST])
    if not wanted:
        return None
    alike = {*_by_edge().get(wanted[:1], ()), *_by_edge().get(wanted[-2:], ())}
    near = sorted(spelling for spelling in alike if abs(len(spelling) - len(wanted)) <= 2)
    found = get_close_matches(wanted, near, n=1, cutoff=0.75)
    return _by_spelling()[found[0]].name if found else None


def distance_km(one: Locality, other: Locality) -> float:
    """Return the great-circle distance in kilometres, by the haversine formula."""
    lat_1, lat_2 = radians(one.latitude), radians(other.latitude)
    half_lat, half_lon = (lat_2 - lat_1) / 2, radians(other.longitude - one.longitude) / 2
    haversine = sin(half_lat) ** 2 + cos(lat_1) * cos(lat_2) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(haversine)))


def largest(most: int) -> list[str]:
    """Return the names of the places with the most people, most first: what a field suggests."""
    return [row["name"] for row in _rows()[:most]]


@cache
def _by_edge() -> dict[str, list[str]]:
    """Group spellings by their first letter and by their last two."""
    edges: dict[str, list[str]] = {}
    for spelling in _by_spelling():
        for edge in (spelling[:1], spelling[-2:]):
            edges.setdefault(edge, []).append(spelling)
    return edges


@cache
def _rows() -> tuple[dict[str, str], ...]:
    with resources.files(__package__).joinpath("localities.csv").open(encoding="utf-8") as lines:
        return tuple(sorted(csv.DictReader(lines), key=lambda row: -int(row["population"] or 0)))


@cache
def _by_code() -> dict[int, Locality]:
    return {int(row["code"]): _locality(row) for row in _rows()}


def _locality(row: dict[str, str]) -> Locality:
    degrees = float(row["latitude"]), float(row["longitude"])
    return Locality(int(row["code"]), row["name"], row["name_en"], row["district"], *degrees)


@cache
def _by_spelling() -> dict[str, Locality]:
    """Index every spelling, the surest first: an earlier claim is never overwritten."""
    index: dict[str, Locality] = {}
    for names in (_names, _names_in_english, _bare_names, _former_names, _first_parts):
        for form in (letters, loose):
            for row in _rows():
                for name in names(row):
                    index.setdefault(form(name), _by_code()[int(row["code"])])
    index.pop("", None)
    return index


def _names(row: dict[str, str]) -> Iterator[str]:
    yield row["name"]


def _names_in_english(row: dict[str, str]) -> Iterator[str]:
    yield row["name_en"]


def _bare_names(row: dict[str, str]) -> Iterator[str]:
    yield without_brackets(row["name"])
    yield without_brackets(row["name_en"])


def _former_names(row: dict[str, str]) -> Iterator[str]:
    yield from f"{row['former_names']},{row['merged_names']}".split(",")


def _first_parts(row: dict[str, str]) -> Iterator[str]:
    if "-" in row["name"]:
        yield row["name"].split("-", 1)[0]
