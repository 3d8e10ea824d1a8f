"""Who may see a request, and who may bring it to a decision."""

from collections.abc import Iterator
from typing import Any

from maagal.permissions import rule


@rule("help_request", "R")
def see(viewer: Any, request: Any = None) -> Iterator[str]:
    """Coordinators of the request's community, any coordinator while it has none, and whoever asked."""
    yield from _stands(viewer, request)


@rule("help_request", "A")
def decide(viewer: Any, request: Any = None) -> Iterator[str]:
    """Coordinators of the request's community, and any coordinator while it has none; never about themself."""
    yield from _stands(viewer, request)


def _stands(viewer: Any, request: Any) -> Iterator[str]:
    if request is not None and request.person_id == viewer.person_id:
        yield "own"
    elif request is None or request.community_id is None:
        yield from ("community",) if viewer.communities("coordinator") else ()
    elif viewer.coordinates(request.community_id):
        yield "community"
