"""Organisations: which there are, opening one, its limits and capabilities, suspending and resuming."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from flask_babel import gettext as _

from maagal import migrate, register
from maagal.config import settings
from maagal.console import actions, departing, labels, policy, queries
from maagal.console.forms import MEGABYTE, CapabilitiesForm, HostForm, InviteForm, LimitsForm, OpenForm
from maagal.console.queries import Progress
from maagal.console.views.blueprint import bp, page_asked
from maagal.console.views.proving import me, proven
from maagal.pages import done, invalid, page
from maagal.permissions import needs
from maagal.register import TenantRow

INDEX, OPEN, SHOW, WISH = (f"console/{name}.html" for name in ("index", "open", "organisation", "wish"))
STILL = 10.0  # seconds after which an unheard wish is worth a word


@bp.get("/")
@needs(policy.see)
def index() -> Response:
    """List organisations, a page at a time; search by name, short name or host."""
    words, state, at = request.args.get("q", ""), request.args.get("state", ""), page_asked()
    found, number = queries.organisations(words, state if state in labels.STATES else "", at)
    told: dict[str, Any] = {"found": found, "number": number, "at": at, "pages": -(-number // queries.PAGE)}
    return page(INDEX, fragment="list", words=words, state=state, labels=labels, page_url=_pages(words, state), **told)


@bp.get("/open")
@needs(policy.manage)
def ask_to_open() -> Response:
    """Ask what the new organisation is called."""
    return page(OPEN, form=OpenForm(formdata=None))


@bp.post("/open")
@needs(policy.manage)
def wish_open() -> Response:
    """Ask the provisioner for it, and show how far it is."""
    form = OpenForm()
    if again := queries.just_wished(form.wanted, me().person_id):
        return done(url_for(".wish", wish_id=again))
    if not form.validate_on_submit():
        return invalid(OPEN, form=form)
    wish_id = actions.wish_open(form.wanted, me().person_id)
    if wish_id is None:  # somebody was quicker since the form was read
        form.slug.errors = [labels.refusal("busy")]
        return invalid(OPEN, form=form)
    return done(url_for(".wish", wish_id=wish_id))


@bp.get("/wishes/<uuid:wish_id>")
@needs(policy.see, queries.wish)
def wish(progress: Progress) -> Response:
    """Show how far a wish is, in seconds; the page asks again by itself until it is done."""
    wished = progress.wish
    made = queries.by_slug(wished.slug) if wished.state == "done" else None
    told: dict[str, Any] = {"wish": wished, "seconds": progress.seconds, "still": progress.seconds > STILL, "made": made}
    told |= {"moves": wished.state in {"wanted", "working"}, "steps": _steps(wished), "labels": labels}
    return page(WISH, fragment="progress", **told)


@bp.get("/organisations/<uuid:tenant_id>")
@needs(policy.see, queries.organisation)
def organisation(tenant: TenantRow) -> Response:
    """Show what an operator may know of an organisation and do about it."""
    return page(SHOW, **_content(tenant))


@bp.post("/organisations/<uuid:tenant_id>/invitation")
@needs(policy.manage, queries.organisation)
@proven
def invite(tenant: TenantRow) -> Response:
    """Have the first administrator invited, once or again."""
    form = InviteForm()
    if not form.validate_on_submit():
        return invalid(SHOW, **_content(tenant) | {"inviting": form})
    wished = actions.wish_invitation(tenant, form.administrator.data, form.administrator_locale.data, me().person_id)
    return _wished(tenant, wished)


@bp.post("/organisations/<uuid:tenant_id>/suspension")
@needs(policy.manage, queries.organisation)
@proven
def suspend(tenant: TenantRow) -> Response:
    """Have it suspended."""
    return _wished(tenant, actions.wish_suspension(tenant, me().person_id))


@bp.post("/organisations/<uuid:tenant_id>/resumption")
@needs(policy.manage, queries.organisation)
@proven
def resume(tenant: TenantRow) -> Response:
    """Have it resumed."""
    return _wished(tenant, actions.wish_resumption(tenant, me().person_id))


@bp.post("/organisations/<uuid:tenant_id>/limits")
@needs(policy.manage, queries.organisation)
@proven
def limit(tenant: TenantRow) -> Response:
    """Set its limits on people and storage."""
    form = LimitsForm()
    if not form.validate_on_submit():
        return invalid(SHOW, **_content(tenant) | {"limits": form})
    actions.limit(tenant, form.most_people.data, form.most_bytes, me().person_id)
    return done(url_for(".organisation", tenant_id=tenant.id), _("The limits hold from now on."))


@bp.post("/organisations/<uuid:tenant_id>/capabilities")
@needs(policy.manage, queries.organisation)
@proven
def switch(tenant: TenantRow) -> Response:
    """Switch its optional capabilities on and off."""
    form = CapabilitiesForm()
    if not form.validate_on_submit():
        return invalid(SHOW, **_content(tenant) | {"capabilities": form})
    actions.switch(tenant, form.capabilities.data, me().person_id)
    return done(url_for(".organisation", tenant_id=tenant.id), _("Saved."))


@bp.post("/organisations/<uuid:tenant_id>/host")
@needs(policy.manage, queries.organisation)
@proven
def settle_host(tenant: TenantRow) -> Response:
    """Set the host of its own, or take it away."""
    form = HostForm(tenant.id)
    if not form.validate_on_submit():
        return invalid(SHOW, **_content(tenant) | {"host": form})
    actions.settle_host(tenant, form.wanted, me().person_id)
    return done(url_for(".organisation", tenant_id=tenant.id), _("Saved. Links name this host from now on."))


@bp.post("/organisations/<uuid:tenant_id>/retries")
@needs(policy.mend, queries.organisation)
def retry(tenant: TenantRow) -> Response:
    """Have its own worker try again what was given up."""
    actions.wish_retry(tenant, me().person_id)
    return done(url_for(".organisation", tenant_id=tenant.id), _("Its worker tries again within seconds."))


def _content(tenant: TenantRow) -> dict[str, Any]:
    megabytes = tenant.most_bytes // MEGABYTE if tenant.most_bytes else None
    done_to_it, _number = queries.operations(1, tenant.slug)
    address = register.address(register.as_tenant(tenant))
    return {
        "organisation": tenant, "address": f"{address}/", "usage": queries.usage_of(tenant.id),
        "head": migrate.head("tenant"), "pending": queries.pending(tenant.slug), "operations": done_to_it,
        "retrying": queries.retry_pending(tenant.id), "labels": labels,
        "invitation": queries.invitation(tenant.id),
        "inviting": InviteForm(formdata=None, administrator_locale=tenant.locale),
        "departures": departing.seen(tenant.id), "me": me(), "delay_hours": f"{settings().leaving_delay_hours:g}",
        "limits": LimitsForm(formdata=None, most_people=tenant.most_people, most_megabytes=megabytes),
        "capabilities": CapabilitiesForm(formdata=None, capabilities=tenant.capabilities), "megabyte": MEGABYTE,
        "host": HostForm(tenant.id, formdata=None, host=tenant.host),
    }  # fmt: skip


def _wished(tenant: TenantRow, wish_id: UUID | None) -> Response:
    """Go and watch the wish; one that is under way already is watched instead."""
    watched = wish_id or queries.pending(tenant.slug)
    return done(url_for(".wish", wish_id=watched) if watched else url_for(".organisation", tenant_id=tenant.id))


def _steps(wished: Any) -> tuple[list[Any], int]:
    """Return the labels of a wish's way and where it is on it."""
    names = [name for name in labels.STEPS if wished.what == "open" or name in {"queued", "done"}]
    at = names.index(wished.step) if wished.step in names else 0
    return [labels.STEPS[name] for name in names], len(names) if wished.state == "done" else at


def _pages(words: str, state: str) -> Callable[[int], str]:
    return lambda number: url_for("console.index", q=words or None, state=state or None, page=number)
