"""An offer, as whoever is asked sees it: first the mentor, then the participant."""

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _

from maagal.pages import done, invalid, page
from maagal.permissions import me, needs
from tenants.pairing import labels, offers, policy, queries
from tenants.pairing.forms import AnswerForm
from tenants.pairing.models import LIVE, Pair
from tenants.pairing.path import NotNow
from tenants.pairing.views.reader import too_late
from tenants.people.roster.vocabulary import EXPERIENCES, LANGUAGES, SKILLS

bp = Blueprint("offers", __name__)
bp.register_error_handler(NotNow, too_late)


@bp.get("/offers/<uuid:pair_id>")
@needs(policy.see_offer, queries.by_id, reads="offer")
def show(pair: Pair) -> Any:
    """Show the offer to whoever is asked; afterwards, the pair."""
    if pair.state in (*LIVE, "closed") or me() not in (pair.mentor_id, pair.participant_id):
        return done(url_for("pairing.show", pair_id=pair.id))
    return page("pairing/offer.html", **_content(pair), form=AnswerForm())


@bp.post("/offers/<uuid:pair_id>/yes")
@needs(policy.answer_offer, queries.by_id)
def yes(pair: Pair) -> Any:
    """Keep a yes."""
    if me() == pair.mentor_id:
        offers.mentor_accepts(pair, me(), shares="shares" in request.form)
        return done(url_for(".show", pair_id=pair.id), _("Thank you. We will let you know as soon as it is settled."))
    offers.participant_accepts(pair, me())
    return done(url_for("pairing.show", pair_id=pair.id), _("Good. A coordinator will be in touch about the first meeting."))


@bp.post("/offers/<uuid:pair_id>/no")
@needs(policy.answer_offer, queries.by_id)
def no(pair: Pair) -> Any:
    """Keep a no; the other never learns whose it was."""
    form = AnswerForm()
    if not form.validate():
        return invalid("pairing/offer.html", **_content(pair), form=form)
    decline = offers.mentor_declines if me() == pair.mentor_id else offers.participant_declines
    decline(pair, form.reason.data, me())
    return done(url_for("people.today"), _("Thank you for saying so. Only the coordinators know."))


@bp.post("/offers/<uuid:pair_id>/withdraw")
@needs(policy.withdraw_offer, queries.by_id)
def withdraw(pair: Pair) -> Any:
    """Take an offer back."""
    offers.withdraw(pair, actor_id=me())
    return done(url_for("pairing.show", pair_id=pair.id), _("The proposal is taken back and the seat is free."))


def _content(pair: Pair) -> dict[str, Any]:
    """Return what the reader may know: the mentor the approved text alone, the participant what the mentor told."""
    over = offers.is_over(pair)
    if me() == pair.mentor_id:
        own = labels.named(EXPERIENCES, queries.profile_of(pair.mentor_id).experience)
        return {"pair": pair, "as_mentor": True, "over": over, "summary": queries.summary_of(pair), "experience": own}
    return {"pair": pair, "as_mentor": False, "over": over, "mentor": _told(pair)}


def _told(pair: Pair) -> dict[str, Any]:
    """Return the mentor's first name and what they told: languages, area, skills; their own experience if they agreed."""
    profile = queries.profile_of(pair.mentor_id)
    return {
        "name": queries.first_name(pair.mentor_id),
        "languages": labels.named(LANGUAGES, profile.languages),
        "region": labels.region_of(profile.locality),
        "skills": labels.named(SKILLS, profile.skills),
        "experience": labels.named(EXPERIENCES, profile.experience) if pair.mentor_shares else "",
    }
