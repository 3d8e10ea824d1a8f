"""Signs of life of the parts of the house, as far as they are seen from here."""

from datetime import timedelta
from typing import NamedTuple

from flask_babel import gettext as _
from flask_babel import ngettext

from maagal import clock, migrate, progress
from maagal.config import settings
from maagal.console import queries

SLOW = timedelta(minutes=2)  # after which something that waits is a bad sign
SILENT = timedelta(minutes=3)  # the sweep rings every minute and touches somebody each time
DEAF = 15.0  # seconds in which the provisioner should have taken a wish


class Sign(NamedTuple):
    """A part of the house, whether it seems well, and what was seen."""

    part: str
    well: bool
    said: str


def queue_lengths() -> dict[str, int] | None:
    """Return how many messages lie in each of Celery's queues; None while Valkey is away."""
    return progress.messages(settings().redis_url)


def signs_of_life() -> list[Sign]:
    """Return a sign of every part: the database, Valkey, the provisioner, relay and workers, the scheduler, the schemas."""
    lengths = queue_lengths()
    away = _("It does not answer. Nothing is lost: work waits in the database.")
    return [
        Sign(_("Database"), well=True, said=_("It answers.")),
        Sign(_("Valkey"), well=lengths is not None, said=away if lengths is None else _("It answers.")),
        _provisioner(),
        _relay(),
        _scheduler(),
        _revisions(),
    ]


def _provisioner() -> Sign:
    number, seconds = queries.waiting_wishes()
    said = ngettext("One wish waits.", "%(num)s wishes wait.", number) if number else _("Nothing waits.")
    return Sign(_("Provisioner"), seconds < DEAF, said)


def _relay() -> Sign:
    late, number = queries.overdue(clock.now() - SLOW)
    said = ngettext("One organisation is late.", "%(num)s organisations are late.", number) if late else _("Nobody is late.")
    return Sign(_("Relay and workers"), not late, said)


def _scheduler() -> Sign:
    last = queries.last_sweep()
    if last is None:
        return Sign(_("Scheduler"), well=False, said=_("It has not rung yet."))
    rings = last > clock.now() - SILENT
    return Sign(_("Scheduler"), rings, _("It has rung.") if rings else _("It has been silent for minutes."))


def _revisions() -> Sign:
    behind = sum(row.number for row in queries.revisions() if row.revision in migrate.earlier("tenant"))
    said = ngettext("One organisation is behind.", "%(num)s organisations are behind.", behind)
    return Sign(_("Schemas"), not behind, said if behind else _("Everybody is at the newest revision."))
