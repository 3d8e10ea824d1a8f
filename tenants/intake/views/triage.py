"""The coordinators' queue and a request's page: each decision is a form of its own that names the version it saw."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import request, url_for
from flask_babel import gettext as _

from maagal import sealing
from maagal.i18n import language
from maagal.ids import new_id
from maagal.pages import done, invalid, page, stale
from maagal.permissions import me, needs, viewer
from tenants.communities import board
from tenants.communities.actions import InOneLine
from tenants.communities.labels import in_one_line
from tenants.intake import actions, drafts, labels, policy, queries, queue, states
from tenants.intake.asked import Asked
from tenants.intake.forms import PhoneForm
from tenants.intake.models import HelpRequest
from tenants.intake.triage_forms import CommunityForm, ReasonForm, RiskForm, VersionForm
from tenants.intake.views.blueprint import bp
from tenants.people import queries as people
from tenants.people.actions import let_sign_in
from tenants.people.roster.vocabulary import LIFE_AREAS
from tenants.people.shown import twins

PAGE = "intake/request.html"


@bp.get("/requests")
@needs(policy.decide)
def index() -> Any:
    """Show a page of the queue, as the address filters it."""
    looking: Any = viewer()
    wanted = queue.Wanted.parse(request.args)
    found = queue.find(wanted, looking.person_id, looking.communities("coordinator"))
    return page(
        "intake/queue.html",
        fragment="rows",
        wanted=wanted,
        found=found,
        labels=labels,
        areas=LIFE_AREAS.terms,
        to=lambda **changed: url_for(".index", **wanted.address(**changed)),
        pages_to=lambda number: url_for(".index", **wanted.address(page=number)),
    )


@bp.get("/requests/new")
@needs(policy.decide)
def new() -> Any:
    """Offer the whole form on one page, for somebody on the phone."""
    return page("intake/phone.html", form=PhoneForm(draft_id=str(new_id())), labels=labels)


@bp.post("/requests/new")
@needs(policy.decide)
def create() -> Any:
    """Write down what was told on the phone; the coordinator owns the request."""
    form = PhoneForm()
    if not form.validate():
        return invalid("intake/phone.html", form=form, labels=labels)
    asked, draft_id = Asked(**form.told(), locale=language()), UUID(form.draft_id.data)
    known = drafts.request_of(draft_id)
    if known is not None and not actions.says_the_same(known, asked):
        form.draft_id.data = str(new_id())  # the second caller's own
        return stale("intake/phone.html", form=form, labels=labels, known=known)
    made = actions.submit(asked, draft_id, actor_id=me())
    return done(url_for(".show", request_id=made.id), _("The request is written down and yours."))


@bp.get("/requests/<uuid:request_id>")
@needs(policy.decide, queries.by_id, reads="help_request")
def show(found: HelpRequest) -> Any:
    """Show a request: who, how to reach them, their words, the path so far, and what may come next."""
    return page(PAGE, **_content(found))


@bp.post("/requests/<uuid:request_id>/owner")
@needs(policy.decide, queries.by_id)
def take(found: HelpRequest) -> Any:
    """Take a request."""
    form = VersionForm(prefix="take")
    return _decided(found, form, lambda: actions.take(found, me()), _("The request is yours."))


@bp.post("/requests/<uuid:request_id>/conversation")
@needs(policy.decide, queries.by_id)
def begin(found: HelpRequest) -> Any:
    """Start getting to know the person."""
    form = VersionForm(prefix="begin")
    return _decided(found, form, lambda: actions.begin(found, me(), form.said), _("Noted."))


@bp.post("/requests/<uuid:request_id>/risk")
@needs(policy.decide, queries.by_id)
def risk(found: HelpRequest) -> Any:
    """Note how great the risk is."""
    form = RiskForm(prefix="risk")
    return _decided(found, form, lambda: actions.set_risk(found, me(), int(form.risk.data), form.said), _("Noted."))


@bp.post("/requests/<uuid:request_id>/acceptance")
@needs(policy.decide, queries.by_id)
def accept(found: HelpRequest) -> Any:
    """Accept the person into a community."""
    form = CommunityForm(prefix="accepted").offer(_rooms())
    verb = lambda: actions.accept(found, me(), form.chosen, form.said)  # noqa: E731  read as a sentence below
    return _decided(found, form, verb, _("Accepted. A mentor can be looked for now."))


@bp.post("/requests/<uuid:request_id>/waiting")
@needs(policy.decide, queries.by_id)
def waitlist(found: HelpRequest) -> Any:
    """Put the person on a community's waiting list."""
    form = CommunityForm(prefix="waitlisted").offer(_rooms())
    verb = lambda: actions.waitlist(found, me(), form.chosen, form.said)  # noqa: E731  as above
    return _decided(found, form, verb, _("On the waiting list now."))


@bp.post("/requests/<uuid:request_id>/referral")
@needs(policy.decide, queries.by_id)
def refer_out(found: HelpRequest) -> Any:
    """Send the person on to somebody who fits better."""
    form = ReasonForm(prefix="referred_out").offer("referred_out")
    return _decided(found, form, lambda: actions.refer_out(found, me(), form.reason.data, form.said), _("Referred on."))


@bp.post("/requests/<uuid:request_id>/refusal")
@needs(policy.decide, queries.by_id)
def decline(found: HelpRequest) -> Any:
    """Turn the request down."""
    form = ReasonForm(prefix="declined").offer("declined")
    return _decided(found, form, lambda: actions.decline(found, me(), form.reason.data, form.said), _("Noted."))


@bp.post("/requests/<uuid:request_id>/withdrawal")
@needs(policy.decide, queries.by_id)
def withdraw(found: HelpRequest) -> Any:
    """Note that the person took the request back."""
    form = VersionForm(prefix="withdrawn")
    return _decided(found, form, lambda: actions.withdraw(found, me(), form.said), _("Noted."))


@bp.post("/requests/<uuid:request_id>/account")
@needs(policy.decide, queries.by_id)
def somebody_else(found: HelpRequest) -> Any:
    """Settle that the person is nobody who was known before: they get a way in of their own."""
    let_sign_in(queries.person_of(found)[0], me())
    address = url_for(".show", request_id=found.id)
    return done(address, _("They can sign in now."), template=PAGE, fragment="case", **_content(found))


def _decided(found: HelpRequest, form: Any, verb: Callable[[], None], said: str) -> Any:
    """Answer a decision: 422 when something is missing, 409 when the request has moved on, else do it and say so."""
    if not form.validate():
        return invalid(PAGE, fragment="case", **_content(found, form))
    if form.version.data != found.version:
        return _moved_on(found, form)
    try:
        verb()
    except states.NotFrom:
        return _moved_on(found, form)
    except InOneLine as why:
        form.community.errors = [in_one_line(why.args[0])]
        return invalid(PAGE, fragment="case", **_content(found, form))
    address = url_for(".show", request_id=found.id)
    return done(address, said, template=PAGE, fragment="case", **_content(found))


def _moved_on(found: HelpRequest, form: Any) -> Any:
    form.version.raw_data, form.version.data = None, found.version
    return stale(PAGE, fragment="case", moved_on=True, **_content(found, form))


def _content(found: HelpRequest, posted: Any = None) -> dict[str, Any]:
    person, profile = queries.person_of(found)
    place = sealing.Place("help_requests", found.id, "words")
    looking: Any = viewer()
    return {
        "found": found,
        "person": person,
        "profile": profile,
        "words": sealing.unseal_or_empty(found.words, place),
        "history": [_told(step, name) for step, name in queries.steps(found.id)],
        "twins": twins(looking, person),
        "may_sign_in": people.account_of(person.id) is not None,
        "position": queries.position(found),
        "owner": people.names_of([owner])[owner] if (owner := queries.owner_today(found)) else None,
        "forms": _forms(found, posted),
        "next": states.FOLLOWS[found.state],
        "me": me(),
        "labels": labels,
    }


def _told(step: Any, name: str) -> dict[str, Any]:
    note = sealing.unseal_or_empty(step.note, sealing.Place("request_steps", step.id, "note"))
    return {"state": step.state, "reason": step.reason, "note": note, "name": name, "at": step.at}


def _forms(found: HelpRequest, posted: Any) -> dict[str, Any]:
    """Return every form of the page by its prefix, the posted one with what was typed into it."""
    told = {"formdata": None, "version": found.version}
    made = {
        "take": VersionForm(prefix="take", **told),
        "begin": VersionForm(prefix="begin", **told),
        "withdrawn": VersionForm(prefix="withdrawn", **told),
        "risk": RiskForm(prefix="risk", risk=None if found.risk is None else str(found.risk), **told),
        "referred_out": ReasonForm(prefix="referred_out", **told).offer("referred_out"),
        "declined": ReasonForm(prefix="declined", **told).offer("declined"),
    }
    rooms = _rooms() if states.FOLLOWS[found.state] else []
    for state in ("accepted", "waitlisted"):
        made[state] = CommunityForm(prefix=state, **told).offer(rooms)
    if posted is not None:
        made[posted.version.name.removesuffix("-version")] = posted
    return made


def _rooms() -> list[Any]:
    looking: Any = viewer()
    return board.capacity(looking.communities("coordinator"))
