"""The tables of reports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision, down_revision = "0010_reports", "0009_safeguarding"


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "published_figures",
        sa.Column("quarter", sa.Date(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_figures")),
    )
    op.create_index("uq_published_once", "published_figures", ["quarter", "code"], unique=True)
    op.create_table(
        "reports",
        sa.Column("community_id", sa.Uuid(), nullable=True),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("snapshot", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("extract(day from period) = 1", name=op.f("ck_reports_first_of_month")),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_reports_community_id")),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_reports_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    op.create_index(
        "uq_reports_one",
        "reports",
        ["period", "kind", "community_id", "revision"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    rules()


# --- by hand ---
def rules() -> None:
    """The sponsor's role reads published figures and nothing else; a published figure is never changed."""
    op.execute("""
    do $$ begin
      execute format('grant select on published_figures to %I', current_schema() || '_sponsor');
      execute format('revoke update, delete on published_figures from %I', current_schema());
    end $$
    """)
