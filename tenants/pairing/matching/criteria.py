"""Soft criteria: how well a pair would go, each 0…1, and 0 where nobody answered (DOMAIN, "Pairing").

fit = Σ weight × value in thousandths, whole numbers throughout; nothing is renormalised over what was answered.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from tenants.pairing.matching.settings import Settings
from tenants.pairing.matching.view import View

Values = NDArray[np.float32]
Asked = NDArray[np.bool_]
SCALE = 1000
ENOUGH_STARTS = 8  # further starting times beyond the one that is needed; more choice than this adds nothing
LONG_WAIT_DAYS = 180


@dataclass(frozen=True, slots=True)
class Criterion:
    """`value` over a view, whether each side answered, and whether it is the participant's own wish."""

    value: Callable[[View, Settings], Values]
    asked: Callable[[View], Asked]
    told: Callable[[View], Asked]
    wish: bool = False


def _share(name: str, view: View, _: Settings) -> Values:
    """What part of the things that the participant named the mentor has."""
    value: Values = view.overlap(name) * view.left(f"{name}_rate")
    return value


def _named(name: str) -> Criterion:
    return Criterion(
        partial(_share, name),
        lambda view: view.left(f"{name}_asked"),
        lambda view: view.right(f"{name}_told"),
        wish=True,
    )


def _experience(view: View, settings: Settings) -> Values:
    """The part of the wanted lived experience, all of it if none was named; nothing beside an unwanted one."""
    value = _share("wanted", view, settings)
    value += (~view.left("wanted_asked") & view.left("unwanted_asked")).astype(np.float32)
    value *= view.overlap("unwanted") == 0
    value *= view.right("wanted_told").astype(np.float32)
    return value


def _experience_asked(view: View) -> Asked:
    asked: Asked = view.left("wanted_asked") | view.left("unwanted_asked")
    return asked


def _distance(view: View, settings: Settings) -> Values:
    """From 1 next door to 0 at the tenant's distance; nothing where the two would meet remotely."""
    value = np.sqrt(view.square_km)
    value *= np.float32(-1 / settings.max_km)
    value += 1
    np.fmax(value, 0, out=value)  # nan, a place unknown, becomes 0 too
    value *= view.left("travels") & view.right("travels")
    return value


def _hours(view: View, _: Settings) -> Values:
    """How many further starting times suit both, up to eight."""
    value: Values = view.common_starts - np.float32(1)
    value *= np.float32(1 / ENOUGH_STARTS)
    return np.clip(value, 0, 1, out=value)


def _age(view: View, _: Settings) -> Values:
    """The mentor is older by five years, within ten years, or younger by five, as the participant asked."""
    born = view.right("born")
    wished = (born >= view.left("first_year")) & (born <= view.left("last_year"))
    return wished.astype(np.float32)


def _load(view: View, _: Settings) -> Values:
    return view.right("idle")


def _waiting(view: View, _: Settings) -> Values:
    return np.minimum(view.left("waiting") / np.float32(LONG_WAIT_DAYS), np.float32(1))


def _column_of(side: str, name: str) -> Callable[[View], Asked]:
    return lambda view: getattr(view, side)(name)


def _always(_: View) -> Asked:
    return np.ones(1, bool)


CRITERIA: dict[str, Criterion] = {
    "skills": _named("skills"),
    "experience": Criterion(_experience, _experience_asked, _column_of("right", "wanted_told"), wish=True),
    "distance": Criterion(_distance, _column_of("left", "travels"), _column_of("right", "travels")),
    "hours": Criterion(_hours, _column_of("left", "has_hours"), _column_of("right", "has_hours")),
    "age": Criterion(
        _age,
        lambda view: view.left("last_year") > 0,
        lambda view: view.right("born") > 0,
        wish=True,
    ),
    "interests": _named("interests"),
    "dislikes": _named("dislikes"),
    "culture": _named("culture"),
    "load": Criterion(_load, _always, _always),
    "waiting": Criterion(_waiting, _column_of("left", "waiting_known"), _always),
}


def thousandths(code: str, view: View, settings: Settings) -> Values:
    """Give a criterion's value in whole thousandths, 0…1000, broadcastable over the view."""
    value = CRITERIA[code].value(view, settings) * np.float32(SCALE)
    np.rint(value, out=value)
    return value


def fit(view: View, settings: Settings) -> Values:
    """Add up weight × thousandths over the view; whole and below 2^24, so exact in float32."""
    total = np.zeros(view.shape, np.float32)
    for code in CRITERIA:
        if weight := settings.weight(code):
            share = thousandths(code, view, settings)
            share *= np.float32(weight)
            total += share
    return total
