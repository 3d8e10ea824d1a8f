"""Reading the record."""

from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from maagal.db import db
from tenants.audit.models import AuditEntry, AuditLink

CONCERN = "concern"


def last_link() -> AuditLink | None:
    """Return the newest link of the chain."""
    return db.session.scalar(select(AuditLink).order_by(AuditLink.seq.desc()).limit(1))


def unlinked(most: int) -> list[AuditEntry]:
    """Return entries without a link, oldest first."""
    without = select(AuditEntry).outerjoin(AuditLink, AuditLink.audit_id == AuditEntry.id).where(AuditLink.seq.is_(None))
    return list(db.session.scalars(without.order_by(AuditEntry.at, AuditEntry.id).limit(most)))


def chained() -> list[Any]:
    """Return (link, entry) in the order of the chain."""
    together = select(AuditLink, AuditEntry).join(AuditEntry, AuditEntry.id == AuditLink.audit_id)
    return list(db.session.execute(together.order_by(AuditLink.seq)))


def about(person_id: UUID, most: int = 200) -> list[AuditEntry]:
    """Return who read or changed a person's file, newest first; the person's own looks are left out.

    A concern is told of only to whoever raised it: it may be about this very person, or about somebody beside them who
    reads the same phone (DOMAIN, concerns: never the one it is about).
    """
    theirs = AuditEntry.person_id == person_id, AuditEntry.actor_id.is_distinct_from(person_id)
    raised = aliased(AuditEntry)
    own = select(raised.subject_id).where(raised.subject == CONCERN, raised.action == "raised", raised.actor_id == person_id)
    shown = or_(AuditEntry.subject != CONCERN, AuditEntry.subject_id.in_(own))
    return list(db.session.scalars(select(AuditEntry).where(*theirs, shown).order_by(AuditEntry.at.desc()).limit(most)))
