"""The sweep looks at whoever did something since it was last looked at."""

from alembic import op

revision, down_revision = "0008_sweeps", "0007_own_hosts"


def upgrade() -> None:
    """Let a tenant's row say until when it wants to be looked at, and find those rows without reading the others."""
    op.execute("""
    alter table sweeps add column wanted_at timestamptz not null default now();
    insert into sweeps (tenant_id, swept_at)
    select id, '-infinity' from tenants where state <> 'erased' on conflict do nothing;
    create index ix_sweeps_swept on sweeps (swept_at);
    create index ix_sweeps_wanted on sweeps (swept_at) where swept_at < wanted_at;
    """)
