"""Who waits, who fits one person, and the offer in two clicks."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from maagal import clock, tenancy
from maagal.pages import done, invalid, page
from maagal.permissions import me, needs
from tenants.communities.queries import people_by_role
from tenants.pairing import board, gather, labels, nevers, offers, places, policy, queries, rounds, seats
from tenants.pairing.forms import NeverForm, OfferForm
from tenants.pairing.matching.people import Participant
from tenants.pairing.models import Never
from tenants.pairing.path import NotNow
from tenants.pairing.places import Place
from tenants.pairing.views.reader import my_communities, too_late

bp = Blueprint("matching", __name__)
bp.register_error_handler(NotNow, too_late)
WHO = "pairing/who_fits.html"


@dataclass(frozen=True)
class Asked:
    """A participant and the mentor somebody thinks of for them."""

    place: Place
    mentor_id: UUID

    @property
    def community_id(self) -> UUID:
        """The participant's community."""
        return self.place.community_id


def asked(person_id: UUID, mentor_id: UUID) -> Asked | None:
    """Load a participant and a mentor."""
    place = waiting_here(person_id)
    return Asked(place, mentor_id) if place else None


def waiting_here(person_id: UUID) -> Place | None:
    """Load a participant as the reader's communities know them, who may take part in others too."""
    return places.place_of(person_id, my_communities())


@dataclass(frozen=True)
class Said:
    """What a coordinator said of a participant and a mentor for good."""

    place: Place
    never: Never
    community_id: UUID
    mentor_id: UUID


def said(person_id: UUID, never_id: UUID) -> Said | None:
    """Load what was said of a participant."""
    place, never = waiting_here(person_id), nevers.never_of(person_id, never_id)
    return Said(place, never, place.community_id, never.mentor_id) if place and never else None


@bp.get("/matching")
@needs(policy.look)
def index() -> Any:
    """Show who waits in the reader's communities, the room there is, and draft rounds."""
    return page("pairing/matching.html", **_waiting())


@bp.post("/matching/rounds")
@needs(policy.match)
def begin() -> Any:
    """Begin a round for some of the reader's communities."""
    chosen = {place for place in my_communities() if str(place) in request.form.getlist("community")}
    if not chosen:
        return invalid("pairing/matching.html", **(_waiting() | {"missing": True}))
    if (draft := rounds.open_draft(chosen)) is not None:
        said = _("There is a draft already. To work it out anew, set it aside first.")
        return done(url_for("rounds.show", round_id=draft.id), said)
    made = rounds.begin(chosen, me())
    return done(url_for("rounds.show", round_id=made.id), _("The draft is ready. Nobody has been asked yet."))


@bp.get("/matching/people/<uuid:person_id>")
@needs(policy.look, waiting_here, reads="matching")
def who_fits(place: Place) -> Any:
    """Answer who fits one participant, with reasons."""
    return page(WHO, **_fits(place, NeverForm(formdata=None)))


@bp.post("/matching/people/<uuid:person_id>/nevers")
@needs(policy.match, waiting_here)
def never(place: Place) -> Any:
    """Rule a mentor out for good."""
    form = NeverForm()
    content = _fits(place, form)
    if not form.validate():
        return invalid(WHO, **content)
    nevers.forbid(place.id, UUID(form.mentor.data), code=form.code.data, note=form.note.data, actor_id=me())
    return done(url_for(".who_fits", person_id=place.id), _("The two will not be proposed to each other any more."))


@bp.post("/matching/people/<uuid:person_id>/nevers/<uuid:never_id>/revoke")
@needs(policy.match, said)
def revoke(barred: Said) -> Any:
    """Take back that a mentor was ruled out."""
    nevers.allow(barred.never, me())
    return done(url_for(".who_fits", person_id=barred.place.id), _("The two may be proposed to each other again."))


@bp.get("/matching/people/<uuid:person_id>/mentors/<uuid:mentor_id>")
@needs(policy.look, asked)
def confirm(two: Asked) -> Any:
    """Show what the mentor would read, drafted without identity."""
    person = _possible(two)[0]
    draft = labels.neutral_summary(person, clock.today(tenancy.current().zone).year)
    return page("pairing/confirm.html", **_names(two), form=OfferForm(summary=draft))


@bp.post("/matching/people/<uuid:person_id>/mentors/<uuid:mentor_id>")
@needs(policy.match, asked)
def send(two: Asked) -> Any:
    """Send the offer to the mentor."""
    form, receipt = OfferForm(), _possible(two)[1]
    form.name = two.place.name
    if not form.validate():
        return invalid("pairing/confirm.html", **_names(two), form=form)
    try:
        made = offers.offer(
            two.place.id, two.mentor_id, two.community_id, summary=form.summary.data, approved=form.approved.data,
            actor_id=me(), receipt=receipt,
        )  # fmt: skip
    except IntegrityError as refused:
        why = labels.CONSTRAINTS[rounds.constraint_of(refused)]
        return page("pairing/too_late.html", status=409, why=why, place=two.place)
    return done(url_for("pairing.show", pair_id=made.id), _("The mentor is asked. The seat is held until they answer."))


def _fits(place: Place, form: NeverForm) -> dict[str, Any]:
    """Return what the page of one participant shows; the form offers every mentor of the community."""
    answer = board.who(place.id, place.community_id)
    mentors = people_by_role(place.community_id)["mentor"]
    return {
        "place": place,
        "answer": answer,
        "pair": _pair_of(place, waits=answer is not None),
        "barred": nevers.barred([place.id]),
        "form": form.offer({str(one.person_id): one.name for one in mentors if one.person_id != place.id}),
        "labels": labels,
    }


def _possible(two: Asked) -> tuple[Participant, dict[str, Any]]:
    """Return the participant and the receipt; a pair that is not possible any more is answered as such (409)."""
    taken_in = gather.gather([two.community_id])
    person = board.waiting_one(taken_in, two.place.id)
    receipt = board.receipt_of(taken_in, person, two.mentor_id) if person else None
    if person is None or receipt is None:
        abort(409)
    return person, receipt


def _names(two: Asked) -> dict[str, Any]:
    named = places.names([two.mentor_id])
    return {"place": two.place, "mentor_id": two.mentor_id, "mentor": named[str(two.mentor_id)]}


def _pair_of(place: Place, *, waits: bool) -> Any:
    return None if waits else queries.live_pair_of_participant(place.id)


def _waiting() -> dict[str, Any]:
    mine = my_communities()
    taken_in = gather.gather(mine)
    named = places.names([UUID(one.id) for one in taken_in.participants])
    others = (one for one in taken_in.participants if one.id != str(me()))
    people = sorted(others, key=lambda one: -(one.waiting_days or 0))
    return {
        "waiting": [(one, named[one.id], taken_in.community_of[one.id]) for one in people],
        "communities": places.community_names(mine),
        "seats": seats.capacity(mine, taken_in),
        "drafts": queries.drafts_in(mine),
        "labels": labels,
        "missing": False,
    }
