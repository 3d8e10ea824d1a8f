"""Export and erasure: asked for on an organisation's page, approved by somebody else, withdrawn by anybody."""

from flask import Response, url_for
from flask_babel import gettext as _

from maagal.console import departing, labels, policy, queries
from maagal.console.forms import EraseForm, ExportForm
from maagal.console.models import Departure
from maagal.console.views.blueprint import bp
from maagal.console.views.proving import me, proven
from maagal.pages import done, invalid, page, stale
from maagal.permissions import needs
from maagal.register import TenantRow

LIST, ASK = "console/leaving.html", "console/leave.html"


@bp.get("/leaving")
@needs(policy.see)
def leaving() -> Response:
    """List every request there was; an organisation that was erased has no page any more."""
    return page(LIST, found=departing.seen(), labels=labels, me=me())


@bp.get("/organisations/<uuid:tenant_id>/export")
@needs(policy.manage, queries.organisation)
def export_of(tenant: TenantRow) -> Response:
    """Ask why, and to whose key."""
    return page(ASK, what="export", form=ExportForm(formdata=None, recipient=departing.last_key(tenant)), organisation=tenant)


@bp.post("/organisations/<uuid:tenant_id>/export")
@needs(policy.manage, queries.organisation)
@proven
def ask_for_export(tenant: TenantRow) -> Response:
    """Ask that everything the organisation owns be written out for it."""
    form = ExportForm()
    if not form.validate_on_submit():
        return invalid(ASK, what="export", form=form, organisation=tenant)
    return _asked(tenant, departing.ask(tenant, "export", form.reason.data, form.recipient.data, me().person_id))


@bp.get("/organisations/<uuid:tenant_id>/erasure")
@needs(policy.manage, queries.organisation)
def erasure_of(tenant: TenantRow) -> Response:
    """Ask why, and for the short name, typed."""
    return page(ASK, what="erase", form=EraseForm(formdata=None), organisation=tenant)


@bp.post("/organisations/<uuid:tenant_id>/erasure")
@needs(policy.manage, queries.organisation)
@proven
def ask_for_erasure(tenant: TenantRow) -> Response:
    """Ask that the organisation be erased."""
    form = EraseForm()
    form.wanted = tenant.slug
    if not form.validate_on_submit():
        return invalid(ASK, what="erase", form=form, organisation=tenant)
    return _asked(tenant, departing.ask(tenant, "erase", form.reason.data, None, me().person_id))


@bp.post("/leaving/<int:departure_id>/approval")
@needs(policy.manage, departing.by_id)
@proven
def approve(departure: Departure) -> Response:
    """Agree to what somebody else asked."""
    if departing.approve(departure.id, me().person_id) or departure.approved_by == str(me().person_id):
        return done(url_for(".leaving"), _("It was approved; the delay runs from now on."))
    return _stale()


@bp.post("/leaving/<int:departure_id>/withdrawal")
@needs(policy.manage, departing.by_id)
def withdraw(departure: Departure) -> Response:
    """Take it back."""
    if departing.withdraw(departure.id, me().person_id) or departure.withdrawn_by == str(me().person_id):
        return done(url_for(".leaving"), _("It was withdrawn. Nothing will be done."))
    return _stale()


def _asked(tenant: TenantRow, made: object) -> Response:
    said = _("It was asked for. Now another operator approves it.") if made else _("This was asked for already.")
    return done(url_for(".organisation", tenant_id=tenant.id), said)


def _stale() -> Response:
    """Show how it stands now: somebody was quicker, or nobody approves what they asked for themself."""
    return stale(LIST, found=departing.seen(), labels=labels, me=me(), late=True)
