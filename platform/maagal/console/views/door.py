"""Coming in at the console: password, then the app's code; an invitation's link; and out again."""

import hashlib
from typing import Any
from uuid import UUID

from flask import Response, request, session, url_for
from flask_babel import gettext as _

from maagal import authenticator, clock, scopes
from maagal.addresses import CONSOLE, PATH
from maagal.console import door, vault
from maagal.console.forms import CodeForm, EnrolForm, SignInForm
from maagal.console.journal import record
from maagal.console.models import Operator
from maagal.console.viewer import SESSION, waived
from maagal.console.views.blueprint import bp
from maagal.limits import limiter
from maagal.pages import done, invalid, page
from maagal.permissions import anyone, needs, viewer

PENDING, NEXT = "second_factor", "next"
PATIENCE = 600  # seconds in which the second factor must be shown
LINK = "/enrol/<string(length=43):token>"
SIGN_IN, SECOND, ENROL = "console/sign_in.html", "console/second.html", "console/enrol.html"


def which_address() -> str:
    """Return the counting key of the address that somebody signs in as."""
    asked = request.form.get("email", "").strip().lower()
    return scopes.key("rate", "operator", hashlib.sha256(asked.encode()).hexdigest(), scope=scopes.CONTROL)


@bp.get("/sign-in")
@needs(anyone)
def sign_in() -> Response:
    """Ask who somebody is."""
    if viewer():
        return done(url_for(".index"))
    return page(SIGN_IN, form=SignInForm(formdata=None, next=request.args.get("next", "")), waived=waived())


@bp.post("/sign-in")
@limiter.limit("30 per minute")
@limiter.limit("20 per 15 minutes", key_func=which_address)
@needs(anyone)
def try_password() -> Response:
    """Go on to the second factor with the right password."""
    form = SignInForm()
    if not form.validate_on_submit():
        return invalid(SIGN_IN, form=form, waived=waived())
    operator_id = door.check_password(form.email.data, form.password.data)
    if operator_id is None:
        form.password.errors = [_("The address or the password is not right, or it was tried too often. Wait a little.")]
        return invalid(SIGN_IN, form=form, waived=waived())
    session.clear()
    session[NEXT], session[PENDING] = form.next.data, [str(operator_id), clock.now().timestamp() + PATIENCE]
    return done(url_for(".second"))


@bp.get("/second")
@needs(anyone)
def second() -> Response:
    """Ask for the code of the app."""
    if _waiting() is None:
        return done(url_for(".sign_in"))
    return page(SECOND, form=CodeForm(formdata=None))


@bp.post("/second")
@limiter.limit("30 per minute")
@needs(anyone)
def try_code() -> Response:
    """Let in whoever shows the right code."""
    operator_id, form = _waiting(), CodeForm()
    if operator_id is None:
        return done(url_for(".sign_in"))
    if form.validate_on_submit() and door.check_code(operator_id, form.code.data):
        return let_in(operator_id)
    return invalid(SECOND, form=_refused(form))


@bp.get(LINK)
@needs(anyone)
def enrol(token: str) -> Response:
    """Show the secret as a picture and as letters, and ask for a password and a first code."""
    return page(ENROL, form=EnrolForm(formdata=None), **_shown(door.living_link(token)))


@bp.post(LINK)
@limiter.limit("30 per minute")
@needs(anyone)
def confirm(token: str) -> Response:
    """Spend the link, and let its operator in."""
    operator, form = door.living_link(token), EnrolForm()
    if operator is None:
        return invalid(ENROL, form=form, **_shown(None))
    if form.validate_on_submit() and door.enrol(operator, form.password.data, form.code.data):
        return let_in(operator.id)
    return invalid(ENROL, form=_refused(form), **_shown(operator))


@bp.post("/out")
@needs(anyone)
def sign_out() -> Response:
    """End the session."""
    if looking := viewer():
        record(looking.person_id, "signed_out")
        door.end_session(UUID(session[SESSION]))
    session.clear()
    return done(url_for(".sign_in"), _("Signed out."))


def let_in(operator_id: UUID) -> Response:
    """Begin a session, with nothing in the cookie from before but the page somebody came for."""
    wanted = session.get(NEXT) or ""
    session.clear()
    session[SESSION] = str(door.open_session(operator_id, request.user_agent.string))
    local = wanted.startswith(f"{PATH}/") and wanted.isprintable() and "\\" not in wanted
    return done(wanted if local else url_for(f"{CONSOLE}.index"))


def _waiting() -> UUID | None:
    """Return the operator who owes the second factor; None when nobody does or it took too long."""
    operator_id, until = session.get(PENDING) or ("", 0.0)
    return UUID(operator_id) if until > clock.now().timestamp() else None


def _refused(form: CodeForm) -> CodeForm:
    if not form.errors:
        form.code.errors = [_("This code is not right. Wait for the next one and try again.")]
    return form


def _shown(operator: Operator | None) -> dict[str, Any]:
    if operator is None:
        return {"usable": False}
    secret = vault.unseal(operator.totp, operator.id)
    picture = authenticator.picture(authenticator.address(secret, operator.email, "Maagal"))
    return {"usable": True, "email": operator.email, "picture": picture, "secret": authenticator.letters(secret)}
