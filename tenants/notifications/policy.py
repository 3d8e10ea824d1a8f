"""Who may see and change notices: whoever they are for."""

from collections.abc import Iterator

from maagal.permissions import rule
from tenants.notifications.models import Notice
from tenants.people.viewer import Viewer


@rule("profile", "R")
def look(viewer: Viewer, notice: Notice | None = None) -> Iterator[str]:
    """Everybody sees their own notices."""
    if notice is None or notice.person_id == viewer.person_id:
        yield "own"


@rule("profile", "W")
def change(viewer: Viewer, notice: Notice | None = None) -> Iterator[str]:
    """Everybody marks their own notices and says what they want by mail."""
    if notice is None or notice.person_id == viewer.person_id:
        yield "own"
