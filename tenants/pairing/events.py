"""What happens to rounds and pairs."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class RoundPublished:
    """A coordinator sent the offers of a round."""

    round_id: UUID


@dataclass(frozen=True)
class OfferMade:
    """A mentor's seat is held, and the mentor is asked."""

    pair_id: UUID


@dataclass(frozen=True)
class MentorAccepted:
    """The mentor said yes; now the participant is asked."""

    pair_id: UUID


@dataclass(frozen=True)
class OfferDeclined:
    """One of the two said no, or a coordinator took the offer back; the seat is free and the participant waits again."""

    pair_id: UUID


@dataclass(frozen=True)
class OfferExpired:
    """Nobody answered in time; the seat is free and the participant waits again."""

    pair_id: UUID


@dataclass(frozen=True)
class PairIntroduced:
    """Both said yes: they may know each other's names."""

    pair_id: UUID


@dataclass(frozen=True)
class TrialStarted:
    """The getting-to-know period began; the mentor reads what belongs to the pair."""

    pair_id: UUID


@dataclass(frozen=True)
class PairActivated:
    """Getting to know went well: the mentoring goes on."""

    pair_id: UUID


@dataclass(frozen=True)
class PairPaused:
    """The mentoring rests; alerts are silent."""

    pair_id: UUID


@dataclass(frozen=True)
class PairResumed:
    """The mentoring goes on after a pause."""

    pair_id: UUID


@dataclass(frozen=True)
class PairClosing:
    """Somebody began the farewell."""

    pair_id: UUID


@dataclass(frozen=True)
class PairClosed:
    """The mentoring ended, also one that ended before it was active; the seat is free."""

    pair_id: UUID


@dataclass(frozen=True)
class PairStopped:
    """The mentor's access ended at once; the seat stays held until the pair is closed."""

    pair_id: UUID


@dataclass(frozen=True)
class PairLetBack:
    """A stopped mentor's access was given back."""

    pair_id: UUID


@dataclass(frozen=True)
class PairLeft:
    """One of the two is no mentor or participant of the community any more; the farewell began, or the pair ended."""

    pair_id: UUID
    person_id: UUID
