"""What happens to meetings."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class SeriesChanged:
    """A pair has a weekly time, or another one than before."""

    series_id: UUID
    pair_id: UUID


@dataclass(frozen=True)
class MeetingMoved:
    """One meeting was given another time or place."""

    meeting_id: UUID
    pair_id: UUID


@dataclass(frozen=True)
class MeetingCancelled:
    """One meeting was called off by somebody."""

    meeting_id: UUID
    pair_id: UUID


@dataclass(frozen=True)
class MeetingsCalledOff:
    """What a pair that ends had planned was called off, but for a last meeting to say goodbye, if there is to be one."""

    pair_id: UUID
    meeting_id: UUID | None


@dataclass(frozen=True)
class MeetingHeld:
    """A meeting took place, as far as anybody said."""

    meeting_id: UUID
    pair_id: UUID


@dataclass(frozen=True)
class MeetingMissed:
    """The hour passed, and it did not take place."""

    meeting_id: UUID
    pair_id: UUID
