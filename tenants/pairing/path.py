"""The path of a pair: from which state one may come into which (DOMAIN, "Pairing")."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

NEXT: Mapping[str, frozenset[str]] = MappingProxyType({
    "suggested": frozenset({"offered"}),
    "offered": frozenset({"introduced", "declined"}),
    "introduced": frozenset({"trial", "declined"}),
    "trial": frozenset({"active", "declined"}),
    "active": frozenset({"paused", "closing"}),
    "paused": frozenset({"active", "closing"}),
    "closing": frozenset({"closed"}),
    "closed": frozenset(),
    "declined": frozenset(),
})  # fmt: skip
CLOSE_REASONS = (
    "goals_met", "needs_changed", "moved", "time", "health", "mismatch", "no_contact", "safety", "employer_change",
    "conflict_of_interest", "death", "other",
)  # fmt: skip
WITHOUT_FAREWELL = frozenset({"no_contact", "safety", "employer_change", "conflict_of_interest", "death"})
"""Reasons after which the two do not meet once more to say goodbye."""
INITIATORS = ("participant", "mentor", "coordinator", "system")
DECLINE_REASONS = ("no_time", "not_a_fit", "acquainted", "other")
PAUSE_REASONS = ("illness", "reserve_duty", "holidays", "travel", "other")
WAYS_TOLD = ("phone", "in_person", "message", "other")  # how somebody without a sign-in lets a coordinator know
LIFTABLE = ("never", "relation")  # what coordinators said themselves, and may take back
LASTING = {"not_a_fit": "avoid", "acquainted": "relation", "mismatch": "ended_badly", "safety": "ended_badly"}
"""What a reason says about the two for good: the code of a `Never`."""


class NotNow(ValueError):
    """The pair is not in a state from which this may be done; the first argument is its state, or "expired"."""


class Unfounded(ValueError):
    """The reason or initiator is none that we know, or the approval of the summary is missing."""


def must_know(code: str, known: Collection[str]) -> None:
    """Raise Unfounded for a code that is none of those known."""
    if code not in known:
        raise Unfounded(code)
