"""What people are told: one notice a fact and person. Whether its mail went out stands in the outbox, at `mail:<id>`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from maagal import clock
from maagal.db import HasId, Model


class Notice(HasId, Model):
    """Something a person is told. `kind` names the template, `about` holds ids only, `once` makes a second one a no-op."""

    __tablename__ = "notices"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[str]
    about: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    once: Mapped[str] = mapped_column(unique=True)
    urgent: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    read_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_notices_person", "person_id", "created_at"),)


class Channel(Model):
    """What a person wants by mail: a kind switched off stays in the inbox."""

    __tablename__ = "notice_channels"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    by_mail: Mapped[bool] = mapped_column(default=True)
