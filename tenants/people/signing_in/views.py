"""The pages at the door: ask for a link, use it or its code, the second factor, and out again."""

import hashlib
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, request, session, url_for
from flask_babel import gettext as _

from maagal import authenticator, scopes
from maagal.limits import limiter
from maagal.pages import done, invalid, page
from maagal.permissions import anyone, needs, viewer
from maagal.ways_back import local
from tenants.people.landing import landing
from tenants.people.models import Account, SignInToken
from tenants.people.signing_in import actions, doorway, queries, second_factor
from tenants.people.signing_in.forms import AskForm, CodeForm

bp = Blueprint("sign_in", __name__, url_prefix="/sign-in")
LINK = "/<string(length=43):token>"


def which_address() -> str:
    """Return the counting key of the address that a link is asked for: nobody's mailbox is flooded."""
    asked = request.form.get("address", "").strip().lower()
    return scopes.key("rate", "sign-in", hashlib.sha256(asked.encode()).hexdigest())


def which_account() -> str:
    """Return the counting key of whoever owes a second factor: six digits are not guessed in a night."""
    return scopes.key("rate", "second", str((session.get(doorway.PENDING) or [request.remote_addr])[0]))


@bp.get("")
@needs(anyone)
def ask() -> Response:
    """Ask where somebody can be reached."""
    looking = viewer()
    if looking is not None:
        return done(landing(looking))
    return page("sign_in/ask.html", form=AskForm(next=request.args.get("next", "")))


@bp.post("")
@limiter.limit("30 per minute")
@limiter.limit("5 per 15 minutes", key_func=which_address)
@needs(anyone)
def send() -> Response:
    """Have a link sent, if there is somebody to send it to."""
    form = AskForm()
    if not form.validate_on_submit():
        return invalid("sign_in/ask.html", form=form)
    session[doorway.ASKED] = str(actions.ask(form.address.data))
    session[doorway.NEXT] = local(form.next.data)
    return done(url_for(".code"))


@bp.get("/code")
@needs(anyone)
def code() -> Response:
    """Say that a mail is on its way, if we know the address, and ask for its code."""
    return page("sign_in/code.html", form=CodeForm())


@bp.post("/code")
@limiter.limit("30 per minute")
@needs(anyone)
def try_code() -> Response:
    """Use a code: right once, tried five times."""
    form, asked = CodeForm(), session.get(doorway.ASKED)
    if not form.validate_on_submit():
        return invalid("sign_in/code.html", form=form)
    account_id = actions.spend_code(UUID(asked), form.code.data) if asked else None
    if account_id is None:
        form.code.errors = [_("This code does not work. It may be too old; you can ask for a new one.")]
        return invalid("sign_in/code.html", form=form)
    return doorway.mailbox_shown(account_id)


@bp.get(LINK)
@needs(anyone)
def link(token: str) -> Response:
    """Show one button: mail scanners open links, people press buttons."""
    return page("sign_in/link.html", usable=_living(token) is not None, token=token)


@bp.post(LINK)
@limiter.limit("30 per minute")
@needs(anyone)
def use_link(token: str) -> Response:
    """Use a link, once."""
    found = _living(token)
    account_id = actions.spend(found.id) if found else None
    if account_id is None:
        return invalid("sign_in/link.html", usable=False, token=token)
    return doorway.mailbox_shown(account_id)


@bp.get("/who")
@needs(anyone)
def who() -> Response:
    """Ask which of the people who share a mailbox it is."""
    people = doorway.to_choose()
    return page("sign_in/who.html", people=people) if people else done(url_for(".ask"))


@bp.post("/who")
@limiter.limit("30 per minute")
@needs(anyone)
def choose() -> Response:
    """Let in as one of the people who share the mailbox that was shown."""
    asked = request.form.get("account", "")
    chosen = next((account for account, _person in doorway.to_choose() if str(account.id) == asked), None)
    return doorway.first_factor_shown(chosen) if chosen else done(url_for(".who"))


@bp.get("/second")
@needs(anyone)
def second() -> Response:
    """Ask for the code of the app."""
    if (account := doorway.waiting()) is None:
        return done(url_for(".ask"))
    if account.totp_confirmed_at is None:
        return done(url_for(".enrol"))
    return page("sign_in/second.html", form=CodeForm())


@bp.post("/second")
@limiter.limit("10 per 15 minutes", key_func=which_account)
@needs(anyone)
def try_second() -> Response:
    """Let in whoever shows the right code."""
    account, form = doorway.waiting(), CodeForm()
    if account is None:
        return done(url_for(".ask"))
    if not account.totp_confirmed_at:
        abort(404)
    if form.validate_on_submit() and second_factor.accept(account, form.code.data):
        return doorway.let_in(account, second_factor_shown=True)
    return invalid("sign_in/second.html", form=_refused(form))


@bp.get("/enrol")
@needs(anyone)
def enrol() -> Response:
    """Show the secret as a picture and as letters, and ask for a first code."""
    account = doorway.waiting()
    if account is None or account.totp_confirmed_at:
        return done(url_for(".ask"))
    return page("sign_in/enrol.html", form=CodeForm(), **_shown(account))


@bp.post("/enrol")
@limiter.limit("10 per 15 minutes", key_func=which_account)
@needs(anyone)
def confirm() -> Response:
    """Let in whoever shows that the app has the secret."""
    account, form = doorway.waiting(), CodeForm()
    if account is None or account.totp_confirmed_at:
        return done(url_for(".ask"))
    if form.validate_on_submit() and second_factor.confirm(account, form.code.data):
        return doorway.let_in(account, second_factor_shown=True)
    return invalid("sign_in/enrol.html", form=_refused(form), **_shown(account))


@bp.post("/out")
@needs(anyone)
def out() -> Response:
    """End the session."""
    doorway.leave()
    return done(url_for("people.home"), _("Signed out."))


def _living(token: str) -> SignInToken | None:
    return queries.living_token(actions.hashed(token))


def _refused(form: CodeForm) -> CodeForm:
    if not form.code.errors:
        form.code.errors = [_("This code is not right. Wait for the next one and try again.")]
    return form


def _shown(account: Account) -> dict[str, Any]:
    return in_two_shapes(account, second_factor.secret_of(account))


def in_two_shapes(account: Account, secret: str) -> dict[str, Any]:
    """Return a secret as a picture to scan and as letters to type."""
    picture = authenticator.picture(second_factor.address_of(account, secret))
    return {"picture": picture, "secret": authenticator.letters(secret)}
