"""The ids of what a sheet brings: made of the sheet and the row, so that a step may be repeated and taken back."""

from uuid import UUID, uuid5


def person_id(import_id: UUID, row: int) -> UUID:
    """Return the id of the person in a sheet's row: always the same (RFC 9562, version 5)."""
    return uuid5(import_id, str(row))


def membership_id(person: UUID) -> UUID:
    """Return the id of the membership with which somebody came in."""
    return uuid5(person, "membership")


def further_id(import_id: UUID, person: UUID, role: str) -> UUID:
    """Return the id of the role that a sheet gave to somebody who was here already, or who came in by another of its rows."""
    return uuid5(import_id, f"{person}/{role}")
