"""What people see when something cannot be: kind words, the right status, and no value of any row."""

from functools import lru_cache
from typing import Any

from flask import Flask, Response, current_app, g, make_response, redirect, render_template, request, url_for
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from maagal import preferences, tenancy
from maagal.addresses import is_console
from maagal.db import db
from maagal.emergency import NUMBERS
from maagal.i18n import direction, language
from maagal.logs import log
from maagal.shares import PUT_OFF

PAGES = frozenset({400, 404, 409, 413, 422, 429, 500, 503})
AGAIN = {429: "60", 503: "5"}  # seconds, for programs: Retry-After
SOON = "2"
TOOK_TOO_LONG = frozenset({"57014", "55P03", "25P03"})  # cancelled by its time-out, a lock not had in time, idle for too long
ALIKE = 64  # pages kept: languages times what readers chose
CHANGED_MEANWHILE = (IntegrityError, StaleDataError)


def init_errors(app: Flask) -> None:
    """Answer every refusal and failure with a page of ours."""
    app.register_error_handler(HTTPException, refuse)
    app.register_error_handler(tenancy.TenantClosed, closed)
    app.register_error_handler(Busy, busy)
    app.before_request(put_off)
    for kind in CHANGED_MEANWHILE:
        app.register_error_handler(kind, changed)


class Busy(Exception):
    """The tenant has had its share of this process: whoever asks is to come again in a moment."""


def put_off() -> None:
    """Refuse, before anything else, a request that has no place here at the moment."""
    if PUT_OFF in request.environ:
        g.viewer, g.counts = None, None
        raise Busy


def refuse(error: HTTPException) -> Response:
    """Answer an HTTP error; whoever must sign in first is sent there and comes back."""
    if error.response is not None:
        return error.response  # type: ignore[return-value]  # abort(response)
    original = getattr(error, "original_exception", None)
    if isinstance(original, CHANGED_MEANWHILE):
        return changed(original)
    if isinstance(original, tenancy.TenantClosed):
        return closed(original)
    if error.code == 401:
        return ask_to_sign_in()
    if isinstance(original, DBAPIError) and getattr(original.orig, "sqlstate", "") in TOOK_TOO_LONG:
        log.error("took_too_long", endpoint=request.endpoint, exc_info=original)
        _let_go()
        return busy(original)
    if original is not None:
        log.error("failed", path=request.endpoint, exc_info=original)
    return answer(error.code if error.code in PAGES else 404 if error.code in (403, 405) else 400)


def ask_to_sign_in() -> Response:
    """Send a reader to the sign-in and back; htmx is told to load it whole."""
    here = request.full_path.rstrip("?") if request.method == "GET" else "/"
    url = url_for("console.sign_in" if is_console(request) else "sign_in.ask", next=here)
    if request.headers.get("HX-Request") == "true":
        return make_response("", 401, {"HX-Redirect": url})
    response: Any = redirect(url, 303)
    return make_response(response)


def changed(_error: Any) -> Response:
    """Somebody was quicker: the database refused, nothing was half saved."""
    return answer(409)


def closed(_error: Any) -> Response:
    """The tenant is suspended, or behind in its upgrade: it alone is away."""
    return answer(503)


def busy(_error: Any) -> Response:
    """Say that many are here; made once for all who read it alike, because a flood must cost us little."""
    html = _busy_page(language(), preferences.of(request))
    return make_response(html, 503, {"Retry-After": SOON})


@lru_cache(maxsize=ALIKE)
def _busy_page(locale: str, prefs: preferences.Preferences) -> str:
    page = current_app.jinja_env.get_template("errors/busy.html")
    return page.render(locale=locale, dir=direction(locale), prefs=prefs, numbers=NUMBERS)


def answer(status: int) -> Response:
    """Render the page of a status outside any transaction of the request; of our own failures, without asking anything."""
    if "sqlalchemy" in current_app.extensions:
        _let_go()
    if status >= 500:
        g.viewer, g.counts = None, None  # a page that says the database is away must not ask it who looks
    with tenancy.entered(tenancy.current_or_none()):
        html = render_template(f"errors/{status}.html")
    return make_response(html, status, {"Retry-After": AGAIN[status]} if status in AGAIN else {})


def _let_go() -> None:
    """Give up the request's transaction, also where its connection is broken."""
    try:
        db.session.rollback()
    except SQLAlchemyError as why:
        log.warning("rollback_failed", exc_info=why)
        db.session.remove()
