"""What happens to people as members of the organisation."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class PersonJoined:
    """Somebody came in from a coordinator's sheet and holds a role in a community from that day on."""

    person_id: UUID
    community_id: UUID
    role: str


@dataclass(frozen=True)
class WelcomeWished:
    """Whoever brought somebody in from a sheet wants them to hear of it."""

    person_id: UUID
    import_id: UUID


@dataclass(frozen=True)
class RosterTakenOver:
    """Every good row of a sheet has come in."""

    import_id: UUID


@dataclass(frozen=True)
class RosterWithdrawn:
    """A sheet is being taken back: whatever was made of it by itself is to go, so that its people can."""

    import_id: UUID


@dataclass(frozen=True)
class RenewalAsked:
    """Somebody lost their second step and asks for a new one."""

    renewal_id: UUID


@dataclass(frozen=True)
class RenewalAgreed:
    """Two others made sure of them; the waiting has begun."""

    renewal_id: UUID


@dataclass(frozen=True)
class RenewalRefused:
    """Somebody refused, or whoever asked took it back."""

    renewal_id: UUID


@dataclass(frozen=True)
class RenewalDone:
    """A new second step stands in the place of the lost one."""

    renewal_id: UUID


@dataclass(frozen=True)
class SecondStepSet:
    """Somebody confirmed a second step for the first time: from now on they come in by it."""

    person_id: UUID
