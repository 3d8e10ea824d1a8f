"""Who may raise a concern, who handles it, and who may stop a mentor's access."""

from collections.abc import Iterator
from typing import Any

from maagal.permissions import rule
from tenants.pairing.policy import coordinates
from tenants.safeguarding import queries


@rule("concern", "X")
def raise_one(_viewer: Any) -> Iterator[str]:
    """Everybody in a community, about anybody."""
    yield "any"


@rule("concern", "R")
def read(viewer: Any, concern: Any) -> Iterator[str]:
    """Coordinators of its community, never the person it is about; a mentor their own text."""
    if concern.raised_by == viewer.person_id:
        yield "author"
    if _handles(viewer, concern):
        yield "handling"


@rule("concern", "A")
def handle(viewer: Any, concern: Any = None) -> Iterator[str]:
    """Coordinators of its community, never the person it is about; every coordinator once nobody answered in time."""
    if concern is None or _handles(viewer, concern):
        yield "handling"


@rule("stop", "A")
def stop(viewer: Any, pair: Any) -> Iterator[str]:
    """Coordinators of the pair's community, unless they are one of the two."""
    yield from coordinates(viewer, pair)


@rule("stop", "A")
def stop_over(viewer: Any, concern: Any) -> Iterator[str]:
    """Whoever handles a concern about the pair."""
    if concern.pair_id is not None and _handles(viewer, concern):
        yield "community"


def _handles(viewer: Any, concern: Any) -> bool:
    return queries.is_handled_by(viewer.person_id, viewer.communities("coordinator"), concern.id)
