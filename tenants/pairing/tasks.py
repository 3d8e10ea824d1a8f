"""What happens to offers and pairs by themselves: a reminder the day before an offer's end, the end, and a role's last day."""

from uuid import UUID

from tenants.communities.events import MembershipEnded
from tenants.notifications.actions import tell
from tenants.pairing import offers, queries, reactions


def expire(pair_id: str) -> None:
    """End an offer whose time is over."""
    if (pair := queries.by_id(UUID(pair_id))) is not None:
        offers.expire(pair)


def remind(pair_id: str) -> None:
    """Remind whoever is asked just now that an offer waits for an answer."""
    pair = queries.by_id(UUID(pair_id))
    if pair is None or not offers.is_open(pair):
        return
    asked = pair.participant_id if pair.mentor_said_yes_at else pair.mentor_id
    tell(asked, "pairing/reminder", once=f"reminder-{pair.id}-{asked}", pair_id=pair.id)


def role_ends(membership_id: str, person_id: str, community_id: str) -> None:
    """See to the pairs of somebody whose role in a community ended last night."""
    reactions.let_go(MembershipEnded(UUID(membership_id), UUID(person_id), UUID(community_id)))
