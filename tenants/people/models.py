"""People, what matters for pairing them, how they sign in, and which roles they hold since when."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import Text

from maagal import clock
from maagal.db import HasId, Model
from maagal.sealed_columns import sealed_column


class Person(HasId, Model):
    """Somebody we know: a phone number is enough. `gender` is the form of address (m, f or None: neutral)."""

    __tablename__ = "people"
    first_name: Mapped[str]
    last_name: Mapped[str] = mapped_column(default="")
    gender: Mapped[str | None]
    birth_year: Mapped[int | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    locale: Mapped[str | None]
    timezone: Mapped[str | None]
    safe_channel: Mapped[str | None]
    safe_hours: Mapped[str | None]
    may_leave_message: Mapped[bool] = mapped_column(default=False)
    neutral_sender: Mapped[bool] = mapped_column(default=True)
    employee_number: Mapped[str | None]
    notes: Mapped[bytes | None] = sealed_column()
    state: Mapped[str] = mapped_column(default="active")
    import_id: Mapped[UUID | None] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    profile: Mapped["Profile | None"] = relationship(back_populates="person", uselist=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy reads it from the class
    __table_args__ = (
        CheckConstraint("gender in ('m', 'f')", name="gender"),
        CheckConstraint("state in ('active', 'left', 'erased')", name="state"),
        Index("ix_people_phone", "phone"),
        Index("ix_people_email", text("lower(email)")),
    )

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def file_of(self) -> UUID:
        """Whose file this is: their own."""
        return self.id


class Profile(Model):
    """What pairing asks about a person. Codes are the vocabulary's; None and empty mean: not answered.

    `free_hours` is a list of [weekday (0 = Sunday), start minute, end minute].
    """

    __tablename__ = "profiles"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    life_areas: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    skills: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    other_skills: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    experience: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    wanted_experience: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    unwanted_experience: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    interests: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    dislikes: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    cultures: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    free_hours: Mapped[list[list[int]]] = mapped_column(JSONB, default=list)
    mode: Mapped[str | None]
    gender_preference: Mapped[str | None]
    age_preference: Mapped[str | None]
    locality: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    capacity: Mapped[int] = mapped_column(default=1)
    training_valid_until: Mapped[date | None]
    screened_at: Mapped[date | None]
    person: Mapped[Person] = relationship(back_populates="profile")

    __table_args__ = (CheckConstraint("capacity between 0 and 20", name="capacity"),)


class Membership(HasId, Model):
    """A role somebody holds, in a community or in the organisation, from a day to a day."""

    __tablename__ = "memberships"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    role: Mapped[str]
    community_id: Mapped[UUID | None] = mapped_column(ForeignKey("communities.id"))
    since: Mapped[date]
    until: Mapped[date | None]
    person: Mapped[Person] = relationship()

    __table_args__ = (
        CheckConstraint(
            "role in ('administrator', 'sponsor', 'coordinator', 'advisor', 'mentor', 'participant')", name="role"
        ),
        CheckConstraint("(community_id is null) = (role in ('administrator', 'sponsor'))", name="place"),
        Index("ix_memberships_person", "person_id"),
        Index(
            "uq_memberships_current", "person_id", "role", "community_id",
            unique=True, postgresql_where=text("until is null"), postgresql_nulls_not_distinct=True,
        ),
        Index("ix_memberships_community", "community_id", "role"),
    )  # fmt: skip


class Account(HasId, Model):
    """How a person signs in. `totp` is the sealed secret of the second factor, `totp_step` the last half-minute whose
    code was used; `display` is what the reader chose on the accessibility page.
    """

    __tablename__ = "accounts"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), unique=True)
    totp: Mapped[bytes | None] = sealed_column()
    totp_confirmed_at: Mapped[datetime | None]
    totp_step: Mapped[int | None]
    display: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    person: Mapped[Person] = relationship()


class SignInToken(HasId, Model):
    """A link and a code that were sent to a person's own channel: single use, hashed, fifteen minutes."""

    __tablename__ = "sign_in_tokens"
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    attempts: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime]
    spent_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_sign_in_tokens_account", "account_id"),)


class SignedIn(HasId, Model):
    """A session: a row that can be ended, whatever cookie is out there."""

    __tablename__ = "sessions"
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    second_factor: Mapped[bool] = mapped_column(default=False)
    device: Mapped[str] = mapped_column(default="")

    __table_args__ = (Index("ix_sessions_account", "account_id"),)


class Organisation(HasId, Model):
    """What the organisation says of its accessibility: at most one row. The tenant's switches are not kept here."""

    __tablename__ = "organisation"
    single: Mapped[bool] = mapped_column(default=True, unique=True)
    coordinator: Mapped[str | None]
    phone: Mapped[str | None]
    mail: Mapped[str | None]
    arrangements: Mapped[str | None]
    known_gaps: Mapped[str | None]
    reviewed_on: Mapped[date | None]
    changed_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (CheckConstraint("single", name="single"),)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy reads it from the class


class StaffRecord(HasId, Model):
    """A line of an employer's staff file: who reports to whom. Says nothing of who takes part."""

    __tablename__ = "staff_records"
    number: Mapped[str] = mapped_column(unique=True)
    first_name: Mapped[str]
    last_name: Mapped[str]
    department: Mapped[str | None]
    manager_number: Mapped[str | None]
    work_email: Mapped[str | None]


class ImportBatch(HasId, Model):
    """A sheet on its way in: uploaded, mapped, checked, taken over, perhaps taken back. `sheet` and `verdict` are sealed
    JSON, and go after a week. `mapping` is column position -> field, `let_in` the rows somebody
    ticked: no duplicates after all, or further roles of people who are here.
    """

    __tablename__ = "import_batches"
    kind: Mapped[str]
    filename: Mapped[str]
    community_id: Mapped[UUID | None] = mapped_column(ForeignKey("communities.id"))
    uploaded_by: Mapped[UUID | None]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    sheet: Mapped[bytes | None] = sealed_column(deferred=True)
    verdict: Mapped[bytes | None] = sealed_column(deferred=True)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    let_in: Mapped[list[int]] = mapped_column(JSONB, default=list)
    notify: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default="uploaded")
    counts: Mapped[dict[str, int]] = mapped_column(JSONB, default=dict)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    version: Mapped[int] = mapped_column()

    __table_args__ = (
        CheckConstraint("kind in ('people', 'staff')", name="kind"),
        CheckConstraint(
            "state in ('uploaded', 'checking', 'checked', 'committing', 'committed', 'undoing', 'undone', 'expired')",
            name="state",
        ),
        Index("ix_import_batches_community", "community_id"),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy reads it from the class
