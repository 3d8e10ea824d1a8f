"""Signs of life of Celery's two programs, for a health check: their main loops turn.

What a worker's children do is another matter: whether work that is due gets done is seen in PostgreSQL.
"""

from collections.abc import Callable
from typing import Any

from celery import Celery, bootsteps
from celery.signals import beat_init

from maagal.alive import breathe

EVERY = 5.0  # seconds


class Breathing(bootsteps.StartStopStep):  # type: ignore[misc]  # Celery carries no types
    """Breathes by the timer of a worker's main loop."""

    requires = frozenset({"celery.worker.components:Timer"})

    def start(self, parent: Any) -> None:
        """Begin."""
        parent.timer.call_repeatedly(EVERY, breathe)


def init_breathing(celery: Celery) -> None:
    """Let workers and beat breathe."""
    celery.steps["worker"].add(Breathing)
    beat_init.connect(_breathe_at_every_tick, weak=False)


def _breathe_at_every_tick(sender: Any, **_more: Any) -> None:
    tick: Callable[..., float] = sender.scheduler.tick

    def breathing(*arguments: Any, **more: Any) -> float:
        breathe()
        return tick(*arguments, **more)

    sender.scheduler.tick = breathing
