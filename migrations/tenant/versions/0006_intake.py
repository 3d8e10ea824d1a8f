"""The tables of intake."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision, down_revision = "0006_intake", "0005_notifications"


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "help_drafts",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_drafts")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_help_drafts_token_hash")),
    )
    op.create_table(
        "help_requests",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("risk", sa.Integer(), nullable=True),
        sa.Column("life_areas", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("community_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state in ('new', 'in_conversation', 'accepted', 'waitlisted', 'referred_out', 'declined', 'withdrawn')",
            name=op.f("ck_help_requests_state"),
        ),
        sa.CheckConstraint("risk between 0 and 3", name=op.f("ck_help_requests_risk")),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_help_requests_community_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_help_requests_owner_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_help_requests_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_requests")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_help_requests_draft_id")),
    )
    op.create_index(
        "ix_help_requests_open",
        "help_requests",
        ["asked_at"],
        unique=False,
        postgresql_where=sa.text("state in ('new', 'in_conversation', 'waitlisted')"),
    )
    op.create_index("ix_help_requests_person", "help_requests", ["person_id"], unique=False)
    op.create_table(
        "request_steps",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["people.id"], name=op.f("fk_request_steps_actor_id")),
        sa.ForeignKeyConstraint(["request_id"], ["help_requests.id"], name=op.f("fk_request_steps_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_steps")),
    )
    op.create_index("ix_request_steps_request", "request_steps", ["request_id", "at"], unique=False)
