"""What happens to requests for help."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class HelpRequestSubmitted:
    """Somebody asked for help, by themself or through a coordinator on the phone."""

    request_id: UUID
    person_id: UUID


@dataclass(frozen=True)
class HelpRequestAccepted:
    """A person became a participant of a community and waits for a mentor."""

    request_id: UUID
    person_id: UUID
    community_id: UUID


@dataclass(frozen=True)
class HelpRequestWaitlisted:
    """A person waits for a place in a community."""

    request_id: UUID
    person_id: UUID
    community_id: UUID


@dataclass(frozen=True)
class HelpRequestEnded:
    """A request was sent on, declined or withdrawn."""

    request_id: UUID
    person_id: UUID
