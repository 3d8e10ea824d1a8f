"""What holds for one matching besides the people: its day, who is barred from whom, and the coordinator's hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Self

Bar = Literal["relation", "complaint", "ended_badly", "avoided", "never"]
BAR_CODES: tuple[Bar, ...] = ("relation", "complaint", "ended_badly", "avoided", "never")
NO_BARS: frozenset[tuple[str, str, Bar]] = frozenset()
NO_PAIRS: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """`on` is the day training must be valid; each pair names the participant first, then the mentor.

    `bars` are lasting facts about two people, `locks` and `forbids` the coordinator's changes to this round.
    """

    on: date
    bars: frozenset[tuple[str, str, Bar]] = NO_BARS
    locks: frozenset[tuple[str, str]] = NO_PAIRS
    forbids: frozenset[tuple[str, str]] = NO_PAIRS

    def __post_init__(self) -> None:
        """Refuse a bar of an unknown code, which would otherwise silently bar nobody."""
        unknown = {code for *_, code in self.bars} - set(BAR_CODES)
        if unknown:
            raise ValueError(unknown)

    def to_dict(self) -> dict[str, Any]:
        """Give a JSON-ready form."""
        pairs = {name: [list(pair) for pair in sorted(getattr(self, name))] for name in ("bars", "locks", "forbids")}
        return {"on": self.on.isoformat(), **pairs}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote."""
        pairs = {name: frozenset(tuple(pair) for pair in plain[name]) for name in ("bars", "locks", "forbids")}
        return cls(on=date.fromisoformat(plain["on"]), **pairs)
