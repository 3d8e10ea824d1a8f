"""Who may see, confirm and refuse that somebody gets a new second step."""

from collections.abc import Iterator
from typing import Any

from maagal.permissions import rule
from tenants.people.renewing.electing import electorate
from tenants.people.renewing.queries import Line


@rule("renewal", "R")
def browse(_viewer: Any) -> Iterator[str]:
    """Administration and coordinators see who asks for a new second step, as far as they are told of it."""
    yield from ("told", "own")


@rule("renewal", "R")
def see(viewer: Any, renewal: Any) -> Iterator[str]:
    """Whoever is told of it: those who may confirm, administration unless it is an employer’s; and whoever asked."""
    yield from _stands(viewer, renewal)


@rule("renewal", "A")
def confirm(viewer: Any, renewal: Any) -> Iterator[str]:
    """Two others confirm: never for themself, and of a coordinator at least one is a coordinator."""
    yield from _stands(viewer, renewal)


@rule("renewal", "W")
def refuse(viewer: Any, renewal: Any) -> Iterator[str]:
    """Whoever is told of it, and whoever asked, may refuse until the new step is set up."""
    yield from _stands(viewer, renewal)


def _stands(viewer: Any, renewal: Any) -> Iterator[str]:
    if viewer.person_id == renewal.person_id:
        yield "own"
        return
    chosen = renewal.electorate if isinstance(renewal, Line) else electorate(renewal.person_id)
    if viewer.person_id in chosen.people:  # administration is among them wherever it has a part
        yield from ("asked", "told")
