"""The tables of meetings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision, down_revision = "0008_meetings", "0007_pairing"


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "series",
        sa.Column("pair_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("remote", sa.Boolean(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("weekday between 0 and 6", name=op.f("ck_series_weekday")),
        sa.ForeignKeyConstraint(["pair_id"], ["pairs.id"], name=op.f("fk_series_pair_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
    )
    op.create_index("uq_series_current", "series", ["pair_id"], unique=True, postgresql_where=sa.text("until is null"))
    op.create_table(
        "meetings",
        sa.Column("pair_id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=True),
        sa.Column("slot", sa.Date(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("remote", sa.Boolean(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("cancel_reason", sa.String(), nullable=True),
        sa.Column("contradicted", sa.Boolean(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind in ('talk', 'phone', 'going_along')", name=op.f("ck_meetings_kind")),
        sa.CheckConstraint("state in ('planned', 'held', 'missed', 'cancelled')", name=op.f("ck_meetings_state")),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_meetings_decided_by")),
        sa.ForeignKeyConstraint(["pair_id"], ["pairs.id"], name=op.f("fk_meetings_pair_id")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_meetings_series_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
        sa.UniqueConstraint("series_id", "slot", name=op.f("uq_meetings_series_id_slot")),
    )
    op.create_index("ix_meetings_starts", "meetings", ["starts_at"], unique=False)
    op.create_index(
        "uq_meetings_time",
        "meetings",
        ["pair_id", "starts_at"],
        unique=True,
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.create_table(
        "log_drafts",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_log_drafts_meeting_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_log_drafts_person_id")),
        sa.PrimaryKeyConstraint("meeting_id", "person_id", name=op.f("pk_log_drafts")),
    )
    op.create_table(
        "meeting_logs",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("medium", sa.String(), nullable=True),
        sa.Column("topics", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("next_step", sa.LargeBinary(), nullable=True),
        sa.Column("shared", sa.LargeBinary(), nullable=True),
        sa.Column("private", sa.LargeBinary(), nullable=True),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_link", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("minutes between 0 and 1440", name=op.f("ck_meeting_logs_minutes")),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_meeting_logs_author_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_meeting_logs_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_logs")),
        sa.UniqueConstraint("meeting_id", "author_id", name=op.f("uq_meeting_logs_meeting_id_author_id")),
    )
    op.create_table(
        "one_taps",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_one_taps_meeting_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_one_taps_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_taps")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_taps_token_hash")),
    )
