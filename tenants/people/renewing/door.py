"""At the door: saying that the second step is lost, seeing how far it is, and setting up a new one by the link."""

from typing import Any

from flask import Blueprint, Response, abort, request, session, url_for
from flask_babel import gettext as _

from maagal import scopes
from maagal.limits import limiter
from maagal.pages import done, invalid, page
from maagal.permissions import anyone, needs
from tenants.people.models import Account
from tenants.people.queries import account_of
from tenants.people.renewing import actions, queries, shown
from tenants.people.renewing.forms import LostForm
from tenants.people.renewing.models import Renewal
from tenants.people.signing_in import doorway
from tenants.people.signing_in.actions import hashed
from tenants.people.signing_in.forms import CodeForm
from tenants.people.signing_in.views import in_two_shapes

bp = Blueprint("lost", __name__, url_prefix="/sign-in")
LINK = "/new-step/<string(length=43):token>"
LOST, NEW = "sign_in/lost.html", "sign_in/new_step.html"


def whose_door() -> str:
    """Return the counting key of whoever owes a second step."""
    return scopes.key("rate", "lost", str((session.get(doorway.PENDING) or [request.remote_addr])[0]))


@bp.get("/lost")
@needs(anyone)
def show() -> Response:
    """Ask what happened, or show how far it is."""
    account = _at_the_door()
    if account is None:
        return done(url_for("sign_in.ask"))
    return page(LOST, form=LostForm(formdata=None), **shown.at_the_door(_last_of_today(account)))


@bp.post("/lost")
@limiter.limit("10 per 15 minutes", key_func=whose_door)
@needs(anyone)
def ask() -> Response:
    """Ask two others."""
    account, form = _at_the_door(), LostForm()
    if account is None:
        return done(url_for("sign_in.ask"))
    if not form.validate_on_submit():
        return invalid(LOST, form=form, **shown.at_the_door(queries.open_of(account.person_id)))
    actions.ask(account.person_id, form.why.data)
    return done(url_for(".show"))


@bp.post("/lost/withdrawal")
@limiter.limit("10 per 15 minutes", key_func=whose_door)
@needs(anyone)
def withdraw() -> Response:
    """Take it back: the phone was found, or somebody else asked in one's name."""
    account = _at_the_door()
    renewal = queries.open_of(account.person_id) if account else None
    if renewal is None:
        return done(url_for("sign_in.ask") if account is None else url_for(".show"))
    actions.refuse(renewal.id, renewal.person_id)
    return done(url_for("sign_in.second"), _("It was taken back. Nothing has changed."))


@bp.get(LINK)
@needs(anyone)
def link(token: str) -> Response:
    """Show one button: mail scanners open links, people press buttons."""
    return page(NEW, usable=_living(token) is not None, token=token)


@bp.post(LINK)
@limiter.limit("30 per minute")
@needs(anyone)
def begin(token: str) -> Response:
    """Make the new secret, and show it once the button was pressed."""
    renewal, account = _theirs(token)
    if renewal is None or account is None:
        return invalid(NEW, usable=False, token=token)
    actions.prepare(renewal)
    return page(NEW, usable=True, token=token, form=CodeForm(formdata=None), **_shown(renewal, account))


@bp.post(f"{LINK}/code")
@limiter.limit("20 per 15 minutes")
@needs(anyone)
def confirm(token: str) -> Response:
    """Put the new step in the place of the lost one, and let its owner in."""
    (renewal, account), form = _theirs(token), CodeForm()
    if renewal is None or account is None:
        return invalid(NEW, usable=False, token=token)
    if renewal.totp is None:  # the button was passed by
        abort(404)
    if form.validate_on_submit() and actions.complete(renewal, account, form.code.data):
        return doorway.let_in(account, second_factor_shown=True)
    form.code.errors = form.code.errors or [_("This code is not right. Wait for the next one and try again.")]
    return invalid(NEW, usable=True, token=token, form=form, **_shown(renewal, account))


def _at_the_door() -> Account | None:
    """Return who showed their mailbox and has a second step that could be lost."""
    account = doorway.waiting()
    return account if account and account.totp_confirmed_at else None


def _last_of_today(account: Account) -> Renewal | None:
    """Return what is open; else what ended last, so that a refusal is seen once before another is asked for."""
    return queries.open_of(account.person_id) or queries.last_of(account.person_id)


def _living(token: str) -> Renewal | None:
    return queries.by_link(hashed(token))


def _theirs(token: str) -> tuple[Renewal | None, Account | None]:
    """Return the renewal of a link that can be used, and its owner's account."""
    renewal = _living(token)
    return renewal, account_of(renewal.person_id) if renewal else None


def _shown(renewal: Renewal, account: Account) -> dict[str, Any]:
    return in_two_shapes(account, actions.secret_of(renewal))
