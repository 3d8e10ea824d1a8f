"""The index of what is due also tells what waits: since when, and how much on which queue, as the relay last saw it."""

from alembic import op

revision, down_revision = "0006_what_waits", "0005_access"


def upgrade() -> None:
    """Add both. `at` moves with every lease; `oldest` is the hour of the oldest row that nobody has finished."""
    op.execute("""
    alter table due add column oldest timestamptz, add column waiting jsonb not null default '{}';
    create index ix_due_oldest on due (least(at, oldest));
    """)
