"""Concerns about somebody's safety and who handles them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from maagal import clock
from maagal.db import HasId, Model
from maagal.sealed_columns import sealed_column


class Concern(HasId, Model):
    """A worry (1), a risk (2) or imminent danger (3). `words` is sealed under the raiser's key; never shown to `about_id`."""

    __tablename__ = "concerns"
    raised_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    pair_id: Mapped[UUID | None] = mapped_column(ForeignKey("pairs.id"))
    community_id: Mapped[UUID | None] = mapped_column(ForeignKey("communities.id"))
    level: Mapped[int]
    words: Mapped[bytes] = sealed_column()
    state: Mapped[str] = mapped_column(default="open")
    raised_at: Mapped[datetime] = mapped_column(default=clock.now)
    answer_by: Mapped[datetime]
    taken_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    taken_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closing_note: Mapped[bytes | None] = sealed_column()
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  two coordinators at once: the second is told (409)
    __table_args__ = (
        CheckConstraint("level between 1 and 3", name="level"),
        CheckConstraint("state in ('open', 'taken', 'closed')", name="state"),
        CheckConstraint("state <> 'closed' or closing_note is not null", name="closed_with_a_note"),
        Index("ix_concerns_open", "answer_by", postgresql_where=text("state <> 'closed'")),
    )

    @property
    def file_of(self) -> UUID | None:
        """Whose file this belongs to."""
        return self.person_id
