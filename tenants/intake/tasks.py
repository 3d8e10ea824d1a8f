"""What intake does at its hour."""

from uuid import UUID

from tenants.intake import drafts, notices


def expire_draft(draft_id: str) -> None:
    """Delete a draft that nobody touched for seven days."""
    drafts.expire(UUID(draft_id))


def still_ownerless(request_id: str) -> None:
    """See whether somebody took a request within its first day."""
    notices.tell_again_while_ownerless(UUID(request_id))
