"""The path of a request: which state may follow which, and from when on it waits too long."""

from collections.abc import Mapping
from datetime import timedelta

# DOMAIN, "The participant's way", 2. Whoever asked may change their mind before anybody spoke with them, and whoever
# waits may yet be accepted, sent on or turned away.
DECISIONS = frozenset({"accepted", "waitlisted", "referred_out", "declined", "withdrawn"})
FOLLOWS: Mapping[str, frozenset[str]] = {
    "new": frozenset({"in_conversation", "withdrawn"}),
    "in_conversation": DECISIONS,
    "waitlisted": DECISIONS - {"waitlisted"},
    "accepted": frozenset(),
    "referred_out": frozenset(),
    "declined": frozenset(),
    "withdrawn": frozenset(),
}
CLOSED = ("accepted", "referred_out", "declined", "withdrawn")

URGENCIES = ("normal", "soon", "danger")
RISKS = (0, 1, 2, 3)
REASONS = {
    "referred_out": ("other_service", "professional_treatment", "authority", "other"),
    "declined": ("out_of_scope", "not_reached", "outside_area", "other"),
}

OWNERLESS = timedelta(hours=24)  # nobody took it
UNANSWERED = timedelta(days=3)  # taken, but nobody has spoken with the person
UNDECIDED = timedelta(days=14)  # spoken with, but nothing was decided


class NotFrom(ValueError):
    """The state asked for does not follow the one that stands."""


def check(now: str, wanted: str) -> None:
    """Raise NotFrom unless a state may follow another."""
    if wanted not in FOLLOWS[now]:
        message = f"{wanted} does not follow {now}"
        raise NotFrom(message)
