"""The two edges of a request: it enters its tenant, and what went well is kept.

The answer is rendered before anything is committed; an answer of 400 or above leaves nothing behind.
"""

from contextlib import ExitStack
from typing import Any

from flask import Flask, Response, abort, current_app, g, redirect, request
from flask_login import LoginManager, current_user

from maagal import register, tenancy
from maagal.addresses import CONSOLE, PATH, console_host, host_of, is_console
from maagal.db import commit, db, within

WITHOUT_TENANT = frozenset({"assets", "certificates", "health"})  # blueprints that serve the house itself
AT_THE_CONSOLE = WITHOUT_TENANT | {CONSOLE, "preferences"}
OPERATOR = "operator"


class House(Flask):
    """An application whose requests leave their tenant whatever falls while they end."""

    def do_teardown_request(self, *told: Any, **named: Any) -> None:
        """Let the others clear up, of whom each keeps the next from it by failing; then leave."""
        try:
            super().do_teardown_request(*told, **named)
        finally:
            leave_tenant()


def init_edges(app: Flask) -> None:
    """Enter, load whoever looks, commit, leave; in this order."""
    app.before_request(enter_tenant)
    app.before_request(load_viewer)
    app.before_request(change_to_the_sponsors_login)
    app.after_request(keep_what_went_well)
    manager = LoginManager()
    manager.init_app(app, add_context_processor=False)  # a page of refusal must not ask again who looks
    manager.user_loader(load_account)
    manager.session_protection = None  # sessions are rows of ours, bound to a tenant and revocable


def load_account(subject: str) -> object | None:
    """Ask whoever keeps accounts who a session's subject is, here and now; outside a tenant nobody is signed in."""
    if tenancy.current_or_none() is None:  # a page of refusal, rendered before the tenant was entered
        return None
    try:
        found: object = current_app.extensions["house"].hooks["load_account"](subject)
    except tenancy.TenantClosed:  # the page that says so asks, too, who looks
        return None
    return found


def enter_tenant() -> None:
    """Enter the tenant that the path or the host names, or the console; where there is neither, nothing is here."""
    if is_console(request):
        enter_console()
        return
    if request.blueprint == CONSOLE:
        abort(404)
    tenant = None if request.blueprint in WITHOUT_TENANT else _named_tenant()  # the former answer without a database
    g.stay = ExitStack()
    g.stay.enter_context(within(tenant))
    if tenant is not None:
        db.session.connection()  # opens the transaction: a suspended tenant is refused here, also where a page reads nothing


def _named_tenant() -> tenancy.Tenant:
    slug = request.environ.get(tenancy.SLUG_KEY)
    tenant = register.by_slug(slug) if slug else register.by_host(host_of(request.host))
    if tenant is None:
        abort(404)
    if tenant.state == "opening":
        abort(503)
    return tenant


def enter_console() -> None:
    """Enter no tenant, with the operators' login, which reads the control schema alone; no tenant's page is here."""
    if request.path == "/" and host_of(request.host) == console_host():
        abort(redirect(f"{PATH}/", 303))
    if request.blueprint not in AT_THE_CONSOLE:
        abort(404)
    g.stay = ExitStack()
    g.stay.enter_context(within(None, "app" if request.blueprint in WITHOUT_TENANT else OPERATOR))


def load_viewer() -> None:
    """Find out who looks; a cookie of another tenant, or of the console, is nobody here."""
    g.viewer = None
    if tenancy.login() == OPERATOR:
        g.viewer = current_app.extensions["load_operator"]()
    elif tenancy.current_or_none() is not None and current_user.is_authenticated:
        g.viewer = current_user._get_current_object()  # noqa: SLF001  the proxy would be resolved again at each use


def change_to_the_sponsors_login() -> None:
    """Go on as a role that reads published figures and nothing else, where a sponsor's page was asked for.

    Whoever looks is known by now, in a transaction of its own; the page itself cannot ask for more, injected or not.
    """
    tenant = tenancy.current_or_none()
    if tenant is not None and request.blueprint in current_app.extensions.get("sponsor_blueprints", ()):
        commit()
        g.stay.close()
        g.stay = ExitStack()
        g.stay.enter_context(within(tenant, "sponsor"))


def keep_what_went_well(response: Response) -> Response:
    """Commit when the answer is below 400: one request, one transaction, one answer already rendered."""
    if response.status_code < 400 and (tenancy.current_or_none() is not None or tenancy.login() == OPERATOR):
        commit()
    return response


def leave_tenant() -> None:
    """Leave the tenant, whatever happened."""
    if stay := g.pop("stay", None):
        stay.close()
