"""Who may see a community, and who may open one."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from maagal import tenancy
from maagal.permissions import rule


@rule("community", "R")
def see(viewer: Any, community: Any = None) -> Iterator[str]:
    """Coordinators of the community; administration where the tenant serves the public."""
    yield from _stands(viewer, community.id if community else None)


@rule("community", "X")
def open_one(viewer: Any) -> Iterator[str]:
    """Administration where the tenant serves the public."""
    yield from _stands(viewer, None)


@rule("people", "A")
def place(viewer: Any, community: Any) -> Iterator[str]:
    """Coordinators of the community; administration where the tenant serves the public."""
    yield from _stands(viewer, community.id)


@rule("people", "A")
def end(viewer: Any, membership: Any) -> Iterator[str]:
    """Coordinators of the community; administration where the tenant serves the public."""
    yield from _stands(viewer, membership.community_id)


def _stands(viewer: Any, community_id: UUID | None) -> Iterator[str]:
    mine = viewer.communities("coordinator")
    if mine if community_id is None else community_id in mine:
        yield "community"
    if tenancy.current().kind == "public":
        yield "public"
