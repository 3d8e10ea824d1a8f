"""Who may find, see and change people."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from maagal import tenancy
from maagal.permissions import rule
from tenants.people import queries
from tenants.people.models import Person


@rule("people", "R")
def browse(viewer: Any) -> Iterator[str]:
    """Coordinators find the people of their communities; administration finds everybody where the public is served."""
    if viewer.communities("coordinator"):
        yield "community"
    yield from _public()


@rule("people", "R")
def see(viewer: Any, person: Person) -> Iterator[str]:
    """Coordinators of a community the person belongs to; administration where the public is served."""
    yield from _stands(viewer, person.id)


@rule("people", "A")
def change(viewer: Any, person: Person) -> Iterator[str]:
    """Coordinators of a community the person belongs to; administration where the public is served."""
    yield from _stands(viewer, person.id)


@rule("person_note", "R")
def read_notes(viewer: Any, person: Person) -> Iterator[str]:
    """Coordinators of a community the person belongs to."""
    yield from _coordinates(viewer, person.id)


@rule("person_note", "W")
def write_notes(viewer: Any, person: Person) -> Iterator[str]:
    """Coordinators of a community the person belongs to."""
    yield from _coordinates(viewer, person.id)


@rule("profile", "R")
def see_own(_viewer: Any) -> Iterator[str]:
    """Everybody sees what is kept of them, and who looked at it."""
    yield "own"


@rule("profile", "W")
def change_own(_viewer: Any) -> Iterator[str]:
    """Everybody changes their own profile."""
    yield "own"


@rule("organisation", "A")
def organise(_viewer: Any) -> Iterator[str]:
    """Administration keeps the organisation's settings."""
    yield "any"


def _stands(viewer: Any, person_id: UUID) -> Iterator[str]:
    yield from _coordinates(viewer, person_id)
    yield from _public()


def _coordinates(viewer: Any, person_id: UUID) -> Iterator[str]:
    if viewer.communities("coordinator") & queries.community_ids_of(person_id):
        yield "community"


def _public() -> Iterator[str]:
    if tenancy.current().kind == "public":
        yield "public"
