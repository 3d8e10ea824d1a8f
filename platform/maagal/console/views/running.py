"""How the house runs: queues, upgrades, health, and what operators did."""

from typing import Any

from flask import Response, url_for

from maagal import clock, migrate
from maagal.console import labels, policy, queries, signs
from maagal.console.views.blueprint import bp, page_asked
from maagal.pages import page
from maagal.permissions import needs


@bp.get("/queues")
@needs(policy.watch)
def queues() -> Response:
    """Show what waits: in Valkey, in organisations that are late, and what was given up."""
    late, number = queries.overdue(clock.now())
    told: dict[str, Any] = {"late": late, "number": number, "failures": queries.with_failures()}
    return page("console/queues.html", queues=signs.queue_lengths(), **told)


@bp.get("/upgrades")
@needs(policy.watch)
def upgrades() -> Response:
    """Show who is at which revision, who is behind, and the ledger."""
    head = migrate.head("tenant")
    told: dict[str, Any] = {"revisions": queries.revisions(), "behind": queries.behind(head), "ledger": queries.last_upgrades()}
    return page("console/upgrades.html", head=head, **told)


@bp.get("/health")
@needs(policy.watch)
def health() -> Response:
    """Show whether each part of the house gives a sign of life."""
    return page("console/health.html", signs=signs.signs_of_life())


@bp.get("/journal")
@needs(policy.watch)
def journal() -> Response:
    """Show what operators did, the newest first."""
    at = page_asked()
    found, number = queries.operations(at)
    told: dict[str, Any] = {"found": found, "at": at, "pages": -(-number // queries.PAGE), "labels": labels}
    return page("console/journal.html", page_url=lambda number: url_for("console.journal", page=number), **told)
