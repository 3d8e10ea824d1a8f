"""What operators are, did and wish, and what they may know of an organisation: rows of the control schema."""

from datetime import datetime, timedelta
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


class Departure(Model):
    """An export or erasure that was asked for. People are operators' ids, or names typed at a command."""

    __tablename__ = "departures"
    __table_args__ = CONTROL
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    tenant_id: Mapped[UUID]
    slug: Mapped[str]
    what: Mapped[str]
    reason: Mapped[str]
    recipient: Mapped[str | None]
    delay: Mapped[timedelta]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]


class LostStep(HasId, Model):
    """Somebody of an organisation lost their second step, and too few people there may confirm: a role, no name."""

    __tablename__ = "renewals"
    __table_args__ = CONTROL
    tenant_id: Mapped[UUID]
    role: Mapped[str]
    reference: Mapped[str]
    state: Mapped[str]
    operators: Mapped[int]
    inside: Mapped[int]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    opens_at: Mapped[datetime | None]


class OperatorsVoice(Model):
    """What an operator said about it: how they made sure, or None: they refuse."""

    __tablename__ = "renewal_voices"
    __table_args__ = CONTROL
    renewal_id: Mapped[UUID] = mapped_column(primary_key=True)
    operator_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID]
    how: Mapped[str | None]
    at: Mapped[datetime]
    heard_at: Mapped[datetime | None]


class Invitation(Model):
    """How far the first administrator's invitation is; the address is not read here."""

    __tablename__ = "invitations"
    __table_args__ = CONTROL
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str]
    reason: Mapped[str | None]
    changed_at: Mapped[datetime]
