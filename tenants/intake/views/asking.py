"""Asking for help without an account: three short steps over a draft that survives, and a link back to it."""

from typing import Any

from flask import redirect, request, session, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import validate_csrf
from werkzeug.datastructures import MultiDict
from wtforms import ValidationError

from maagal.i18n import language
from maagal.limits import limiter
from maagal.mail import whole_link
from maagal.pages import done, invalid, page
from maagal.permissions import anyone, needs
from tenants.intake import actions, drafts, labels
from tenants.intake.asked import Asked
from tenants.intake.forms import NeedForm, ReachForm, WishesForm
from tenants.intake.models import Draft
from tenants.intake.views.blueprint import bp

STEPS: dict[str, Any] = {"reach": ReachForm, "need": NeedForm, "wishes": WishesForm}
DRAFT, SENT = "help_draft", "help_sent"  # in the session's cookie, which ends with the browser


@bp.get("/help", defaults={"step": "reach"})
@bp.get("/help/<any(need, wishes):step>")
@needs(anyone)
def ask(step: str) -> Any:
    """Show a step of the form with what its draft holds; a step that is not due yet leads to the first."""
    token, content = _draft()
    if step != "reach" and "reach" not in content:
        return redirect(url_for(".ask"), 303)
    told = _typed(content[step]) if step in content else None
    return page("intake/ask.html", **_shown(step, STEPS[step](formdata=told), content, token))


@bp.post("/help", defaults={"step": "reach"})
@bp.post("/help/<any(need, wishes):step>")
@limiter.limit("60 per hour")
@needs(anyone)
def keep(step: str) -> Any:
    """Keep a step, whatever is wrong with it; then go on, stop for now, or send."""
    token = _keep(step)
    if request.form.get("then") == "later" and token:
        return redirect(url_for(".saved"), 303)
    form = STEPS[step]()
    if not form.validate():
        return _refuse(step, form, token)
    if request.form.get("then") == "send":
        return _send(token)
    return redirect(url_for(".ask", step="need" if step == "reach" else "wishes"), 303)


@bp.post("/help/draft/<any(reach, need, wishes):step>")
@limiter.limit("600 per hour")
@needs(anyone)
def autosave(step: str) -> Any:
    """Keep a step while it is being written."""
    token = _keep(step)
    content = drafts.content(drafts.by_token(token))
    return page("intake/_kept.html", token=token, danger=_danger(content), emergency=labels.EMERGENCY, swapped=True)


@bp.get("/help/saved")
@needs(anyone)
def saved() -> Any:
    """Show the link with which a draft is found again, from anywhere, for seven days."""
    token, content = _draft()
    if token is None:
        return redirect(url_for(".ask"), 303)
    steps = [step for step in STEPS if step in content]
    onwards = url_for(".ask", step=steps[-1]) if steps else url_for(".ask")
    return page("intake/saved.html", address=whole_link("intake.resume", token=token), onwards=onwards)


@bp.get("/help/resume/<token>")
@limiter.limit("60 per hour")
@needs(anyone)
def resume(token: str) -> Any:
    """Ask whether to go on with what lies under a link: who only follows one may have been sent somebody else's."""
    return page("intake/resume.html", token=token) if _is_waiting(token) else _begin_again()


@bp.post("/help/resume/<token>")
@limiter.limit("60 per hour")
@needs(anyone)
def go_on(token: str) -> Any:
    """Go on with a draft in this browser, because the reader says that it is theirs."""
    if not _is_waiting(token):
        return _begin_again()
    session[DRAFT] = token
    return redirect(url_for(".ask"), 303)


@bp.post("/help/forget")
@needs(anyone)
def forget() -> Any:
    """Delete the draft because the person says so."""
    draft = drafts.by_token(session.pop(DRAFT, None))
    if draft:
        drafts.forget(draft)
    return done(url_for(".ask"), _("It is deleted. Nothing of it is left here."))


@bp.get("/help/thanks")
@needs(anyone)
def thanks() -> Any:
    """Say thank you, what happens next, and when."""
    if SENT not in session:
        return redirect(url_for(".ask"), 303)
    reference, danger = session[SENT]
    return page("intake/thanks.html", reference=reference, danger=danger, emergency=labels.EMERGENCY)


def _send(token: str | None) -> Any:
    """Turn the draft into a request once every step is in order; a second click finds the first one's request."""
    draft = drafts.by_token(token)
    if draft is None:
        return redirect(url_for(".ask"), 303)
    made = drafts.request_of(draft.id)
    if made is None:
        content = drafts.content(draft)
        forms = {step: _read(step, content) for step in STEPS if step in content or step != "wishes"}  # never seen: not asked
        for step, form in forms.items():
            if not form.validate():
                return _refuse(step, form, token)
        told = {name: value for form in forms.values() for name, value in form.told().items()}
        made = actions.submit(Asked(**told, locale=language()), draft.id)
    session.pop(DRAFT, None)
    session[SENT] = [made.reference, made.urgency == "danger"]
    return redirect(url_for(".thanks"), 303)


def _keep(step: str) -> str | None:
    names = tuple(field.name for field in STEPS[step](formdata=None) if field.name != "csrf_token")
    typed = drafts.typed_by(request.form, names)
    token = drafts.keep(_named(), step, typed)
    if token:
        session[DRAFT] = token
    return token


def _named() -> str | None:
    """Return the secret of the draft to write into: this browser's, or where its cookie is gone the one its page held.

    These pages take posts without a token, so a form of another site could name a draft of its own, to be read there.
    """
    held, named = session.get(DRAFT), request.form.get("draft")
    return named if named and (named == held or _comes_from_us()) else held


def _comes_from_us() -> bool:
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        return True
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


def _is_waiting(token: str) -> bool:
    draft = drafts.by_token(token)
    return draft is not None and drafts.request_of(draft.id) is None


def _begin_again() -> Any:
    return done(url_for(".ask"), _("What was saved under this link is no longer here. You can begin again."))


def _read(step: str, content: drafts.Content) -> Any:
    return STEPS[step](formdata=_typed(content.get(step, {})), meta={"csrf": False})


def _typed(told: dict[str, list[str]]) -> MultiDict[str, str]:
    return MultiDict([(name, value) for name, values in told.items() for value in values])


def _draft() -> tuple[str | None, drafts.Content]:
    """Return the secret of this browser's draft and what it holds; one that is gone or sent is none."""
    token = session.get(DRAFT)
    draft: Draft | None = drafts.by_token(token)
    if draft is None or drafts.request_of(draft.id):
        return None, {}
    return token, drafts.content(draft)


def _refuse(step: str, form: Any, token: str | None) -> Any:
    if "csrf_token" in form.errors:
        form.csrf_token.errors = [_("The page was open for a long time. Nothing was lost: please send it once more.")]
    content = drafts.content(drafts.by_token(token))
    return invalid("intake/ask.html", **_shown(step, form, content, token))


def _shown(step: str, form: Any, content: drafts.Content, token: str | None) -> dict[str, Any]:
    return {
        "step": step,
        "form": form,
        "token": token,
        "danger": _danger(content),
        "emergency": labels.EMERGENCY,
        "names": [_("How to reach you"), _("What it is about"), _("What would suit you")],
        "at": list(STEPS).index(step),
    }


def _danger(content: drafts.Content) -> bool:
    return content.get("need", {}).get("urgency") == ["danger"]
