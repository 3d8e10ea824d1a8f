"""What the pages of a renewal show."""

from typing import Any
from uuid import UUID

from maagal import clock
from tenants.people import queries as people
from tenants.people.labels import role_label
from tenants.people.renewing import labels, queries
from tenants.people.renewing.electing import NEEDED, electorate
from tenants.people.renewing.models import Renewal


def at_the_door(renewal: Renewal | None) -> dict[str, Any]:
    """Return what whoever asked may see before their second step: how far it is, and no names."""
    if renewal is None:
        return {"renewal": None}
    return {
        "renewal": renewal, "state": queries.state_of(renewal), "said": len(queries.voices_of(renewal.id)), "needed": NEEDED,
        "is_open": is_open(renewal), "labels": labels,
    }  # fmt: skip


def in_the_house(renewal: Renewal, looking_id: UUID) -> dict[str, Any]:
    """Return what administration, and whoever may confirm, see."""
    chosen, voices = electorate(renewal.person_id), queries.voices_of(renewal.id)
    ids = {renewal.person_id, looking_id, *chosen.people, *(voice.by_id for voice in voices), renewal.ended_by or looking_id}
    names = people.names_of(ids)
    spoken = {voice.by_id for voice in voices}
    could = sorted((names.get(each, ""), each) for each in chosen.people if each not in spoken)
    may = renewal.state == "asked" and is_open(renewal) and looking_id in chosen.people and looking_id not in spoken
    person = people.by_id(renewal.person_id)
    return at_the_door(renewal) | {
        "person": person, "roles": sorted(people.roles_of(renewal.person_id)), "voices": voices, "names": names,
        "could": [name for name, _id in could], "may_confirm": may, "role_label": role_label,
        "is_own": looking_id == renewal.person_id,
    }  # fmt: skip


def is_open(renewal: Renewal) -> bool:
    """Whether it is not over."""
    return renewal.state in queries.OPEN_STATES and renewal.expires_at > clock.now()
