"""The organisation's settings: what stands in the accessibility statement."""

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from maagal.i18n import LANGUAGES
from maagal.pages import done, invalid, page, stale
from maagal.permissions import me, needs
from tenants.people import actions, policy, queries
from tenants.people.forms import OrganisationForm

bp = Blueprint("organisation", __name__, url_prefix="/organisation")
TEMPLATE = "people/organisation.html"


@bp.get("")
@needs(policy.organise)
def show() -> Response:
    """Show the settings to be changed."""
    return page(TEMPLATE, form=OrganisationForm(obj=queries.organisation()), languages=LANGUAGES)


@bp.post("")
@needs(policy.organise)
def save() -> Response:
    """Keep the settings."""
    kept = queries.organisation()
    form = OrganisationForm(obj=kept)
    if not form.validate_on_submit():
        return invalid(TEMPLATE, form=form, languages=LANGUAGES)
    if form.version.data != (str(kept.version) if kept else ""):
        return stale(TEMPLATE, form=form, now=kept, languages=LANGUAGES)
    actions.organise(form.values, me())
    return done(url_for(".show"), _("Saved."))
