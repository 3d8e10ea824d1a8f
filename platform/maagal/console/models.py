"""What operators are, did and wish, and what they may know of an organisation: rows of the control schema."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from maagal import clock
from maagal.db import HasId, Model

CONTROL = {"schema": "control"}


class Operator(HasId, Model):
    """Somebody who runs the platform. Enrolled by a link: until then there is no password; `totp` is sealed."""

    __tablename__ = "operators"
    __table_args__ = CONTROL
    email: Mapped[str] = mapped_column(unique=True)
    password: Mapped[str | None]
    totp: Mapped[bytes | None]
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    enrolled_at: Mapped[datetime | None]
    link_hash: Mapped[bytes | None]
    link_until: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    barred_until: Mapped[datetime | None]
    is_demo: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]


class OperatorSession(HasId, Model):
    """A sign-in, revocable here; `proven_at` is when the password was last shown in it."""

    __tablename__ = "operator_sessions"
    __table_args__ = CONTROL
    operator_id: Mapped[UUID] = mapped_column(ForeignKey("control.operators.id"))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    proven_at: Mapped[datetime] = mapped_column(default=clock.now)
    device: Mapped[str]


class Operation(Model):
    """What an operator did; can be added and read, never changed."""

    __tablename__ = "operations"
    __table_args__ = CONTROL
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    operator_id: Mapped[UUID | None] = mapped_column(ForeignKey("control.operators.id"))
    what: Mapped[str]
    slug: Mapped[str | None]
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)


class Wish(HasId, Model):
    """What the provisioner is asked to do, and how far it is; an operator adds one and reads on."""

    __tablename__ = "wishes"
    __table_args__ = CONTROL
    what: Mapped[str]
    slug: Mapped[str]
    wanted: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    operator_id: Mapped[UUID | None] = mapped_column(ForeignKey("control.operators.id"))
    state: Mapped[str] = mapped_column(default="wanted")
    step: Mapped[str] = mapped_column(default="queued")
    reason: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    wished_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Usage(Model):
    """How much there is of things in an organisation, as its own worker counted it; `failed` is kind of work -> number."""

    __tablename__ = "usage"
    __table_args__ = CONTROL
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    counted_at: Mapped[datetime]
    people: Mapped[int]
    pairs: Mapped[int]
    mails: Mapped[int] = mapped_column(BigInteger)
    bytes: Mapped[int] = mapped_column(BigInteger)
    waiting: Mapped[int]
    failed: Mapped[dict[str, int]] = mapped_column(JSONB)


class Retry(HasId, Model):
    """A wish that an organisation's own worker tries its failed work again."""

    __tablename__ = "retries"
    __table_args__ = CONTROL
    tenant_id: Mapped[UUID]
    operator_id: Mapped[UUID | None]
    wished_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    revived: Mapped[int | None]
