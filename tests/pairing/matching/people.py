"""Small random communities for property tests."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from tenants.pairing.matching.hours import WeeklyHours
from tenants.pairing.matching.people import Mentor, Participant
from tenants.pairing.matching.settings import ORDER, WEIGHTS, Settings
from tenants.pairing.matching.terms import BAR_CODES, Terms

TODAY = date(2026, 11, 22)


def some(*codes: str) -> st.SearchStrategy[frozenset[str]]:
    """A few of the codes, often none."""
    return st.frozensets(st.sampled_from(codes), max_size=len(codes))


def ids(letter: str, most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.integers(0, 99).map(lambda n: f"{letter}{n:02}"), max_size=most, unique=True)


weeks = st.lists(st.tuples(st.integers(0, 1), st.sampled_from((540, 600, 630))), min_size=1, max_size=2).map(
    lambda windows: WeeklyHours.of((day, start, start + 150) for day, start in windows),
)
places: st.SearchStrategy[dict[str, Any]] = st.sampled_from([
    {"area": "x", "lat": 32.0, "lon": 34.8}, {"area": "y", "lat": 32.1, "lon": 34.9}, {"area": "z", "lat": 32.8, "lon": 35.0},
    {"area": "unmapped"}, {},
])  # fmt: skip
common: dict[str, st.SearchStrategy[Any]] = {
    "languages": st.sampled_from(
        (frozenset({"he"}), frozenset({"he", "ar"}), frozenset({"he", "ru"}), frozenset({"ar"}))
    ),
    "gender": st.sampled_from(("m", "f", None)),
    "birth_year": st.sampled_from((None, 1950, 1960, 1965, 1990)),
    "hours": weeks,
    "mode": st.sampled_from(("in_person", "remote", "either", "either", None)),
    "interests": some("music", "football"),
    "dislikes": some("noise", "phone"),
    "cultures": some("a", "b"),
    "staff_id": st.sampled_from((None, None, "s1", "s2")),
    "team": st.sampled_from((None, None, None, "t1", "t2")),
    "managers": st.sampled_from(((), (), ("s1",), ("s9", "s2"), ("s9", "s8", "s7", "s6", "s1"))),
    "line_unknown": st.sampled_from((False,) * 7 + (True,)),
}


@st.composite
def participants(draw: st.DrawFn, name: str) -> Participant:
    return Participant(
        id=name, **draw(places), **draw(st.fixed_dictionaries(common)),
        gender_preference=draw(st.sampled_from((None, None, "f", "m"))),
        needs=draw(some("legal", "financial", "health")),
        wanted_experience=draw(some("debt", "illness")), unwanted_experience=draw(some("divorce")),
        age_preference=draw(st.sampled_from((None, "older", "similar", "younger"))),
        waiting_days=draw(st.sampled_from((None, 0, 3, 9, 30, 90, 400))),
    )  # fmt: skip


@st.composite
def mentors(draw: st.DrawFn, name: str) -> Mentor:
    capacity = draw(st.integers(0, 2))
    return Mentor(
        id=name, **draw(places), **draw(st.fixed_dictionaries(common)),
        skills=draw(some("legal", "financial", "housing")), experience=draw(some("debt", "divorce")),
        capacity=capacity, load=draw(st.integers(0, capacity)) if draw(st.booleans()) else 0,
        training_valid_until=draw(st.sampled_from((TODAY, date(2027, 1, 1), date(2027, 2, 1), date(2026, 11, 21), None))),
        screening_ok=draw(st.sampled_from((True, True, True, False))),
    )  # fmt: skip


settings = st.builds(
    Settings,
    weights=st.fixed_dictionaries(dict.fromkeys(WEIGHTS, st.sampled_from((0, 1, 7, 30, 100)))),
    order=st.permutations(ORDER).map(tuple),
    slot_minutes=st.sampled_from((30, 60, 90)),
)


@st.composite
def rounds(draw: st.DrawFn) -> tuple[list[Participant], list[Mentor], Settings, Terms]:
    """A round without locks: at most five participants and four mentors."""
    people = [draw(participants(name)) for name in draw(ids("p", 5))]
    helpers = [draw(mentors(name)) for name in draw(ids("m", 4))]
    pairs = [(p.id, m.id) for p in people for m in helpers] or [("p", "m")]
    bars = draw(st.frozensets(st.tuples(st.sampled_from(pairs), st.sampled_from(BAR_CODES)), max_size=2))
    forbids = draw(st.frozensets(st.sampled_from(pairs), max_size=1))
    terms = Terms(on=TODAY, bars=frozenset((*pair, code) for pair, code in bars), forbids=forbids)
    return people, helpers, draw(settings), terms
