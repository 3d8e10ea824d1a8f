"""Monthly reports as frozen snapshots, and the few figures a sponsor may read."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from maagal import clock
from maagal.db import HasId, Model
from tenants.reports.rendering.snapshot import from_data


class Report(HasId, Model):
    """One month of one community (or of the tenant, where `community_id` is None); a correction is a new revision."""

    __tablename__ = "reports"
    community_id: Mapped[UUID | None] = mapped_column(ForeignKey("communities.id"))
    period: Mapped[date]
    kind: Mapped[str] = mapped_column(default="monthly")
    revision: Mapped[int] = mapped_column(default=1)
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSONB)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str | None]

    @property
    def is_provisional(self) -> bool:
        """Whether it was made before its month was over: numbers so far."""
        return from_data(self.snapshot).is_provisional

    __table_args__ = (
        CheckConstraint("extract(day from period) = 1", name="first_of_month"),
        Index(
            "uq_reports_one", "period", "kind", "community_id", "revision",
            unique=True, postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip


class PublishedFigure(HasId, Model):
    """A figure published once for a quarter, already rounded and suppressed; all that the sponsor's login can read."""

    __tablename__ = "published_figures"
    quarter: Mapped[date]
    code: Mapped[str]
    value: Mapped[int | None]
    published_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (Index("uq_published_once", "quarter", "code", unique=True),)
