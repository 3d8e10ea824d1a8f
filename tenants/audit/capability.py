"""What the audit brings: a recorder for guarded reads, and the chaining of rows."""

from maagal.capability import Capability
from tenants.audit import actions

capability = Capability(name="audit", jobs={actions.CHAIN: actions.chain}, hooks={"record_read": actions.record_read})
