"""One's own request: in which state it is, in kind words, and a way to take it back. No role is needed for that."""

from typing import Any

from flask import abort, url_for
from flask_babel import gettext as _

from maagal.pages import done, page
from maagal.permissions import needs, signed_in, viewer
from tenants.intake import actions, labels, queries, states
from tenants.intake.models import HelpRequest
from tenants.intake.views.blueprint import bp


@bp.get("/my-request")
@needs(signed_in)
def mine() -> Any:
    """Show the reader's newest request."""
    newest = _newest()
    may_withdraw = newest is not None and "withdrawn" in states.FOLLOWS[newest.state]
    where = queries.position(newest) if newest else None
    return page("intake/mine.html", found=newest, position=where, may_withdraw=may_withdraw, labels=labels)


@bp.post("/my-request/withdrawal")
@needs(signed_in)
def withdraw_mine() -> Any:
    """Let the reader take the newest request back; the second time is a no-op."""
    newest = _newest()
    if newest is None:
        abort(404)
    if "withdrawn" in states.FOLLOWS[newest.state]:
        actions.withdraw(newest, newest.person_id)
    return done(url_for(".mine"), _("Your request is withdrawn. You can ask again at any time."))


def _newest() -> HelpRequest | None:
    looking: Any = viewer()
    return next(iter(queries.of_person(looking.person_id)), None)
