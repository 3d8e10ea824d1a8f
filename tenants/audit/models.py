"""Two tables the application may only add to and read; the grants of the migration see to that."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from maagal import clock
from maagal.db import HasId, Model


class AuditEntry(HasId, Model):
    """Somebody did something to a thing; `person_id` is whose file it belongs to, where it belongs to one."""

    __tablename__ = "audit"
    at: Mapped[datetime] = mapped_column(default=clock.now)
    actor_id: Mapped[UUID | None]
    action: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    community_id: Mapped[UUID | None]
    reason: Mapped[str | None]

    __table_args__ = (Index("ix_audit_person", "person_id", "at"),)


class AuditLink(Model):
    """One link of the hash chain: the hash of the entry and of the link before it."""

    __tablename__ = "audit_chain"
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"))
    hash: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (UniqueConstraint("audit_id"),)
