"""An operator gives an organisation a host of its own."""

from alembic import op

revision, down_revision = "0007_own_hosts", "0006_what_waits"


def upgrade() -> None:
    """Let the console's login write that one column more."""
    op.execute("grant update (host) on tenants to maagal_operator")
