"""The ledger of upgrades is asked for each tenant's last line."""

from alembic import op

revision, down_revision = "0002_ledger_of_upgrades", "0001_tenants_and_what_is_due"


def upgrade() -> None:
    """Index it so."""
    op.execute("create index ix_upgrades_schema on upgrades (schema_name, id)")
