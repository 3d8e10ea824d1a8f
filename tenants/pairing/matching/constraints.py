"""Hard constraints: a pair that breaks one is impossible, whatever the weights (DOMAIN, "Pairing").

What is not known satisfies nothing: an unknown gender, place or week cannot meet a condition about it.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenants.pairing.matching.bars import ANY, BITS
from tenants.pairing.matching.settings import Settings
from tenants.pairing.matching.view import View

Allowed = NDArray[np.bool_] | np.bool_
Constraint = Callable[[View, Settings], Any]


def language(view: View, _: Settings) -> Allowed:
    """They share a language."""
    shared: Allowed = view.overlap("languages") > 0
    return shared


def gender(view: View, _: Settings) -> Allowed:
    """The mentor is of the gender the participant asked for, if they asked."""
    wanted = view.left("wanted_gender")
    suits: Allowed = (wanted == 0) | (wanted == view.right("gender"))
    return suits


def capacity(view: View, _: Settings) -> Allowed:
    """The mentor has a free seat."""
    return view.right("seats") > 0


def training(view: View, _: Settings) -> Allowed:
    """The mentor's training is valid on the day."""
    return view.right("trained")


def screening(view: View, _: Settings) -> Allowed:
    """The mentor is screened."""
    return view.right("screened")


def hours(view: View, _: Settings) -> Allowed:
    """There is a weekly slot of the needed length that suits both."""
    return view.common_starts > 0


def reach(view: View, settings: Settings) -> Allowed:
    """Both accept remote meetings, or both would meet in person and live near enough."""
    near = view.square_km <= np.float32(settings.max_km**2)
    near &= view.left("in_person") & view.right("in_person")
    near |= view.left("remote") & view.right("remote")
    return near


def _clear(bit: int, view: View, _: Settings) -> Allowed:
    return view.clear_of(bit)


CONSTRAINTS: dict[str, Constraint] = {
    "language": language,
    "gender": gender,
    "capacity": capacity,
    "training": training,
    "screening": screening,
    "hours": hours,
    "reach": reach,
    **{code: partial(_clear, bit) for code, bit in BITS.items()},
}


def each(view: View, settings: Settings) -> Iterator[tuple[str, Allowed]]:
    """Give each code with what it allows, broadcastable over the view."""
    return ((code, allows(view, settings)) for code, allows in CONSTRAINTS.items())


def allowed(view: View, settings: Settings) -> NDArray[np.bool_]:
    """Say which pairs break nothing; the shape of the view."""
    result = language(view, settings)
    for allows in (gender, capacity, training, screening, hours, reach):
        result &= allows(view, settings)
    if view.people.bars is not None:
        result &= view.clear_of(ANY)
    return np.asarray(result)
