"""Who hears of a request: while it belongs to no community, every coordinator of the tenant."""

from uuid import UUID

from tenants.communities.events import MembershipEnded
from tenants.communities.queries import coordinator_ids
from tenants.intake import queries
from tenants.intake.events import HelpRequestSubmitted
from tenants.intake.models import HelpRequest
from tenants.notifications.actions import tell


def tell_coordinators(happened: HelpRequestSubmitted) -> None:
    """Tell every coordinator of a new request, at once when somebody is in danger; whoever wrote it down knows."""
    found = queries.by_id(happened.request_id)
    if found is not None:
        _tell(found, "intake/new_request", urgent=found.urgency == "danger")


def tell_again_while_ownerless(request_id: UUID) -> None:
    """Tell every coordinator again when nobody has taken a request for a day."""
    found = queries.by_id(request_id)
    if found is not None and queries.owner_today(found) is None and found.state in ("new", "in_conversation"):
        _tell(found, "intake/ownerless", urgent=True)


def tell_what_was_left_behind(happened: MembershipEnded) -> None:
    """Tell every coordinator of the requests that nobody looks after since somebody stopped being a coordinator."""
    for found in queries.left_behind_by(happened.person_id):
        _tell(found, "intake/ownerless", urgent=True, once=f"{found.id}:{happened.membership_id}")


def _tell(found: HelpRequest, kind: str, *, urgent: bool, once: str = "") -> None:
    for person_id in coordinator_ids():
        if person_id not in (found.owner_id, found.person_id):
            tell(person_id, kind, once=once or str(found.id), urgent=urgent, request_id=found.id)
