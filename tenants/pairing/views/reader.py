"""Whoever looks at a page of pairing."""

from typing import Any
from uuid import UUID

from maagal.errors import answer
from maagal.permissions import viewer


def my_communities() -> frozenset[UUID]:
    """Return the communities that the reader coordinates."""
    looking: Any = viewer()
    places: frozenset[UUID] = looking.communities("coordinator")
    return places


def too_late(_refused: Any) -> Any:
    """Answer what cannot be done any more: somebody was quicker, or the time is over."""
    return answer(409)
