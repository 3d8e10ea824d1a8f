"""What happens to offers by themselves: a reminder the day before the end, and the end."""

from uuid import UUID

from tenants.notifications.actions import tell
from tenants.pairing import actions, queries


def expire(pair_id: str) -> None:
    """End an offer whose time is over."""
    if (pair := queries.by_id(UUID(pair_id))) is not None:
        actions.expire(pair)


def remind(pair_id: str) -> None:
    """Remind whoever is asked just now that an offer waits for an answer."""
    pair = queries.by_id(UUID(pair_id))
    if pair is None or pair.state != "offered" or pair.stopped_at is not None or actions.is_over(pair):
        return
    asked = pair.participant_id if pair.mentor_said_yes_at else pair.mentor_id
    tell(asked, "pairing/reminder", once=f"reminder-{pair.id}-{asked}", pair_id=pair.id)
