"""One template, two answers: the whole page, or one named block of it for htmx. And what a form answers."""

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request
from jinja2_fragments.flask import render_block


def wants_fragment() -> bool:
    """Whether htmx asked for a piece; a restored history entry wants the whole page."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"


def page(template: str, *, fragment: str = "", status: int = 200, **context: Any) -> Response:
    """Answer with a template; with its block `fragment` alone when htmx asked."""
    html = render_block(template, fragment, **context) if fragment and wants_fragment() else render_template(template, **context)
    response = make_response(html, status)
    response.vary.add("HX-Request")
    return response


def done(url: str, said: str = "", *, template: str = "", fragment: str = "", **context: Any) -> Response:
    """Answer after a change: htmx gets the fragment that changed, a plain browser is sent on (303). `said` is a toast."""
    if fragment and wants_fragment():
        return _with_toast(page(template, fragment=fragment, **context), said)
    if said:
        flash(said, "ok")
    if wants_fragment():
        response = make_response("", 204)
        response.headers["HX-Redirect"] = url
        return response
    answer: Response = redirect(url, 303)  # type: ignore[assignment]  # werkzeug types it more loosely
    return answer


def _with_toast(response: Response, said: str) -> Response:
    """Let the fragment bring its toast along, out of band."""
    if said:
        response.set_data(response.get_data(as_text=True) + render_template("components/said.html", text=said))
    return response


def invalid(template: str, *, fragment: str = "", **context: Any) -> Response:
    """Answer a form that cannot be accepted: 422, the form again with its values, nothing saved."""
    return page(template, fragment=fragment, status=422, **context)


def stale(template: str, *, fragment: str = "", **context: Any) -> Response:
    """Answer an edit of something that changed in the meantime: 409, with what stands now beside what was typed."""
    return page(template, fragment=fragment, status=409, **context)
