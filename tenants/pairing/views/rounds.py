"""The board of a matching round: what is proposed and why, and a coordinator's hand in it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from flask_babel import gettext as _

from maagal import clock, tenancy
from maagal.pages import done, invalid, page, stale
from maagal.permissions import me, needs
from tenants.pairing import board, labels, nevers, places, policy, queries, rounds
from tenants.pairing.forms import PublishForm, RoundForm, summaries
from tenants.pairing.matching.locks import LockRefused
from tenants.pairing.models import Round
from tenants.pairing.naming import tells_who
from tenants.pairing.path import NotNow, Unfounded
from tenants.pairing.views.reader import too_late

bp = Blueprint("rounds", __name__)
bp.register_error_handler(NotNow, too_late)
BOARD = "pairing/round.html"


@bp.get("/rounds/<uuid:round_id>")
@needs(policy.look, queries.round_by_id, reads="matching")
def show(draft: Round) -> Any:
    """Show a round."""
    return page(BOARD, fragment="board", **_content(draft))


@bp.post("/rounds/<uuid:round_id>/lock")
@needs(policy.match, queries.round_by_id)
def lock(draft: Round) -> Any:
    """Keep a participant for a mentor."""
    return _changed(draft, lambda form: rounds.lock(draft, *_two(form), reason=form.reason.data or "", actor_id=me()))


@bp.post("/rounds/<uuid:round_id>/unlock")
@needs(policy.match, queries.round_by_id)
def unlock(draft: Round) -> Any:
    """Let the engine decide again about a participant."""
    return _changed(draft, lambda form: rounds.unlock(draft, form.participant.data, actor_id=me()), asks_mentor=False)


@bp.post("/rounds/<uuid:round_id>/forbid")
@needs(policy.match, queries.round_by_id)
def forbid(draft: Round) -> Any:
    """Rule a pair out, in this round or for good."""
    return _changed(draft, lambda form: _forbid(draft, form))


def _forbid(draft: Round, form: RoundForm) -> None:
    two, why = _two(form), form.reason.data or ""
    rounds.forbid(draft, *two, reason=why, actor_id=me())
    if form.lasting.data:
        nevers.forbid(UUID(two[0]), UUID(two[1]), code=form.lasting.data, note=why, actor_id=me())


@bp.post("/rounds/<uuid:round_id>/allow")
@needs(policy.match, queries.round_by_id)
def allow(draft: Round) -> Any:
    """Take back that a pair was ruled out."""
    return _changed(draft, lambda form: rounds.allow(draft, *_two(form), actor_id=me()))


@bp.post("/rounds/<uuid:round_id>/discard")
@needs(policy.match, queries.round_by_id)
def discard(draft: Round) -> Any:
    """Set a draft aside."""
    rounds.discard(draft, me())
    return done(url_for("matching.index"), _("The draft is set aside. Nobody was asked."))


@bp.get("/rounds/<uuid:round_id>/publish")
@needs(policy.match, queries.round_by_id)
def read_through(draft: Round) -> Any:
    """Show each text a mentor would read, before anything is sent."""
    return page("pairing/publish.html", **_texts(draft), form=PublishForm())


@bp.post("/rounds/<uuid:round_id>/publish")
@needs(policy.match, queries.round_by_id)
def publish(draft: Round) -> Any:
    """Send the offers of those who are ticked."""
    form, texts = PublishForm(), summaries(request.form)
    if request.form.get("version", "") != str(draft.version):
        return stale("pairing/publish.html", **(_texts(draft, texts) | {"old": True}), form=form)
    ticked = rounds.suggested(draft).keys() & texts.keys()
    wrong = {"named": _named_in(draft, texts), "blank": {one for one in ticked if not texts[one]}, "nobody": not ticked}
    if not form.validate() or any(wrong.values()):
        return invalid("pairing/publish.html", **(_texts(draft, texts) | wrong), form=form)
    outcomes = rounds.publish(draft, texts, approved=form.approved.data, actor_id=me())
    people = places.names([UUID(one) for each in outcomes for one in (each.participant_id, each.mentor_id)])
    return page("pairing/published.html", draft=draft, outcomes=outcomes, names=people, labels=labels)


def _changed(draft: Round, change: Callable[[RoundForm], None], *, asks_mentor: bool = True) -> Any:
    """Answer a change of the board: what was refused is said on the board, which stays as it was."""
    form = RoundForm()
    if form.version.data != str(draft.version):
        return stale(BOARD, fragment="board", **(_content(draft) | {"old": True}))
    if not form.validate():
        return invalid(BOARD, fragment="board", **_content(draft), refused=_why(Unfounded()), typed=form)
    if not _are_known(draft, form, asks_mentor=asks_mentor):
        return invalid(BOARD, fragment="board", **_content(draft), refused=labels.CONSTRAINTS["unknown"], typed=form)
    try:
        change(form)
    except (Unfounded, LockRefused) as why:
        return invalid(BOARD, fragment="board", **_content(draft), refused=_why(why), typed=form)
    address = url_for(".show", round_id=draft.id)
    return done(address, _("The draft was worked out again."), template=BOARD, fragment="board", **_content(draft))


def _why(refused: Exception) -> str:
    if isinstance(refused, LockRefused):
        return ", ".join(str(labels.CONSTRAINTS[code]) for code in refused.codes)
    return str(_("Please say why; the reason is kept with the round."))


def _are_known(draft: Round, form: RoundForm, *, asks_mentor: bool) -> bool:
    """Whether those who are asked for are of this round."""
    people, mentors, *_rest = rounds.people_of(draft)
    return form.participant.data in people and (form.mentor.data in mentors or not asks_mentor)


def _two(form: RoundForm) -> tuple[str, str]:
    return str(form.participant.data), str(form.mentor.data or "")


def _content(draft: Round) -> dict[str, Any]:
    return {
        "draft": draft,
        "board": board.board(draft),
        "communities": places.community_names(draft.community_ids),
        "labels": labels,
        "old": False,
    }


def _texts(draft: Round, typed: dict[str, str] | None = None) -> dict[str, Any]:
    """Return the rows of the page of texts: id, participant, mentor, text, ticked."""
    people = rounds.people_of(draft)[0]
    year, two = clock.today(tenancy.current().zone).year, rounds.suggested(draft)
    named = places.names([UUID(one) for pair in two.items() for one in pair])
    rows = [
        (one, named[one], named[mentor], _text(typed, one, labels.neutral_summary(people[one], year)), _ticked(typed, one))
        for one, mentor in sorted(two.items(), key=lambda pair: named[pair[0]])
    ]
    return {"draft": draft, "rows": rows, "named": (), "blank": (), "nobody": False, "old": False, "labels": labels}


def _text(typed: dict[str, str] | None, one: str, drafted: str) -> str:
    return request.form.get(f"summary-{one}", drafted) if typed is not None else drafted


def _ticked(typed: dict[str, str] | None, one: str) -> bool:
    return typed is None or one in typed


def _named_in(draft: Round, texts: dict[str, str]) -> frozenset[str]:
    """Return the participants about whom the text tells who they are."""
    named = places.names([UUID(one) for one in rounds.suggested(draft)])
    return frozenset(one for one, text in texts.items() if one in named and tells_who(text, named[one]))
