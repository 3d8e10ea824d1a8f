"""The summary of a meeting: said in under a minute, kept while it is typed."""

from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from maagal.pages import done, invalid, page, wants_fragment
from maagal.permissions import me, needs
from tenants.meetings import policy, queries, tellings
from tenants.meetings.actions import logs
from tenants.meetings.forms import LogForm, answers, first_answers
from tenants.meetings.models import Meeting
from tenants.meetings.views.showing import CONTEXT

bp = Blueprint("meeting_logs", __name__, url_prefix="/meetings/<uuid:meeting_id>/log")


@bp.get("")
@needs(policy.tell, queries.by_id)
def ask(meeting: Meeting) -> Response:
    """Ask one side how it was; what they had typed or said before is there again."""
    return page("meetings/log.html", meeting=meeting, form=LogForm(data=_before(meeting)), **CONTEXT)


@bp.post("")
@needs(policy.tell, queries.by_id)
def say(meeting: Meeting) -> Response:
    """Keep what was said."""
    form = LogForm()
    if not form.validate():
        return invalid("meetings/log.html", meeting=meeting, form=form, **CONTEXT)
    logs.say(meeting, me(), form.said)
    return done(url_for("meetings.show", meeting_id=meeting.id), _("Thank you, the summary is kept."))


@bp.post("/draft")
@needs(policy.tell, queries.by_id)
def keep(meeting: Meeting) -> Response:
    """Keep what is typed so far; nobody else sees it."""
    logs.keep_draft(meeting, me(), LogForm().typed)
    if wants_fragment():  # a quiet word beside the button: a toast at each pause would be in the way
        return page("meetings/log.html", fragment="kept", kept=True)
    return done(url_for("meetings.index"), _("Kept for later."))


def _before(meeting: Meeting) -> dict[str, Any]:
    draft, said = tellings.draft_of(meeting.id, me()), tellings.log_of(meeting.id, me())
    known = answers(logs.read(said, private=True)) if said else first_answers(meeting)
    return known | (logs.read_draft(draft) if draft else {})
