"""What administration sets: a page that leads to everything, and what stands in the accessibility statement."""

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from maagal.frame import settings_pages
from maagal.i18n import LANGUAGES
from maagal.pages import done, invalid, page, stale
from maagal.permissions import me, needs
from tenants.people import actions, policy, queries
from tenants.people.forms import OrganisationForm

bp = Blueprint("organisation", __name__, url_prefix="/organisation")
TEMPLATE = "people/accessibility.html"


@bp.get("")
@needs(policy.organise)
def index() -> Response:
    """Lead to everything that administration sets."""
    return page("people/organisation.html", pages=settings_pages(), languages=LANGUAGES)


@bp.get("/accessibility")
@needs(policy.organise)
def show() -> Response:
    """Show what the accessibility statement says, to be changed."""
    return page(TEMPLATE, form=OrganisationForm(obj=queries.organisation()))


@bp.post("/accessibility")
@needs(policy.organise)
def save() -> Response:
    """Keep what the accessibility statement says."""
    kept = queries.organisation()
    form = OrganisationForm(obj=kept)
    if not form.validate_on_submit():
        return invalid(TEMPLATE, form=form)
    if form.version.data != (str(kept.version) if kept else ""):
        return stale(TEMPLATE, form=form, now=kept)
    actions.organise(form.values, me())
    return done(url_for(".show"), _("Saved."))
