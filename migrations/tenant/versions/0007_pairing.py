"""The tables of pairing."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision, down_revision = "0007_pairing", "0006_intake"


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "nevers",
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("said_by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "code in ('never', 'relation', 'complaint', 'ended_badly', 'avoid')", name=op.f("ck_nevers_code")
        ),
        sa.ForeignKeyConstraint(["mentor_id"], ["people.id"], name=op.f("fk_nevers_mentor_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["people.id"], name=op.f("fk_nevers_participant_id")),
        sa.ForeignKeyConstraint(["said_by"], ["people.id"], name=op.f("fk_nevers_said_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nevers")),
    )
    op.create_index("uq_nevers_two", "nevers", ["participant_id", "mentor_id", "code"], unique=True)
    op.create_table(
        "rounds",
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("community_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("inputs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state in ('draft', 'published', 'discarded')", name=op.f("ck_rounds_state")),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_rounds_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rounds")),
    )
    op.create_table(
        "pairs",
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("lead", sa.Boolean(), nullable=False),
        sa.Column("summary", sa.LargeBinary(), nullable=True),
        sa.Column("summary_approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("receipt", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mentor_said_yes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mentor_shares", sa.Boolean(), nullable=False),
        sa.Column("participant_said_yes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_reason", sa.String(), nullable=True),
        sa.Column("close_initiator", sa.String(), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state in ('suggested', 'offered', 'introduced', 'trial', 'active', 'paused', 'closing', 'closed', 'declined')",
            name=op.f("ck_pairs_state"),
        ),
        sa.CheckConstraint("participant_id <> mentor_id", name=op.f("ck_pairs_two_people")),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_pairs_community_id")),
        sa.ForeignKeyConstraint(["mentor_id"], ["people.id"], name=op.f("fk_pairs_mentor_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["people.id"], name=op.f("fk_pairs_participant_id")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_pairs_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairs")),
    )
    op.create_index("ix_pairs_community", "pairs", ["community_id", "state"], unique=False)
    op.create_index("ix_pairs_mentor", "pairs", ["mentor_id", "state"], unique=False)
    op.create_index("ix_pairs_participant", "pairs", ["participant_id"], unique=False)
    op.create_index(
        "uq_pairs_one_lead",
        "pairs",
        ["participant_id"],
        unique=True,
        postgresql_where=sa.text("lead and state in ('offered', 'introduced', 'trial', 'active', 'paused', 'closing')"),
    )
    op.create_table(
        "pair_steps",
        sa.Column("pair_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["people.id"], name=op.f("fk_pair_steps_actor_id")),
        sa.ForeignKeyConstraint(["pair_id"], ["pairs.id"], name=op.f("fk_pair_steps_pair_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pair_steps")),
    )
    op.create_index("ix_pair_steps_pair", "pair_steps", ["pair_id", "at"], unique=False)
    op.create_table(
        "pair_answers",
        sa.Column("pair_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("how", sa.String(), nullable=True),
        sa.Column("said_by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("side in ('mentor', 'participant')", name=op.f("ck_pair_answers_side")),
        sa.ForeignKeyConstraint(["pair_id"], ["pairs.id"], name=op.f("fk_pair_answers_pair_id")),
        sa.ForeignKeyConstraint(["said_by"], ["people.id"], name=op.f("fk_pair_answers_said_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pair_answers")),
    )
    op.create_index("ix_pair_answers_pair", "pair_answers", ["pair_id", "at"], unique=False)
    rules()


# --- by hand ---
def rules() -> None:
    """Hold the seats in the database: whoever takes one waits for the mentor's row, then counts what is committed.

    Each query of a plpgsql function sees what was committed while it waited (volatile, READ COMMITTED).
    """
    op.execute("""
    create function seat_of_a_pair() returns trigger language plpgsql as $$
    declare
      room integer;
      seated constant text[] := array['offered', 'introduced', 'trial', 'active', 'paused', 'closing'];
    begin
      if tg_op = 'UPDATE' and old.state in ('closed', 'declined') and new.state <> old.state then
        raise exception 'this pair has ended' using errcode = '23514', constraint = 'final';
      end if;
      if new.state = any (seated) and (
        tg_op = 'INSERT' or old.mentor_id <> new.mentor_id or old.state <> all (seated)
      ) then
        select capacity into room from profiles where person_id = new.mentor_id for update;
        if coalesce(room, 0) <= (
          select count(*) from pairs where mentor_id = new.mentor_id and state = any (seated) and id <> new.id
        ) then
          raise exception 'no seat is free' using errcode = '23514', constraint = 'capacity';
        end if;
      end if;
      return new;
    end $$
    """)
    op.execute("""
    create trigger seat before insert or update of state, mentor_id on pairs
      for each row execute function seat_of_a_pair()
    """)
