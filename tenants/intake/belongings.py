"""What intake holds of one person: given out, and moved when two people turn out to be one."""

from typing import Any
from uuid import UUID

from maagal import sealing
from tenants.intake import queries
from tenants.intake.models import HelpRequest, RequestStep


def export(person_id: UUID) -> dict[str, Any]:
    """Return a person's requests in plain data, unsealed: moments as ISO 8601, codes as stored."""
    return {"help_requests": [_told(found) for found in queries.of_person(person_id)]}


def merge(kept_id: UUID, merged_id: UUID) -> None:
    """Move the requests of one person to another and seal their texts again, under the other's key."""
    for found in queries.of_person(merged_id):
        for row, column, name in _sealed(found):
            place = sealing.Place(name, row.id, column)
            setattr(row, column, sealing.seal(sealing.unseal(getattr(row, column), place), kept_id, place))
        found.person_id = kept_id


def _sealed(found: HelpRequest) -> list[tuple[Any, str, str]]:
    notes = [(step, "note", "request_steps") for step, _name in queries.steps(found.id) if step.note]
    return [*notes, *([(found, "words", "help_requests")] if found.words else [])]


def _told(found: HelpRequest) -> dict[str, Any]:
    return {
        "asked_at": found.asked_at.isoformat(),
        "state": found.state,
        "urgency": found.urgency,
        "life_areas": found.life_areas,
        "words": sealing.unseal_or_empty(found.words, sealing.Place("help_requests", found.id, "words")),
        "steps": [_step(step) for step, _name in queries.steps(found.id)],
    }


def _step(step: RequestStep) -> dict[str, Any]:
    note = sealing.unseal_or_empty(step.note, sealing.Place("request_steps", step.id, "note"))
    return {"state": step.state, "reason": step.reason, "note": note, "at": step.at.isoformat()}
