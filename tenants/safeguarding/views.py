"""Pages of concerns, and the immediate stop."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from maagal import clock
from maagal.ids import new_id
from maagal.pages import done, invalid, page, stale
from maagal.permissions import me, needs, viewer
from tenants.pairing import actions as pairing
from tenants.pairing.models import Pair
from tenants.safeguarding import actions, labels, policy, queries
from tenants.safeguarding.forms import ClosingForm, ConcernForm, ReasonForm
from tenants.safeguarding.models import Concern

bp = Blueprint("safeguarding", __name__)
NEW, SHOW, ACCESS = "safeguarding/new.html", "safeguarding/show.html", "safeguarding/access.html"


@bp.get("/concerns/new")
@needs(policy.raise_one)
def raise_concern() -> Response:
    """Ask what is feared; the numbers to call come first."""
    return page(NEW, form=ConcernForm(_subjects()), labels=labels)


@bp.post("/concerns/new")
@needs(policy.raise_one)
def create() -> Response:
    """Write the concern down and tell whoever handles it."""
    form = ConcernForm(_subjects())
    if not form.validate():
        return invalid(NEW, form=form, labels=labels)
    said = (UUID(form.key.data), me(), int(form.level.data), form.words.data or "")
    try:
        made = actions.raise_concern(*said, about_id=form.about_id, **_related())
    except actions.NotYours:  # its key was used by another: what was typed is there again, under a new one
        form.key.data = str(new_id())
        return stale(NEW, form=form, labels=labels)
    reached = queries.reached(made)
    return done(url_for(".sent", level=made.level, told=None if reached == "coordinators" else reached))


@bp.get("/concerns/sent")
@needs(policy.raise_one)
def sent() -> Response:
    """Say what happens now, and who was told; for danger, and where no coordinator was, what to do meanwhile."""
    told = request.args.get("told", "coordinators")
    return page("safeguarding/sent.html", level=request.args.get("level", 1, type=int), told=told, labels=labels)


@bp.get("/concerns")
@needs(policy.handle)
def index() -> Response:
    """List concerns for whoever handles them: that there is one and how grave, not what it says."""
    mine = _communities()
    open_ones, closed = queries.open_ones(me(), mine), queries.closed_ones(me(), mine)
    return page("safeguarding/index.html", open_ones=open_ones, closed_ones=closed, labels=labels, now=clock.now())


@bp.get("/concerns/<uuid:concern_id>")
@needs(policy.read, queries.by_id, reads="concern")
def show(concern: Concern) -> Response:
    """Show a concern: all of it to whoever handles it, their own text to whoever raised it."""
    return page(SHOW, **_content(concern))


@bp.post("/concerns/<uuid:concern_id>/taking")
@needs(policy.handle, queries.by_id)
def take(concern: Concern) -> Response:
    """Take it."""
    try:
        actions.take(concern, me())
    except actions.NotYours:
        return stale(SHOW, **_content(concern))
    return done(_address(concern), _("You are handling it now."))


@bp.post("/concerns/<uuid:concern_id>/closing")
@needs(policy.handle, queries.by_id)
def close(concern: Concern) -> Response:
    """Close it with a note of what was done."""
    form = ClosingForm()
    if not form.validate():
        return invalid(SHOW, **_content(concern, form))
    try:
        actions.close(concern, form.note.data or "", me())
    except actions.NotYours:
        return stale(SHOW, **_content(concern, form))
    return done(_address(concern), _("The concern is closed."))


@bp.post("/concerns/<uuid:concern_id>/stop")
@needs(policy.stop_over, queries.by_id)
def stop_over(concern: Concern) -> Response:
    """End the mentor's access at once, from the concern's page."""
    if (pair := queries.pair_of(concern)) is not None:
        pairing.stop(pair, me())
    return done(_address(concern), _("The mentor’s access has ended."))


@bp.post("/pairs/<uuid:pair_id>/stop")
@needs(policy.stop, queries.pair_by_id)
def stop(pair: Pair) -> Response:
    """End the mentor's access at once."""
    pairing.stop(pair, me())
    return done(url_for(".access", pair_id=pair.id), _("The mentor’s access has ended."))


@bp.get("/pairs/<uuid:pair_id>/access")
@needs(policy.stop, queries.pair_by_id, reads="pair")
def access(pair: Pair) -> Response:
    """Show whether the mentor reads the pair's pages, with the ways to end it and to give it back."""
    return page(ACCESS, **_standing(pair, ReasonForm()))


@bp.post("/pairs/<uuid:pair_id>/access")
@needs(policy.stop, queries.pair_by_id)
def let_back(pair: Pair) -> Response:
    """Give a stopped mentor's access back, with a reason."""
    form = ReasonForm()
    if not form.validate():
        return invalid(ACCESS, **_standing(pair, form))
    pairing.let_back(pair, form.reason.data or "", me())
    return done(url_for(".access", pair_id=pair.id), _("The mentor’s access is given back."))


def _content(concern: Concern, form: ClosingForm | None = None) -> dict[str, Any]:
    """Return what a concern's page shows to this reader."""
    handles = policy.handle(viewer(), concern)
    names = {name: queries.name_of(getattr(concern, name)) for name in ("about_id", "raised_by", "taken_by")}
    return {
        "concern": concern,
        "handles": handles,
        "words": actions.words_of(concern),
        "note": actions.note_of(concern) if handles else "",
        "names": names if handles else {},
        "pair": queries.pair_of(concern) if handles else None,
        "mine": concern.taken_by == me(),
        "late": concern.state == "open" and concern.answer_by <= clock.now(),
        "form": form or ClosingForm(),
        "labels": labels,
    }


def _standing(pair: Pair, form: ReasonForm) -> dict[str, Any]:
    return {"pair": pair, "form": form, "open_concerns": queries.open_concerns(pair.id)}


def _subjects() -> list[queries.Subject]:
    return queries.subjects(me(), _communities(), _pair(), _asked_for("person_id"))


def _related() -> dict[str, Any]:
    """Keep of the address what this reader stands in a relation to; a concern is raised in any case."""
    known = {each.person_id for each in _subjects()}
    pair, file = _pair(), _asked_for("person_id")
    return {
        "pair": pair if pair and {pair.participant_id, pair.mentor_id} <= known else None,
        "file": file if file in known else None,
    }


def _pair() -> Pair | None:
    pair_id = _asked_for("pair_id")
    return queries.pair_by_id(pair_id) if pair_id else None


def _asked_for(name: str) -> UUID | None:
    return request.args.get(name, type=UUID)


def _communities() -> frozenset[UUID]:
    looking: Any = viewer()
    mine: frozenset[UUID] = looking.communities("coordinator")
    return mine


def _address(concern: Concern) -> str:
    return url_for(".show", concern_id=concern.id)
