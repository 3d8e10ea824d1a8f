"""What notices hold of one person: given out, moved when two people turn out to be one, deleted when one is erased."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from maagal.db import db
from tenants.notifications.models import Channel, Notice


def export(person_id: UUID) -> dict[str, Any]:
    """Return what a person was told and what they want by mail, in plain data: moments as ISO 8601, kinds as stored."""
    told = db.session.scalars(select(Notice).where(Notice.person_id == person_id).order_by(Notice.created_at))
    wanted = db.session.scalars(select(Channel).where(Channel.person_id == person_id).order_by(Channel.kind))
    return {
        "notices": [{"kind": each.kind, "at": each.created_at.isoformat(), "read": bool(each.read_at)} for each in told],
        "by_mail": {each.kind: each.by_mail for each in wanted},
    }


def merge(kept_id: UUID, merged_id: UUID) -> None:
    """Move the notices of one person to another, whose own wishes stand."""
    db.session.execute(update(Notice).where(Notice.person_id == merged_id).values(person_id=kept_id))
    db.session.execute(delete(Channel).where(Channel.person_id == merged_id))


def erase(person_id: UUID) -> None:
    """Delete everything a person was told; mails still waiting find nothing to say."""
    db.session.execute(delete(Notice).where(Notice.person_id == person_id))
    db.session.execute(delete(Channel).where(Channel.person_id == person_id))
