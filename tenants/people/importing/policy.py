"""Who may bring people in from a sheet, and an employer's staff."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from maagal import tenancy
from maagal.permissions import rule
from tenants.people.importing.states import STAFF


@rule("staff_file", "A")
def bring_staff(_viewer: Any) -> Iterator[str]:
    """Coordinators, where the tenant is an employer's."""
    if tenancy.current().kind == "business":
        yield "employer"


@rule("roster", "A")
def bring(viewer: Any, batch: Any = None) -> Iterator[str]:
    """Coordinators of the community, and of an employer's house for its staff file; administration where the tenant
    serves the public.
    """
    mine = viewer.communities("coordinator")
    if batch is not None and batch.kind == STAFF:
        if bring_staff(viewer):
            yield "community"
        return
    if mine if batch is None else batch.community_id in mine:
        yield "community"
    if tenancy.current().kind == "public":
        yield "public"


def reach(viewer: Any) -> frozenset[UUID] | None:
    """Return the communities that somebody may import into; None for all of them."""
    if "administrator" in viewer.roles and tenancy.current().kind == "public":
        return None
    mine: frozenset[UUID] = viewer.communities("coordinator")
    return mine
