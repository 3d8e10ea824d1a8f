"""The rules of matching once more, in plain loops over one pair and over all matchings: slow and easy to believe."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping

from tenants.pairing.matching.hours import WeeklyHours
from tenants.pairing.matching.people import Mentor, Participant
from tenants.pairing.matching.settings import Settings
from tenants.pairing.matching.terms import Terms

Pairs = tuple[tuple[str, str], ...]


def kilometres(one: Participant, other: Mentor) -> float:
    """Haversine; the same area without coordinates is next door."""
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return 0.0 if one.lat == other.lat and one.area is not None and one.area == other.area else math.inf
    a, b, c, d = map(math.radians, (one.lat, one.lon, other.lat, other.lon))
    half = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(half))


def starts(one: Participant, other: Mentor, settings: Settings) -> int:
    """Count the common starts by looking at every half-hour."""
    return len(one.hours.common_starts(other.hours, settings.slot_minutes))


def broken(one: Participant, other: Mentor, settings: Settings, terms: Terms) -> set[str]:
    """Name every hard constraint the pair breaks."""
    in_line = (
        (one.staff_id is not None and one.staff_id in other.managers)
        or (other.staff_id is not None and other.staff_id in one.managers)
        or (one.team is not None and one.team == other.team)
    )
    remote = {one.mode, other.mode} <= {"remote", "either"}
    near = "remote" not in {one.mode, other.mode} and kilometres(one, other) <= settings.max_km
    rules = {
        "language": one.languages & other.languages,
        "gender": one.gender_preference in {None, other.gender},
        "capacity": other.capacity > other.load,
        "training": other.training_valid_until and other.training_valid_until >= terms.on,
        "screening": other.screening_ok,
        "hours": starts(one, other, settings),
        "reach": remote or near,
        "reporting_line": not in_line,
        "line_unknown": not (one.line_unknown or other.line_unknown),
        "forbidden": (one.id, other.id) not in terms.forbids,
    }
    told = {code for a, b, code in terms.bars if (a, b) == (one.id, other.id)}
    return told | {code for code, met in rules.items() if not met}


def values(one: Participant, other: Mentor, settings: Settings) -> dict[str, float]:
    """Give each criterion's value; only those that both answered are named."""
    found = {}
    shares = [
        ("skills", one.needs, other.skills), ("interests", one.interests, other.interests),
        ("dislikes", one.dislikes, other.dislikes), ("culture", one.cultures, other.cultures),
    ]  # fmt: skip
    for code, asked, told in shares:
        if asked and told:
            found[code] = len(asked & told) / len(asked)
    if (one.wanted_experience or one.unwanted_experience) and other.experience:
        wanted = one.wanted_experience
        met = len(wanted & other.experience) / len(wanted) if wanted else 1.0
        found["experience"] = 0.0 if one.unwanted_experience & other.experience else met
    known = all(each.lat is not None or each.area is not None for each in (one, other))
    if known and "remote" not in {one.mode, other.mode}:
        found["distance"] = max(0.0, 1 - kilometres(one, other) / settings.max_km)
    if one.hours != WeeklyHours() != other.hours:
        found["hours"] = min(1.0, max(0, starts(one, other, settings) - 1) / 8)
    if one.age_preference and one.birth_year and other.birth_year:
        older = one.birth_year - other.birth_year
        wish = {"older": older >= 5, "similar": abs(older) <= 10, "younger": older <= -5}
        found["age"] = float(wish[one.age_preference])
    found["load"] = max(0.0, 1 - other.load / max(other.capacity, 1))
    if one.waiting_days is not None:
        found["waiting"] = min(1.0, one.waiting_days / 180)
    return found


def matchings(possible: Mapping[str, list[str]], seats: Mapping[str, int]) -> Iterator[Pairs]:
    """Give every way to serve some of the participants within the mentors' seats."""
    if not possible:
        yield ()
        return
    (one, mentors), *rest = possible.items()
    for others in matchings(dict(rest), seats):
        yield others
        taken = Counter(mentor for _, mentor in others)
        yield from (((one, mentor), *others) for mentor in mentors if taken[mentor] < seats[mentor])


def rank(
    pairs: Pairs, fit: Mapping[tuple[str, str], int], waits: Mapping[str, int], order: tuple[str, ...]
) -> tuple[int, ...]:
    """Score a matching in the tenant's order, larger is better."""
    left = waits.keys() - {one for one, _ in pairs}
    score = {
        "served": len(pairs),
        "fit": sum(fit[p] for p in pairs),
        "wait": -max((waits[p] for p in left), default=-1),
    }
    return tuple(score[objective] for objective in order)
