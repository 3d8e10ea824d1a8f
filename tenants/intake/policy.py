"""Who may see a request, and who may bring it to a decision."""

from collections.abc import Iterator
from typing import Any

from maagal.permissions import rule
from tenants.intake import queries


@rule("help_request", "R")
def see(viewer: Any, request: Any = None) -> Iterator[str]:
    """Coordinators of the request's community, any coordinator while it has no community or that has none, and whoever asked."""
    yield from _stands(viewer, request)


@rule("help_request", "A")
def decide(viewer: Any, request: Any = None) -> Iterator[str]:
    """Coordinators of the request's community, any coordinator while it has none or that has none; never about themself."""
    yield from _stands(viewer, request)


def _stands(viewer: Any, request: Any) -> Iterator[str]:
    if request is not None and request.person_id == viewer.person_id:
        yield "own"
    elif request is None or viewer.coordinates(request.community_id):
        yield from ("community",) if viewer.communities("coordinator") else ()
    elif viewer.communities("coordinator") and _is_everybodys(request):
        yield "community"


def _is_everybodys(request: Any) -> bool:
    return request.community_id is None or not queries.is_coordinated(request.community_id)
