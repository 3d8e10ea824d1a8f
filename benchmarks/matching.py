"""What a whole matching round costs over scipy's assignment alone on the same finished matrix.

Run: `bin/bench match_100 match_1000 match_5000`.
"""

import gc
import random
from collections.abc import Callable
from datetime import date
from statistics import median
from time import process_time  # other work on the machine counts for neither side

import numpy as np
from figure import Figure, Figures
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from tenants.pairing.matching import solve
from tenants.pairing.matching.hours import WeeklyHours
from tenants.pairing.matching.people import Mentor, Participant
from tenants.pairing.matching.round import solve_round
from tenants.pairing.matching.settings import Settings
from tenants.pairing.matching.terms import Terms

TERMS = Terms(on=date(2026, 11, 22))
LANGUAGES = ("he", "ar", "ru", "am", "en", "fr")
LIFE_AREAS = ("financial", "legal", "employment", "bureaucracy", "mental", "family", "health", "housing")
EXPERIENCE = ("debt", "immigration", "divorce", "illness", "eviction", "bereavement")
LIKINGS = tuple(f"liking-{number}" for number in range(20))


def people(size: int, seed: int = 7) -> tuple[list[Participant], list[Mentor]]:
    """Make so many on each side, like a region's roster: 3 languages, 3 evenings, 40 localities, 60 km across."""
    dice = random.Random(seed)
    return [_participant(dice, number) for number in range(size)], [_mentor(dice, number) for number in range(size)]


def match(size: int, rounds: int) -> Figure:
    """Time the round and, in turn, scipy alone on the costs that the round handed to scipy."""
    participants, mentors = people(size)
    settings = Settings()
    costs = finished_matrix(lambda: solve_round(participants, mentors, settings, TERMS))
    whole, alone = [], []
    for _ in range(rounds):
        whole.append(_seconds(lambda: solve_round(participants, mentors, settings, TERMS)))
        alone.append(_seconds(lambda: linear_sum_assignment(costs)))
    ratio = median(mine / floor for mine, floor in zip(whole, alone, strict=True))
    return Figure(f"match_{size}", 1000 * median(whole), "ms", ratio, "scipy alone on the finished matrix")


def match_100() -> Figure:
    """Measure 100 a side."""
    return match(100, 41)


def match_1000() -> Figure:
    """Measure 1,000 a side."""
    return match(1000, 11)


def match_5000() -> Figure:
    """Measure 5,000 a side."""
    return match(5000, 1)


FIGURES: Figures = {run.__name__: run for run in (match_100, match_1000, match_5000)}


def finished_matrix(run: Callable[[], object]) -> NDArray[np.float64]:
    """Catch the costs that a round hands to scipy."""
    caught = []
    built = solve.cost

    def catching(problem: solve.Problem, bonus: NDArray[np.intp]) -> NDArray[np.float64]:
        caught.append(built(problem, bonus))
        return caught[-1]

    solve.cost = catching
    try:
        run()
    finally:
        solve.cost = built
    return caught[-1]


def _participant(dice: random.Random, number: int) -> Participant:
    lat, lon = _place(dice)
    return Participant(
        id=f"p{number:05}", languages=_some(dice, LANGUAGES, 1, 2), gender=dice.choice(("m", "f")),
        gender_preference=dice.choice((None, None, None, "f", "m")), birth_year=dice.randint(1945, 2005),
        lat=lat, lon=lon, hours=_week(dice), mode=dice.choice(("in_person", "either", "either", "remote")),
        needs=_some(dice, LIFE_AREAS, 1, 3), wanted_experience=_some(dice, EXPERIENCE, 0, 1),
        unwanted_experience=_some(dice, EXPERIENCE, 0, 1), age_preference=dice.choice((None, "older", "similar")),
        interests=_some(dice, LIKINGS, 0, 4), dislikes=_some(dice, LIKINGS, 0, 2),
        waiting_days=dice.randint(0, 200),
    )  # fmt: skip


def _mentor(dice: random.Random, number: int) -> Mentor:
    lat, lon = _place(dice)
    return Mentor(
        id=f"m{number:05}", languages=_some(dice, LANGUAGES, 1, 3), gender=dice.choice(("m", "f")),
        birth_year=dice.randint(1945, 2003), lat=lat, lon=lon, hours=_week(dice),
        mode=dice.choice(("in_person", "either", "either", "remote")), skills=_some(dice, LIFE_AREAS, 1, 4),
        experience=_some(dice, EXPERIENCE, 0, 2), interests=_some(dice, LIKINGS, 0, 4),
        dislikes=_some(dice, LIKINGS, 0, 2), capacity=dice.choice((1, 1, 1, 2)), load=0,
        training_valid_until=dice.choice((date(2027, 9, 1), date(2027, 3, 1)) * 5 + (date(2026, 1, 1),)),
        screening_ok=dice.random() < 0.95,
    )  # fmt: skip


def _some(dice: random.Random, codes: tuple[str, ...], fewest: int, most: int) -> frozenset[str]:
    return frozenset(dice.sample(codes, dice.randint(fewest, most)))


def _place(dice: random.Random) -> tuple[float, float]:
    locality = random.Random(dice.randrange(40))
    return 31.8 + locality.random() * 0.5, 34.8 + locality.random() * 0.5


def _week(dice: random.Random) -> WeeklyHours:
    starts = [(day, 60 * dice.randint(8, 18)) for day in dice.sample(range(6), 3)]
    return WeeklyHours.of((day, start, start + 60 * dice.randint(2, 3)) for day, start in starts)


def _seconds(work: Callable[[], object]) -> float:
    gc.collect()
    start = process_time()
    work()
    return process_time() - start

