"""The form behind a one-tap link: shown to whoever has the link, used once, nothing else to be seen."""

from flask import Blueprint, Response

from maagal.limits import limiter
from maagal.pages import invalid, page
from maagal.permissions import anyone, needs
from tenants.meetings.actions import links, logs
from tenants.meetings.forms import LinkLogForm, first_answers

bp = Blueprint("one_tap", __name__, url_prefix="/how-was-it")
TEMPLATE = "meetings/one_tap.html"


@bp.get("/<string(length=43):token>")
@limiter.limit("30 per minute")
@needs(anyone)
def ask(token: str) -> Response:
    """Show the form; mail scanners open links, so this uses nothing up."""
    opened = links.opened_by(token)
    if opened is None:
        return _closed()
    _link, meeting = opened
    return page(TEMPLATE, meeting=meeting, form=LinkLogForm(data=first_answers(meeting)), token=token)


@bp.post("/<string(length=43):token>")
@limiter.limit("30 per minute")
@needs(anyone)
def say(token: str) -> Response:
    """Keep what was said and use the link up, in one transaction."""
    opened, form = links.opened_by(token), LinkLogForm()
    if opened is None:
        return _closed()
    link, meeting = opened
    if not form.validate():
        return invalid(TEMPLATE, meeting=meeting, form=form, token=token)
    if not links.spend(link):
        return _closed()
    logs.say(meeting, link.person_id, form.said, by_link=True)
    return page("meetings/thanks.html")


def _closed() -> Response:
    """Answer alike for links that are used, too old, unknown, or another tenant's."""
    return page("meetings/link_closed.html", status=404)
