"""From a proven address to a session: who still owes a second factor waits in the cookie, without any rights."""

from uuid import UUID

from flask import Response, current_app, request, session, url_for
from flask_login import current_user, login_user, logout_user

from maagal import clock, preferences, tenancy
from maagal.pages import done
from maagal.ways_back import local
from tenants.people import queries as people
from tenants.people import viewer as viewers
from tenants.people.landing import landing
from tenants.people.models import Account, Person
from tenants.people.signing_in import actions, queries, second_factor

PENDING, NEXT, ASKED, WHO = "second_factor", "next", "asked", "who"
PATIENCE = 600  # seconds in which the second factor must be shown


def mailbox_shown(account_id: UUID) -> Response:
    """Let in whoever proved that they read an account's mail; where several people share the mailbox, ask who it is."""
    account = queries.account_by_id(account_id)
    if account is None or len(queries.sharing_mailbox(account)) < 2:
        return first_factor_shown(account)
    _remember(WHO, account)
    return done(url_for("sign_in.who"))


def first_factor_shown(account: Account | None) -> Response:
    """Let somebody in, or on to the second factor that their roles need; back to the door whoever has left meanwhile."""
    if account is None:
        return done(url_for("sign_in.ask"))
    if not viewers.needs_second_factor(people.roles_of(account.person_id)):
        return let_in(account, second_factor_shown=False)
    second_factor.prepare(account)
    _remember(PENDING, account)
    return done(url_for("sign_in.second" if account.totp_confirmed_at else "sign_in.enrol"))


def waiting() -> Account | None:
    """Return the account that owes its second factor here; None when nobody does or it took too long."""
    return _remembered(PENDING)


def to_choose() -> list[tuple[Account, Person]]:
    """Return the people one of whom is at the door, after their common mailbox was shown; nobody when it took too long."""
    account = _remembered(WHO)
    return queries.sharing_mailbox(account) if account else []


def _remember(step: str, account: Account) -> None:
    """Keep in an otherwise empty cookie how far somebody has come, and what they came for."""
    kept = session.get(NEXT)
    session.clear()
    session[NEXT], session[step] = kept, [f"{tenancy.current().id}:{account.id}", clock.now().timestamp() + PATIENCE]


def _remembered(step: str) -> Account | None:
    subject, until = session.get(step) or ("", 0.0)
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
