"""Pairs: the list, one's own, and the page of one."""

from collections.abc import Callable, Iterator
from typing import Any

from flask import Blueprint, current_app, request, url_for
from flask_babel import gettext as _

from maagal import clock
from maagal.cards import Entry
from maagal.pages import done, invalid, page
from maagal.permissions import me, needs, viewer
from maagal.questions import gathered, together
from maagal.text import isolate
from tenants.intake import labels as contact
from tenants.pairing import actions, labels, offers, places, policy, queries
from tenants.pairing.forms import CloseForm, PauseForm, ToldForm
from tenants.pairing.models import LIVE, READING, STATES, Pair
from tenants.pairing.path import NEXT, NotNow
from tenants.pairing.queries import PairRow
from tenants.pairing.views.reader import my_communities, too_late
from tenants.people.ready_text import sending_to

bp = Blueprint("pairing", __name__)
bp.register_error_handler(NotNow, too_late)
SHOW = "pairing/show.html"
CONCERN = "safeguarding.raise_concern"


@bp.get("/pairs")
@needs(policy.look)
def index() -> Any:
    """List the pairs of the reader's communities; state and community narrow it down by the address."""
    mine, state, place = my_communities(), request.args.get("state", ""), request.args.get("community", "")
    chosen = {each for each in mine if str(each) == place} or mine
    states = (state,) if state in STATES else ("offered", *LIVE)
    shown: dict[str, Any] = {"state": state, "place": place, "communities": places.community_names(mine), "labels": labels}
    return page("pairing/index.html", fragment="pairs", pairs=queries.pairs_in(chosen, states), **shown)


@bp.get("/my-pair")
@needs(policy.mine)
def mine() -> Any:
    """Open the reader's pair, or list several."""
    pairs, asked = queries.pairs_of(me()), queries.offers_to(me())
    if len(pairs) == 1 and not asked:
        return done(url_for(".show", pair_id=pairs[0].id))
    return page("pairing/mine.html", pairs=pairs, asked=asked, labels=labels, me=me())


@bp.get("/pairs/<uuid:pair_id>")
@needs(policy.see, queries.page_row, reads="pair")
def show(pair: PairRow) -> Any:
    """Show a pair: who, how it stands, what comes and what was."""
    return page(SHOW, **_content(pair))


@bp.post("/pairs/<uuid:pair_id>/told")
@needs(policy.answer_for, queries.by_id)
def told(pair: Pair) -> Any:
    """Write down what whoever is asked told the coordinator."""
    form = ToldForm()
    if not form.validate():
        offers.must_be_open(pair)
        return _again(pair, told_form=form)
    offers.write_down(
        pair, form.side.data, me(), how=form.how.data, agreed=form.agreed, reason=form.reason.data, shares=form.shares.data
    )
    return done(url_for(".show", pair_id=pair.id), _("The answer is written down."))


@bp.post("/pairs/<uuid:pair_id>/trial")
@needs(policy.lead, queries.by_id)
def start_trial(pair: Pair) -> Any:
    """Begin the getting-to-know period."""
    return _went(pair, actions.start_trial)


@bp.post("/pairs/<uuid:pair_id>/activate")
@needs(policy.lead, queries.by_id)
def activate(pair: Pair) -> Any:
    """Go on after the getting-to-know period."""
    return _went(pair, actions.activate)


@bp.post("/pairs/<uuid:pair_id>/resume")
@needs(policy.lead, queries.by_id)
def resume(pair: Pair) -> Any:
    """Go on after a pause."""
    return _went(pair, actions.resume)


@bp.post("/pairs/<uuid:pair_id>/finish")
@needs(policy.lead, queries.by_id)
def finish(pair: Pair) -> Any:
    """End the pair after its farewell."""
    return _went(pair, actions.finish)


@bp.post("/pairs/<uuid:pair_id>/pause")
@needs(policy.lead, queries.by_id)
def pause(pair: Pair) -> Any:
    """Let it rest."""
    form = PauseForm()
    if not form.validate():
        return _again(pair, pause_form=form)
    return _went(pair, lambda pair, actor: actions.pause(pair, form.reason.data, actor))


@bp.post("/pairs/<uuid:pair_id>/close")
@needs(policy.lead, queries.by_id)
def close(pair: Pair) -> Any:
    """Begin the farewell, or end a pair that is not active yet."""
    form = CloseForm()
    if not form.validate():
        return _again(pair, close_form=form)
    return _went(pair, lambda pair, actor: actions.close(pair, form.initiator.data, form.close_reason.data, actor))


def _went(pair: Pair, verb: Callable[[Pair, Any], None]) -> Any:
    verb(pair, me())
    return done(url_for(".show", pair_id=pair.id), _("Now: %(state)s", state=labels.STATES[pair.state]))


def _again(pair: Pair, **forms: Any) -> Any:
    row = queries.page_row(pair.id)
    return invalid(SHOW, **({**_content(row), **forms} if row else forms))


def _content(pair: PairRow) -> dict[str, Any]:
    leads = policy.lead(viewer(), pair)
    as_mentor = me() == pair.mentor_id and not leads
    entries = _entries(pair) if leads or not as_mentor or pair.state in READING else []
    now = clock.now()
    forms = {"pause_form": PauseForm(), "close_form": CloseForm(), **_asking(pair)} if leads else {}
    return {
        "pair": pair,
        "leads": leads,
        "other": pair.participant if as_mentor else pair.mentor,
        "next": NEXT[pair.state],
        "ahead": sorted((each for each in entries if each.at > now), key=lambda each: each.at),
        "behind": sorted(
            (*_steps(pair, leads=leads), *_answers(pair, leads=leads), *(each for each in entries if each.at <= now)),
            key=_newest,
        ),
        "concern_url": url_for(CONCERN, pair_id=pair.id) if CONCERN in current_app.view_functions else None,
        "labels": labels,
        **forms,
    }


def _asking(pair: PairRow) -> dict[str, Any]:
    """Return whoever is asked just now, how to ask them, and the form for what they say; nothing where nobody is asked."""
    if not offers.is_open(pair):
        return {}
    side = "participant" if pair.mentor_said_yes_at else "mentor"
    person = queries.person(pair.participant_id if side == "participant" else pair.mentor_id)
    return {
        "asked": person,
        "words": _("Hello %(name)s, when would be a good time for a short call?", name=person.first_name),
        "sending": sending_to(person),
        "contact": contact,
        "told_form": ToldForm(formdata=None, side=side),
    }


def _entries(pair: PairRow) -> list[Entry]:
    (told,) = together(gathered(current_app.extensions["house"].slot("timeline"), viewer(), pair.id))
    return [entry for entries in told for entry in entries]


def _steps(pair: PairRow, *, leads: bool) -> list[Entry]:
    """Return the path of the pair; reasons, and what was before both agreed, are the coordinators' alone."""
    shown = pair.steps if leads else [step for step in pair.steps if step.state in (*LIVE, "closed")]
    return [
        Entry(step.at, str(labels.STATES[step.state]), str(labels.REASONS.get(step.reason or "", "")) if leads else "",
              labels.ICONS[step.state])
        for step in shown
    ]  # fmt: skip


def _answers(pair: PairRow, *, leads: bool) -> Iterator[Entry]:
    """Yield who of the two said what, and who wrote it down for them; the coordinators' alone."""
    for said in pair.answers if leads else ():
        how = labels.WAYS_TOLD.get(said.how or "", "")
        text = _("%(how)s, written down by %(name)s", how=how, name=isolate(said.by)) if said.how else ""
        icon = "check" if said.agreed else "undo-2"
        yield Entry(said.at, str(labels.ANSWERS[said.side, said.agreed]), text, icon)


def _newest(entry: Entry) -> float:
    return -entry.at.timestamp()
