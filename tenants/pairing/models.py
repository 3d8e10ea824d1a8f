"""Rounds, pairs and the path each pair took.

Exceeding capacity, a second lead mentor and a way back from the end are refused by the database itself.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text, types
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from maagal import clock
from maagal.db import HasId, Model
from maagal.sealed_columns import sealed_column
from tenants.people.models import Person

STATES = ("suggested", "offered", "introduced", "trial", "active", "paused", "closing", "closed", "declined")
SEATED = ("offered", "introduced", "trial", "active", "paused", "closing")  # the mentor's seat is taken
LIVE = ("introduced", "trial", "active", "paused", "closing")
READING = ("trial", "active", "paused", "closing")  # the mentor reads what belongs to the pair
FINAL = ("closed", "declined")


class Round(HasId, Model):
    """A matching round: its inputs are kept, so that it can be replayed; `result` is the engine's, locks are in `inputs`."""

    __tablename__ = "rounds"
    state: Mapped[str] = mapped_column(default="draft")
    community_ids: Mapped[list[UUID]] = mapped_column(ARRAY(types.UUID()))
    inputs: Mapped[dict[str, Any]] = mapped_column(JSONB)
    result: Mapped[dict[str, Any]] = mapped_column(JSONB)
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    published_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  a stale board is told so (409)
    __table_args__ = (CheckConstraint("state in ('draft', 'published', 'discarded')", name="state"),)


class Pair(HasId, Model):
    """A participant and a mentor, from the offer to the farewell.

    `summary`, sealed under the participant's key, is what the mentor reads before both agreed, and the participant
    approved it. `mentor_shares`: the participant may read of the mentor's own experience. `stopped_at`: the mentor's
    access ended at once.
    """

    __tablename__ = "pairs"
    participant_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    mentor_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    community_id: Mapped[UUID] = mapped_column(ForeignKey("communities.id"))
    round_id: Mapped[UUID | None] = mapped_column(ForeignKey("rounds.id"))
    state: Mapped[str] = mapped_column(default="offered")
    lead: Mapped[bool] = mapped_column(default=True)
    summary: Mapped[bytes | None] = sealed_column()
    summary_approved_at: Mapped[datetime | None]
    receipt: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    offered_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    mentor_said_yes_at: Mapped[datetime | None]
    mentor_shares: Mapped[bool] = mapped_column(default=False)
    participant_said_yes_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[str | None]
    close_initiator: Mapped[str | None]
    stopped_at: Mapped[datetime | None]
    last_held_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    participant: Mapped[Person] = relationship(foreign_keys=[participant_id])
    mentor: Mapped[Person] = relationship(foreign_keys=[mentor_id])

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  a stale answer is told so (409)
    __table_args__ = (
        CheckConstraint(f"state in {STATES}", name="state"),
        CheckConstraint("participant_id <> mentor_id", name="two_people"),
        Index(
            "uq_pairs_one_lead", "participant_id", unique=True,
            postgresql_where=text(f"lead and state in {SEATED}"),
        ),
        Index("ix_pairs_mentor", "mentor_id", "state"),
        Index("ix_pairs_community", "community_id", "state"),
        Index("ix_pairs_participant", "participant_id"),
    )  # fmt: skip

    @property
    def file_of(self) -> UUID:
        """Whose file this belongs to: the participant's."""
        return self.participant_id


class PairStep(HasId, Model):
    """A state a pair came into: who brought it there (None: the house), when, why."""

    __tablename__ = "pair_steps"
    pair_id: Mapped[UUID] = mapped_column(ForeignKey("pairs.id"))
    state: Mapped[str]
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (Index("ix_pair_steps_pair", "pair_id", "at"),)


class PairAnswer(HasId, Model):
    """A yes or a no to an offer: whose (`side`: mentor or participant) and when. `how` is empty where they said it here
    themselves; otherwise a coordinator, `said_by`, wrote down what was told by phone or in another way (`path.WAYS_TOLD`).
    """

    __tablename__ = "pair_answers"
    pair_id: Mapped[UUID] = mapped_column(ForeignKey("pairs.id"))
    side: Mapped[str]
    agreed: Mapped[bool]
    how: Mapped[str | None]
    said_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (
        CheckConstraint("side in ('mentor', 'participant')", name="side"),
        Index("ix_pair_answers_pair", "pair_id", "at"),
    )


class Never(HasId, Model):
    """Two people who must not be paired, and why: a coordinator's word, relation, complaint, ended badly, asked to avoid.

    `reason` is a code, `note` a coordinator's words, sealed under the participant's key.
    """

    __tablename__ = "nevers"
    participant_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    mentor_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    code: Mapped[str]
    reason: Mapped[str | None]
    note: Mapped[bytes | None] = sealed_column()
    said_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (
        CheckConstraint("code in ('never', 'relation', 'complaint', 'ended_badly', 'avoid')", name="code"),
        Index("uq_nevers_two", "participant_id", "mentor_id", "code", unique=True),
    )
