"""What people put into the export of one person."""

from typing import Any
from uuid import UUID

from tenants.people import queries
from tenants.people.models import Person, Profile

LEFT_OUT = frozenset({"notes", "import_id", "version"})  # a coordinator's sealed words, and our own bookkeeping


def person_export(person_id: UUID) -> dict[str, Any]:
    """Return what is kept of a person as plain values: `person`, `profile`, `memberships`."""
    person = queries.by_id(person_id)
    if person is None:
        return {}
    return {
        "person": _columns(person, Person),
        "profile": _columns(person.profile, Profile) if person.profile else {},
        "memberships": [_plain(each._asdict()) for each in queries.memberships_of(person_id)],
    }


def _columns(row: Any, kind: Any) -> dict[str, Any]:
    names = (column.key for column in kind.__table__.columns if column.key not in LEFT_OUT)
    return _plain({name: getattr(row, name) for name in names})


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    kept = (bool, int, float, list, type(None))
    return {name: value if isinstance(value, kept) else str(value) for name, value in values.items()}
