"""Who has a dashboard."""

from collections.abc import Iterator
from typing import Any

from maagal.permissions import rule


@rule("dashboard", "R")
def look(_viewer: Any) -> Iterator[str]:
    """Coordinators, each their own communities."""
    yield "any"
