"""A community and its shape."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from maagal import clock
from maagal.db import HasId, Model

SHAPE = {"participant": 15, "mentor": 15, "advisor": 3, "coordinator": 2}


class Community(HasId, Model):
    """A circle of people: `paired` (mentors and participants) or `mutual` (a self-help group without mentors)."""

    __tablename__ = "communities"
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(default="paired")
    locality: Mapped[str | None]
    shape: Mapped[dict[str, Any]] = mapped_column(JSONB, default=lambda: dict(SHAPE))
    state: Mapped[str] = mapped_column(default="open")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (
        CheckConstraint("kind in ('paired', 'mutual')", name="kind"),
        CheckConstraint("state in ('open', 'closed')", name="state"),
    )
