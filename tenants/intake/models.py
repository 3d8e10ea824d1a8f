"""A request for help, its draft, and the path it took."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from maagal import clock
from maagal.db import HasId, Model
from maagal.sealed_columns import sealed_column

STATES = ("new", "in_conversation", "accepted", "waitlisted", "referred_out", "declined", "withdrawn")
OPEN = ("new", "in_conversation", "waitlisted")


class HelpRequest(HasId, Model):
    """Somebody asks for help. `words` is sealed under the person's key; contact and wishes lie with the person.

    `begun_at`: a coordinator began to talk with them.
    """

    __tablename__ = "help_requests"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    state: Mapped[str] = mapped_column(default="new")
    urgency: Mapped[str] = mapped_column(default="normal")
    risk: Mapped[int | None]
    life_areas: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    words: Mapped[bytes | None] = sealed_column()
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    community_id: Mapped[UUID | None] = mapped_column(ForeignKey("communities.id"))
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    owned_at: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    draft_id: Mapped[UUID | None] = mapped_column(unique=True)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  two coordinators at once: the second is told (409)
    __table_args__ = (
        CheckConstraint(f"state in {STATES}", name="state"),
        CheckConstraint("risk between 0 and 3", name="risk"),
        Index("ix_help_requests_open", "asked_at", postgresql_where=text(f"state in {OPEN}")),
        Index("ix_help_requests_person", "person_id"),
    )

    @property
    def file_of(self) -> UUID:
        """Whose file this belongs to."""
        return self.person_id

    @property
    def reference(self) -> str:
        """What the person is given to name the request by: random, it reveals nothing."""
        return self.id.hex[-6:].upper()


class RequestStep(HasId, Model):
    """A state a request came into: who brought it there, when, why. `note` is sealed under the person's key."""

    __tablename__ = "request_steps"
    request_id: Mapped[UUID] = mapped_column(ForeignKey("help_requests.id"))
    state: Mapped[str]
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str | None]
    note: Mapped[bytes | None] = sealed_column()
    at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (Index("ix_request_steps_request", "request_id", "at"),)


class Draft(HasId, Model):
    """A help request on its way, from the first real input on; sealed under the tenant's intake key, found by a link."""

    __tablename__ = "help_drafts"
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    content: Mapped[bytes] = sealed_column()
    touched_at: Mapped[datetime] = mapped_column(default=clock.now)


