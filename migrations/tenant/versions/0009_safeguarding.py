"""The tables of safeguarding."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0009_safeguarding", "0008_meetings"


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "concerns",
        sa.Column("raised_by", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("pair_id", sa.Uuid(), nullable=True),
        sa.Column("community_id", sa.Uuid(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closing_note", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state <> 'closed' or closing_note is not null", name=op.f("ck_concerns_closed_with_a_note")
        ),
        sa.CheckConstraint("state in ('open', 'taken', 'closed')", name=op.f("ck_concerns_state")),
        sa.CheckConstraint("level between 1 and 3", name=op.f("ck_concerns_level")),
        sa.ForeignKeyConstraint(["about_id"], ["people.id"], name=op.f("fk_concerns_about_id")),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_concerns_community_id")),
        sa.ForeignKeyConstraint(["pair_id"], ["pairs.id"], name=op.f("fk_concerns_pair_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_concerns_person_id")),
        sa.ForeignKeyConstraint(["raised_by"], ["people.id"], name=op.f("fk_concerns_raised_by")),
        sa.ForeignKeyConstraint(["taken_by"], ["people.id"], name=op.f("fk_concerns_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concerns")),
    )
    op.create_index(
        "ix_concerns_open", "concerns", ["answer_by"], unique=False, postgresql_where=sa.text("state <> 'closed'")
    )
    rules()


# --- by hand ---
def rules() -> None:
    """Refuse to close a pair's record over an open concern.

    Whoever raises a concern waits for a close that is on its way, and the close counts what was raised meanwhile.
    """
    op.execute("""
    create function open_concern_of_a_pair() returns trigger language plpgsql as $$
    begin
      if new.state <> old.state and (
        new.state = 'closed' or (new.state = 'declined' and old.state in ('introduced', 'trial'))
      ) and exists (select from concerns where pair_id = new.id and state <> 'closed') then
        raise exception 'a concern is open' using errcode = '23514', constraint = 'open_concern';
      end if;
      return new;
    end $$
    """)
    op.execute("""
    create trigger open_concern before update of state on pairs
      for each row execute function open_concern_of_a_pair()
    """)
    op.execute("""
    create function concern_holds_its_pair() returns trigger language plpgsql as $$
    begin
      perform from pairs where id = new.pair_id for share;
      return new;
    end $$
    """)
    op.execute("""
    create trigger holds_its_pair before insert on concerns
      for each row execute function concern_holds_its_pair()
    """)
