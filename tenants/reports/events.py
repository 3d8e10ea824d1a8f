"""What happens to reports."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class ReportMade:
    """A month was counted and frozen, for the first time or again as a correction."""

    report_id: UUID
