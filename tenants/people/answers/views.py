"""Pages of a person's answers: their own, and those of somebody whom the reader looks after."""

from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from maagal.pages import done, invalid, page, stale
from maagal.permissions import me, needs
from tenants.people import actions, policy, queries
from tenants.people.answers import kept
from tenants.people.answers.forms import AnswersForm, CoordinatorsForm
from tenants.people.models import Person
from tenants.people.own.views import myself

bp = Blueprint("answers", __name__)
TEMPLATE = "people/answers.html"


@bp.get("/people/<uuid:person_id>/answers")
@needs(policy.change, queries.by_id, reads="person")
def edit(person: Person) -> Response:
    """Show a person's answers, and what coordinators decide about a mentor, to be changed."""
    return page(TEMPLATE, person=person, form=_form(CoordinatorsForm, person))


@bp.post("/people/<uuid:person_id>/answers")
@needs(policy.change, queries.by_id)
def save(person: Person) -> Response:
    """Keep a person's answers."""
    return _keep(person, _form(CoordinatorsForm, person), url_for("people.show", person_id=person.id))


@bp.get("/me/answers")
@needs(policy.see_own)
def own() -> Response:
    """Show one's own answers to be changed."""
    mine = myself()
    return page(TEMPLATE, person=mine, form=_form(AnswersForm, mine), own=True)


@bp.post("/me/answers")
@needs(policy.change_own)
def save_own() -> Response:
    """Keep one's own answers."""
    mine = myself()
    return _keep(mine, _form(AnswersForm, mine), url_for("profile.show"), own=True)


def _form(kind: type[AnswersForm], person: Person) -> AnswersForm:
    return kind(kept.of(person), queries.roles_of(person.id))


def _keep(person: Person, form: AnswersForm, url: str, *, own: bool = False) -> Response:
    """Keep what was typed, or say what is wrong with it, or what changed in the meantime."""
    told: dict[str, Any] = {"person": person, "form": form, "own": own}
    if not form.validate_on_submit():
        return invalid(TEMPLATE, **told)
    if form.version.data != str(person.version):
        return stale(TEMPLATE, now=person, **told)
    actions.answer(person, form.values, me())
    return done(url, _("Saved."))
