"""Who reads reports, and who has one made."""

from collections.abc import Iterator
from typing import Any

from maagal.permissions import rule


@rule("report", "R")
def see(viewer: Any, report: Any = None) -> Iterator[str]:
    """Coordinators read their own community's reports; administration reads the whole organisation's."""
    if report is None or report.community_id is None:
        yield "aggregate"
    if viewer.communities("coordinator") if report is None else viewer.coordinates(report.community_id):
        yield "community"


@rule("report", "A")
def make(viewer: Any, report: Any = None) -> Iterator[str]:
    """Coordinators have the reports of their own community made and corrected."""
    if viewer.communities("coordinator") if report is None else viewer.coordinates(report.community_id):
        yield "community"


@rule("published_report", "R")
def published(_viewer: Any) -> Iterator[str]:
    """Funders and employers read the figures that were published for each quarter, and nothing else."""
    yield "any"
