"""The front door, today, and the people somebody may find."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, current_app, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _

from maagal import cards
from maagal.pages import done, invalid, page, stale
from maagal.permissions import anyone, me, needs, signed_in, viewer
from tenants.people import actions, notes, policy, queries, shown
from tenants.people.forms import NotesForm, ProfileForm
from tenants.people.labels import CHANNELS, role_label
from tenants.people.landing import landing
from tenants.people.models import Person

bp = Blueprint("people", __name__)
FURTHEST = 1_000_000  # a page; what lies behind it, the database could not count to


@bp.get("/")
@needs(anyone)
def home() -> Response:
    """Show visitors the tenant's front door; whoever is signed in is sent to their first page."""
    looking = viewer()
    if looking is not None:
        return done(landing(looking))
    return page("house/home.html", ways=_ways())


@bp.get("/today")
@needs(signed_in)
def today() -> Response:
    """Show what waits for the reader, gathered from every capability."""
    found = [card for fill in current_app.extensions["house"].slot("today") for card in fill(viewer())]
    return page("people/today.html", cards=cards.in_order(found))


@bp.get("/people")
@needs(policy.browse)
def index() -> Response:
    """List people, found by name or phone."""
    words, wanted = request.args.get("q", "").strip()[:80], request.args.get("page", 1, int)
    at = min(max(wanted, 1), FURTHEST)
    people, number = queries.found(viewer(), words, at)
    told: dict[str, Any] = {"people": people, "number": number, "words": words, "at": at, "pages": -(-number // queries.PAGE)}
    return page("people/index.html", fragment="list", role_label=role_label, page_url=_page_of(words), **told)


@bp.get("/people/<uuid:person_id>")
@needs(policy.see, queries.by_id, reads="person")
def show(person: Person) -> Response:
    """Show a person: how to reach them, what they answered, which roles they hold."""
    looking, held = viewer(), queries.memberships_of(person.id)
    today = shown.current(held)
    answers = shown.answers(person, {each.role for each in today})
    told: dict[str, Any] = {"held": held, "answers": answers, "hours": shown.hours(person.profile)}
    told |= {"notes": shown.notes(looking, person), "twins": shown.twins(looking, person)}
    told |= {"may_sign_in": person.state != "active" or queries.account_of(person.id) is not None}
    words: dict[str, Any] = {"role_label": role_label, "channels": CHANNELS}
    return page("people/show.html", person=person, fits=shown.who_fits(looking, person, today), **told, **words)


@bp.get("/people/<uuid:person_id>/edit")
@needs(policy.change, queries.by_id, reads="person")
def edit(person: Person) -> Response:
    """Show a person's contact details to be changed."""
    return page("people/edit.html", person=person, form=profile_form(person), **shown.day_names())


@bp.post("/people/<uuid:person_id>/edit")
@needs(policy.change, queries.by_id)
def save(person: Person) -> Response:
    """Keep a person's contact details."""
    return keep(person, "people/edit.html", url_for(".show", person_id=person.id))


@bp.get("/people/<uuid:person_id>/notes")
@needs(policy.write_notes, queries.by_id, reads="person")
def edit_notes(person: Person) -> Response:
    """Show what coordinators noted about a person, to be changed."""
    told = shown.notes(viewer(), person)
    return page("people/notes.html", person=person, form=NotesForm(notes=told, version=str(person.version)))


@bp.post("/people/<uuid:person_id>/notes")
@needs(policy.write_notes, queries.by_id)
def save_notes(person: Person) -> Response:
    """Keep what coordinators noted about a person."""
    form = NotesForm()
    if not form.validate_on_submit():
        return invalid("people/notes.html", person=person, form=form)
    if form.version.data != str(person.version):
        return stale("people/notes.html", person=person, form=form, now=person, stands=shown.notes(viewer(), person))
    notes.write(person, (form.notes.data or "").strip(), me())
    return done(url_for(".show", person_id=person.id), _("Saved."))


@bp.post("/people/<uuid:person_id>/account")
@needs(policy.change, queries.by_id)
def somebody_else(person: Person) -> Response:
    """Settle that a person is nobody who was known before: they get a way in of their own."""
    actions.let_sign_in(person, me())
    return done(url_for(".show", person_id=person.id), _("They can sign in now."))


def profile_form(person: Person) -> ProfileForm:
    """Return the form about a person, filled with what is kept or was typed."""
    return ProfileForm(obj=person, free_hours=person.profile.free_hours if person.profile else [])


def keep(person: Person, template: str, url: str) -> Response:
    """Keep what was typed about a person, or say what is wrong with it, or what changed in the meantime."""
    form = profile_form(person)
    told: dict[str, Any] = {"person": person, "form": form, **shown.day_names()}
    if not form.validate_on_submit():
        return invalid(template, **told)
    if form.version.data != str(person.version):
        return stale(template, now=person, **told)
    actions.change(person, form.values, form.free_hours.data, me())
    return done(url, _("Saved."))


@bp.app_context_processor
def frame() -> dict[str, Any]:
    """Give every page what opens under the reader's own name, and the accessibility statement its fields."""
    return {"account_menu": _account_menu() if viewer() else (), "accessibility": accessibility}


def accessibility() -> dict[str, Any]:
    """Return what the organisation says of its accessibility, as the statement's template reads it."""
    kept = queries.organisation()
    if kept is None:
        return {}
    said = {name: getattr(kept, name) for name in ("coordinator", "phone", "mail", "arrangements", "known_gaps")}
    return said | {"reviewed_on": format_date(kept.reviewed_on, "long") if kept.reviewed_on else ""}


def _page_of(words: str) -> Callable[[int], str]:
    return lambda number: url_for("people.index", q=words or None, page=number)


def _account_menu() -> list[dict[str, Any]]:
    return [
        {"label": _("My profile"), "url": url_for("profile.show"), "icon": "user-round-pen"},
        {"label": _("Who looked at my information"), "url": url_for("profile.readers"), "icon": "eye"},
        {"label": _("Sign out"), "url": url_for("sign_in.out"), "icon": "log-out", "post": True},
    ]


def _ways() -> list[tuple[str, str, str, str]]:
    """Return the ways in: label, sentence, address, icon. The first is for whoever needs help."""
    sign_in = (_("Sign in"), _("For whoever is with us already."), url_for("sign_in.ask"), "log-in")
    if "intake.ask" not in current_app.view_functions:
        return [sign_in]
    help_me = (_("Ask for help"), _("Tell us in a few lines what is hard just now."), url_for("intake.ask"), "hand-heart")
    return [help_me, sign_in]
