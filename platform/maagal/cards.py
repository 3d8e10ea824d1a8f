"""What capabilities put into the slots of lower pages: a card to act on, an entry of a timeline."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Tone = Literal["calm", "warn", "grave"]


@dataclass(frozen=True)
class Card:
    """Something to look at: lower `rank` comes first, then the older `at`."""

    rank: int
    title: str
    text: str
    url: str
    icon: str
    tone: Tone = "calm"
    at: datetime | None = None


@dataclass(frozen=True)
class Entry:
    """Something that happened to a pair, as one reader may see it."""

    at: datetime
    title: str
    text: str
    icon: str
    url: str | None = None


def in_order(cards: list[Card]) -> list[Card]:
    """Return cards as they are shown: by rank, the longest waiting first."""
    return sorted(cards, key=lambda card: (card.rank, card.at is None, card.at.timestamp() if card.at else 0.0))
