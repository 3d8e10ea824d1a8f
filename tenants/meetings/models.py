"""A pair's weekly series, its meetings, and what each side says of them."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import Text

from maagal import clock
from maagal.db import HasId, Model
from maagal.sealed_columns import sealed_column
from tenants.pairing.models import Pair


class Series(HasId, Model):
    """A weekly slot in the tenant's zone; `weekday` 0 is Sunday; `length` in minutes; `place` is open text or a link."""

    __tablename__ = "series"
    pair_id: Mapped[UUID] = mapped_column(ForeignKey("pairs.id"))
    weekday: Mapped[int]
    starts: Mapped[time]
    length: Mapped[int] = mapped_column(default=60)
    remote: Mapped[bool] = mapped_column(default=False)
    place: Mapped[str] = mapped_column(default="")
    since: Mapped[date]
    until: Mapped[date | None]
    pair: Mapped[Pair] = relationship()

    __table_args__ = (
        CheckConstraint("weekday between 0 and 6", name="weekday"),
        Index("uq_series_current", "pair_id", unique=True, postgresql_where=text("until is null")),
    )


class Meeting(HasId, Model):
    """One meeting of a pair; `slot` is the day its series meant, wherever it was moved since.

    `contradicted`: one side says it took place, the other that it did not, and nobody has decided yet.
    """

    __tablename__ = "meetings"
    pair_id: Mapped[UUID] = mapped_column(ForeignKey("pairs.id"))
    series_id: Mapped[UUID | None] = mapped_column(ForeignKey("series.id"))
    slot: Mapped[date | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(default="talk")
    remote: Mapped[bool] = mapped_column(default=False)
    place: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="planned")
    cancel_reason: Mapped[str | None]
    contradicted: Mapped[bool] = mapped_column(default=False)
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column(default=1)
    pair: Mapped[Pair] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  a stale edit is told so (409)
    __table_args__ = (
        CheckConstraint("state in ('planned', 'held', 'missed', 'cancelled')", name="state"),
        CheckConstraint("kind in ('talk', 'phone', 'going_along')", name="kind"),
        UniqueConstraint("series_id", "slot"),
        Index("uq_meetings_time", "pair_id", "starts_at", unique=True, postgresql_where=text("state <> 'cancelled'")),
        Index("ix_meetings_starts", "starts_at"),
    )

    @property
    def file_of(self) -> UUID:
        """Whose file this belongs to: the participant's."""
        return self.pair.participant_id

    @property
    def community_id(self) -> UUID:
        """The pair's community."""
        return self.pair.community_id


class MeetingLog(HasId, Model):
    """What one side says of a meeting. `shared` is sealed under the participant's key, `private` under its author's."""

    __tablename__ = "meeting_logs"
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    held: Mapped[bool]
    minutes: Mapped[int | None]
    medium: Mapped[str | None]
    topics: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    next_step: Mapped[bytes | None] = sealed_column()
    shared: Mapped[bytes | None] = sealed_column()
    private: Mapped[bytes | None] = sealed_column()
    logged_at: Mapped[datetime] = mapped_column(default=clock.now)
    by_link: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        UniqueConstraint("meeting_id", "author_id"),
        CheckConstraint("minutes between 0 and 1440", name="minutes"),
    )


class OneTap(HasId, Model):
    """A link that opens exactly one meeting's form for one person, once, without signing in."""

    __tablename__ = "one_taps"
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    expires_at: Mapped[datetime]
    spent_at: Mapped[datetime | None]


class LogDraft(Model):
    """What somebody had typed of a summary when their session ended; sealed under their own key."""

    __tablename__ = "log_drafts"
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meetings.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    content: Mapped[bytes] = sealed_column(row="meeting_id", apart="person_id")
    touched_at: Mapped[datetime] = mapped_column(default=clock.now)
