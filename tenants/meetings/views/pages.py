"""The lists, one meeting, and arranging it."""

from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from maagal import mail
from maagal.pages import done, invalid, page, stale
from maagal.permissions import me, needs, viewer
from tenants.meetings import overlooked, policy, queries
from tenants.meetings.actions import arranging, links, logs, series
from tenants.meetings.forms import (
    YES,
    CancelForm,
    DecideForm,
    LinkForm,
    MoveForm,
    SeriesForm,
    move_answers,
    series_answers,
)
from tenants.meetings.models import Meeting
from tenants.meetings.views.showing import CONTEXT, words
from tenants.pairing.models import Pair
from tenants.people.models import Person
from tenants.people.ready_text import sending_to

bp = Blueprint("meetings", __name__)


@bp.get("/meetings")
@needs(policy.see)
def index() -> Response:
    """List the reader's meetings, and those of the communities they coordinate."""
    looking: Any = viewer()
    mine = {
        "waiting": queries.to_log(me()),
        "ahead": queries.next_meetings(person_id=me()),
        "behind": queries.past(person_id=me()),
        "pairs": queries.pairs_of(me()),
    }
    coordinated = looking.communities("coordinator")
    ours = {
        "ahead": queries.next_meetings(coordinated, most=50),
        "contradicted": overlooked.contradicted(coordinated),
        "unsaid": overlooked.unsaid(coordinated),
        "without_hour": overlooked.without_series(coordinated),
    }
    return page("meetings/index.html", mine=mine, ours=ours if coordinated else None, **CONTEXT)


@bp.get("/pairs/<uuid:pair_id>/meetings")
@needs(policy.see_all, queries.pair_by_id, reads="meetings")
def of_pair(pair: Pair) -> Response:
    """Show a pair's weekly hour and all its meetings."""
    found, weekly = queries.of_pair(pair.id), queries.series_of(pair.id)
    may_set = policy.set_series(viewer(), pair)
    return page("meetings/of_pair.html", pair=pair, meetings=found, series=weekly, may_set=may_set, **CONTEXT)


@bp.get("/pairs/<uuid:pair_id>/series")
@needs(policy.set_series, queries.pair_by_id)
def ask_series(pair: Pair) -> Response:
    """Ask when a pair meets every week."""
    return page("meetings/series.html", pair=pair, form=SeriesForm(data=series_answers(queries.series_of(pair.id))))


@bp.post("/pairs/<uuid:pair_id>/series")
@needs(policy.set_series, queries.pair_by_id)
def set_series(pair: Pair) -> Response:
    """Let a pair meet at another hour."""
    form, standing = SeriesForm(), series.standing(pair)
    if not form.validate():
        return invalid("meetings/series.html", pair=pair, form=form)
    if standing is not None and form.seen.data != str(standing.id) and form.slot != series.slot_of(standing):
        form.seen.data = str(standing.id)
        return stale("meetings/series.html", pair=pair, form=form, standing=standing, **CONTEXT)
    series.set_series(pair, form.slot, me())
    return done(url_for(".of_pair", pair_id=pair.id), _("From now on you meet at this hour."))


@bp.get("/meetings/<uuid:meeting_id>")
@needs(policy.see, queries.by_id, reads="meeting")
def show(meeting: Meeting) -> Response:
    """Show a meeting and what was said of it."""
    return page("meetings/show.html", **_shown(meeting))


@bp.get("/meetings/<uuid:meeting_id>/move")
@needs(policy.rearrange, queries.by_id)
def ask_move(meeting: Meeting) -> Response:
    """Ask for another time or place, or why the meeting is called off."""
    return page("meetings/move.html", meeting=meeting, form=MoveForm(data=move_answers(meeting)), cancel=CancelForm())


@bp.post("/meetings/<uuid:meeting_id>/move")
@needs(policy.rearrange, queries.by_id)
def move(meeting: Meeting) -> Response:
    """Give the meeting another time or place."""
    form = MoveForm()
    if not form.validate():
        return invalid("meetings/move.html", meeting=meeting, form=form, cancel=CancelForm())
    if form.seen.data != str(meeting.version):
        form.seen.data = str(meeting.version)
        return stale("meetings/move.html", meeting=meeting, form=form, cancel=CancelForm(), changed=True)
    try:
        arranging.move(
            meeting, form.starts_at, form.minutes.data, remote=form.remote.data, place=form.place.data.strip(), actor_id=me()
        )
    except arranging.TimeTaken:
        form.hour.errors = [_("There is another meeting at this hour already.")]
        return invalid("meetings/move.html", meeting=meeting, form=form, cancel=CancelForm())
    return done(url_for(".show", meeting_id=meeting.id), _("The meeting was moved."))


@bp.post("/meetings/<uuid:meeting_id>/cancel")
@needs(policy.rearrange, queries.by_id)
def cancel(meeting: Meeting) -> Response:
    """Call the meeting off."""
    form = CancelForm()
    if not form.validate():
        return invalid("meetings/move.html", meeting=meeting, form=_move_form(meeting), cancel=form)
    arranging.cancel(meeting, form.reason.data, me())
    return done(url_for(".show", meeting_id=meeting.id), _("The meeting was called off."))


@bp.post("/meetings/<uuid:meeting_id>/decision")
@needs(policy.oversee, queries.by_id)
def decide(meeting: Meeting) -> Response:
    """Keep a coordinator's word on whether it took place."""
    form = DecideForm()
    if not form.validate():
        return invalid("meetings/show.html", **_shown(meeting), decision=form)
    logs.decide(meeting, held=form.held.data == YES, actor_id=me())
    return done(url_for(".show", meeting_id=meeting.id), _("Saved."))


@bp.post("/meetings/<uuid:meeting_id>/link")
@needs(policy.oversee, queries.by_id)
def make_link(meeting: Meeting) -> Response:
    """Make a link for one of the two, ready to be sent by WhatsApp or SMS."""
    form = LinkForm()
    if not form.validate():
        return done(url_for(".show", meeting_id=meeting.id))
    person: Person = getattr(meeting.pair, form.side.data)
    url = mail.whole_link("one_tap.ask", token=links.mint(meeting.id, person.id))
    text = _("How was it? One question, no sign-in needed: %(url)s", url=url)
    return page("meetings/link.html", meeting=meeting, person=person, text=text, sending=sending_to(person))


def _shown(meeting: Meeting) -> dict[str, Any]:
    """Return what a meeting's page shows to this reader."""
    looking = viewer()
    may = {rule: getattr(policy, rule)(looking, meeting) for rule in ("rearrange", "tell", "oversee")}
    return {"meeting": meeting, "words": words(meeting), "may": may} | CONTEXT


def _move_form(meeting: Meeting) -> MoveForm:
    return MoveForm(formdata=None, data=move_answers(meeting))
