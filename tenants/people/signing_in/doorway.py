"""From a proven address to a session: who still owes a second factor waits in the cookie, without any rights."""

from uuid import UUID

from flask import Response, current_app, request, session, url_for
from flask_login import current_user, login_user, logout_user

from maagal import clock, preferences, tenancy
from maagal.pages import done
from tenants.people import queries as people
from tenants.people import viewer as viewers
from tenants.people.landing import landing, local
from tenants.people.models import Account
from tenants.people.signing_in import actions, queries, second_factor

PENDING, NEXT, ASKED = "second_factor", "next", "asked"
PATIENCE = 600  # seconds in which the second factor must be shown


def first_factor_shown(account_id: UUID) -> Response:
    """Let somebody in, or on to the second factor that their roles need."""
    account = queries.account_by_id(account_id)
    if account is None:
        return done(url_for("sign_in.ask"))
    if not viewers.needs_second_factor(people.roles_of(account.person_id)):
        return let_in(account, second_factor_shown=False)
    second_factor.prepare(account)
    kept = session.get(NEXT)
    session.clear()
    session[NEXT], session[PENDING] = kept, [f"{tenancy.current().id}:{account.id}", clock.now().timestamp() + PATIENCE]
    return done(url_for("sign_in.second" if account.totp_confirmed_at else "sign_in.enrol"))


def waiting() -> Account | None:
    """Return the account that owes its second factor here; None when nobody does or it took too long."""
    subject, until = session.get(PENDING) or ("", 0.0)
    tenant_id, _, account_id = subject.partition(":")
    if tenant_id != str(tenancy.current().id) or until < clock.now().timestamp():
        return None
    return queries.account_by_id(UUID(account_id))


def let_in(account: Account, *, second_factor_shown: bool) -> Response:
    """Begin a session under a new id, with nothing in the cookie from before but the page somebody came for."""
    wanted = local(session.get(NEXT))
    leave()
    roles = people.roles_of(account.person_id)
    device = request.user_agent.string
    subject = actions.open_session(account.id, roles, device, second_factor=second_factor_shown)
    viewer = viewers.load_account(subject)
    if viewer is None:
        return done(url_for("sign_in.ask"))
    login_user(viewer)
    session.permanent = True
    answer = done(wanted or landing(viewer))
    return _with_display(answer, account.display)


def leave() -> None:
    """End the session at hand, if there is one, and empty its cookie."""
    if current_user.is_authenticated:
        actions.end_session(current_user.session_id)
        logout_user()
    session.clear()


def _with_display(answer: Response, kept: str | None) -> Response:
    if not kept:
        return answer
    shown = preferences.keep(answer, preferences.Preferences.parse(kept))
    return current_app.make_response(shown)
