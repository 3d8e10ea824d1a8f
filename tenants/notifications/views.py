"""The inbox: what somebody was told, what is new, and what they want by mail."""

from hashlib import blake2b
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from maagal import mail
from maagal.i18n import language
from maagal.pages import done, invalid, page
from maagal.permissions import me, needs
from maagal.questions import Asking, reader
from tenants.notifications import actions, notices, policy, queries
from tenants.notifications.forms import ByMail
from tenants.notifications.models import Notice
from tenants.people.viewer import Viewer

bp = Blueprint("notifications", __name__)
bp.add_app_template_global(mail.link, "link")
INBOX = "notifications/inbox.html"


@bp.get("/notices")
@needs(policy.look)
def inbox() -> Response:
    """Show the inbox, unread first."""
    return page(INBOX, **_inbox())


@bp.get("/notices/news")
@needs(policy.look)
def news() -> Response:
    """Answer the inbox's question whether there is anything new: 304 where nothing is."""
    found = _news()
    response = page(INBOX, fragment="news", **found)
    response.set_etag(found["tag"])
    response.make_conditional(request)
    if response.status_code == 304:
        response.headers["HX-Reswap"] = "none"
    return response


@bp.post("/notices/<uuid:notice_id>/read")
@needs(policy.change, queries.by_id)
def read(notice: Notice) -> Response:
    """Mark one as read."""
    actions.mark_read(notice)
    return done(url_for(".inbox"), template=INBOX, fragment="notices", **_inbox())


@bp.post("/notices/read")
@needs(policy.change)
def read_all() -> Response:
    """Mark all as read."""
    actions.mark_all_read(me())
    return done(url_for(".inbox"), template=INBOX, fragment="notices", **_inbox())


@bp.get("/notices/mail")
@needs(policy.look)
def settings() -> Response:
    """Show which notices come by mail as well."""
    return page("notifications/settings.html", form=_form())


@bp.post("/notices/mail")
@needs(policy.change)
def choose() -> Response:
    """Keep which notices come by mail as well."""
    form = _form()
    if not form.validate_on_submit():
        return invalid("notifications/settings.html", form=form)
    kinds = [kind for kind, _label in form.by_mail.choices]
    actions.choose(me(), kinds, form.by_mail.data or [])
    return done(url_for(".settings"), _("Saved."))


@bp.post("/notices/mail/trial")
@needs(policy.change)
def trial() -> Response:
    """Send whoever asks a trial notice."""
    actions.try_out(me())
    return done(url_for(".settings"), _("A trial notice is on its way."))


@reader
def waiting(viewer: Viewer) -> Asking[int]:
    """Count what this person has not read; the menu shows it."""
    return (yield from queries.unread.asking(viewer.person_id, notices.listed()))


def _inbox() -> dict[str, Any]:
    found = queries.inbox(me(), notices.listed())
    return {"lines": [(each, notices.line(each)) for each in found]} | _news()


def _news() -> dict[str, Any]:
    """Tell what is new since the page was made, which the page names by its newest notice."""
    newest, seen = _newest(), request.args.get("seen", _newest())
    tag = blake2b(f"{newest} {seen} {language()}".encode(), digest_size=12).hexdigest()
    return {"seen": seen, "fresh": newest != seen, "tag": tag}


def _newest() -> str:
    return str(queries.newest(me(), notices.listed()) or "")


def _form() -> ByMail:
    wanted = queries.wishes(me())
    form = ByMail(by_mail=[kind for kind, by_mail in wanted.items() if by_mail])
    form.by_mail.flags.quiet = True  # ticking none is an answer, so nothing says "optional"
    form.by_mail.choices = [(kind, notices.subject(kind)) for kind in wanted if notices.is_mailed(kind)]
    return form
