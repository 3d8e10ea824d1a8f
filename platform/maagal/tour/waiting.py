"""Waiting for what other processes do."""

import time
from collections.abc import Callable
from typing import TypeVar

from maagal.tour.trouble import TourTrouble

T = TypeVar("T")
PAUSE = 0.25


def wait_for(look: Callable[[], T | None], what: str, seconds: float = 60.0) -> T:
    """Look again and again until there is something, and return it; raises TourTrouble when that takes too long."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > deadline:
            message = f"waited {seconds:.0f} s in vain for {what}"
            raise TourTrouble(message)
        time.sleep(PAUSE)
    return found
