"""Who lost their second step and asks for a new one, and who made sure that it is them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from maagal import clock
from maagal.db import HasId, Model
from maagal.sealed_columns import sealed_column


class Renewal(HasId, Model):
    """Somebody asks for a new second step. `must` is the role that one of the two has to hold, `operators` how many of the
    two must be operators of the platform, because there are too few people here; `totp` the sealed secret of the new step
    until it is confirmed. Reasons are codes: nothing is written here in free words.
    """

    __tablename__ = "renewals"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    why: Mapped[str]
    must: Mapped[str | None]
    operators: Mapped[int]
    state: Mapped[str] = mapped_column(default="asked")
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    opens_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]
    link_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    totp: Mapped[bytes | None] = sealed_column()

    __table_args__ = (
        CheckConstraint("state in ('asked', 'agreed', 'done', 'refused', 'withdrawn', 'expired')", name="state"),
        CheckConstraint("must in ('administrator', 'coordinator')", name="must"),
        CheckConstraint("operators between 0 and 2", name="operators"),
        UniqueConstraint("id", "person_id"),
        Index("uq_renewals_open", "person_id", unique=True, postgresql_where=text("state in ('asked', 'agreed')")),
    )

    @property
    def file_of(self) -> UUID:
        """Whose file this belongs to."""
        return self.person_id

    @property
    def reference(self) -> str:
        """What is read out on the phone, so that both talk of the same request."""
        digits = self.id.hex[-8:].upper()
        return f"{digits[:4]}-{digits[4:]}"


class RenewalVoice(HasId, Model):
    """One person made sure that it is them, and how. The database lets nobody speak for themself, and nobody twice."""

    __tablename__ = "renewal_voices"
    renewal_id: Mapped[UUID]
    for_id: Mapped[UUID]
    by_id: Mapped[UUID]
    role: Mapped[str]
    how: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (
        ForeignKeyConstraint(["renewal_id", "for_id"], ["renewals.id", "renewals.person_id"]),
        CheckConstraint("role in ('administrator', 'coordinator', 'operator')", name="role"),
        CheckConstraint("by_id <> for_id", name="never_oneself"),
        UniqueConstraint("renewal_id", "by_id"),
    )
