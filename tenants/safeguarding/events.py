"""What happens to concerns."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class ConcernRaised:
    """Somebody fears for somebody's safety."""

    concern_id: UUID


@dataclass(frozen=True)
class ConcernTaken:
    """A coordinator answers for it from now on."""

    concern_id: UUID


@dataclass(frozen=True)
class ConcernClosed:
    """What was done is written down, and the concern is over."""

    concern_id: UUID
