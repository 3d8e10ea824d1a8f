"""In the house: who asks for a new second step, confirming with one's own, refusing."""

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from maagal import scopes
from maagal.limits import limiter
from maagal.pages import done, invalid, page, stale
from maagal.permissions import me, needs, viewer
from tenants.people.models import Account
from tenants.people.queries import account_of
from tenants.people.renewing import actions, labels, policy, queries, shown
from tenants.people.renewing.forms import SureForm, SureWithCodeForm
from tenants.people.renewing.models import Renewal
from tenants.people.signing_in import second_factor

bp = Blueprint("renewals", __name__, url_prefix="/second-steps")
INDEX, SHOW = "renewals/index.html", "renewals/show.html"


def whose_code() -> str:
    """Return the counting key of whoever shows a code: six digits are not guessed in a night."""
    looking = viewer()
    return scopes.key("rate", "sure", str(looking.person_id if looking else request.remote_addr))


@bp.get("")
@needs(policy.browse)
def index() -> Response:
    """List who asks, and who asked."""
    looking: Any = viewer()
    waiting = [line for line in queries.open_lines() if policy.see(looking, line)]
    past = [line for line in queries.past_lines() if policy.see(looking, line)]
    return page(INDEX, waiting=waiting, past=past, labels=labels, state_of=queries.state_of)


@bp.get("/<uuid:renewal_id>")
@needs(policy.see, queries.by_id, reads="renewal")
def show(renewal: Renewal) -> Response:
    """Show who asks, who said what, and what there is to do."""
    return page(SHOW, form=_blank(), **shown.in_the_house(renewal, me()))


@bp.post("/<uuid:renewal_id>/voices")
@limiter.limit("10 per 15 minutes", key_func=whose_code)
@needs(policy.confirm, queries.by_id)
def confirm(renewal: Renewal) -> Response:
    """Say that one made sure, with a code of one's own app."""
    account = account_of(me())
    form = _form_for(account)()
    if not form.validate_on_submit():
        return invalid(SHOW, form=form, **shown.in_the_house(renewal, me()))
    if account and isinstance(form, SureWithCodeForm) and not second_factor.accept(account, form.code.data):
        form.code.errors = [_("This code is not right. Wait for the next one and try again.")]
        return invalid(SHOW, form=form, **shown.in_the_house(renewal, me()))
    try:
        actions.confirm(renewal.id, me(), form.how.data)
    except actions.NotNow:
        return stale(SHOW, form=form, late=True, **shown.in_the_house(renewal, me()))
    return done(url_for(".show", renewal_id=renewal.id), _("You confirmed it."))


@bp.post("/<uuid:renewal_id>/refusal")
@needs(policy.refuse, queries.by_id)
def refuse(renewal: Renewal) -> Response:
    """End it."""
    try:
        actions.refuse(renewal.id, me())
    except actions.NotNow:
        return stale(SHOW, form=_blank(), late=True, **shown.in_the_house(renewal, me()))
    return done(url_for(".show", renewal_id=renewal.id), _("It was refused. Nothing has changed."))


def _blank() -> SureForm:
    return _form_for(account_of(me()))(formdata=None)


def _form_for(account: Account | None) -> type[SureForm]:
    """Ask for a code wherever the reader has an app: everywhere but on a demonstration of this machine."""
    return SureWithCodeForm if account and account.totp_confirmed_at else SureForm
