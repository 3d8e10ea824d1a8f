"""Who may at the console: an operator, and nobody else."""

from collections.abc import Iterable
from typing import Any

from maagal.permissions import rule


@rule("organisations", "R")
def see(_viewer: Any, *_things: Any) -> Iterable[str]:
    """Operators see which organisations there are and how much there is of things in them, and nothing they wrote."""
    return ()


@rule("organisations", "A")
def manage(_viewer: Any, *_things: Any) -> Iterable[str]:
    """Operators open, suspend and resume organisations, and set their limits and capabilities."""
    return ()


@rule("operation", "R")
def watch(_viewer: Any, *_things: Any) -> Iterable[str]:
    """Operators see how the house runs, and what each of them did."""
    return ()


@rule("operation", "A")
def mend(_viewer: Any, *_things: Any) -> Iterable[str]:
    """Operators have failed work tried again, by the organisation's own worker."""
    return ()
