"""What happens to communities."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class CommunityOpened:
    """A community was opened; nobody needs to be in it yet."""

    community_id: UUID


@dataclass(frozen=True)
class MembershipBegan:
    """Somebody holds a role in a community from a day on."""

    membership_id: UUID
    person_id: UUID
    community_id: UUID


@dataclass(frozen=True)
class MembershipEnded:
    """Somebody's role in a community has its last day."""

    membership_id: UUID
    person_id: UUID
    community_id: UUID
