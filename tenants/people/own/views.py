"""One's own profile, and who looked at what is kept of one."""

from typing import Any

from flask import Blueprint, Response, url_for

from maagal import preferences, tenancy
from maagal.pages import page
from maagal.permissions import me, needs, viewer
from tenants.audit.queries import about
from tenants.people import actions, policy, queries
from tenants.people.own.looks import looks
from tenants.people.shown import day_names
from tenants.people.views import keep, profile_form

bp = Blueprint("profile", __name__, url_prefix="/me")


def myself() -> Any:
    """Return the reader as a person."""
    return queries.by_id(me())


@bp.get("")
@needs(policy.see_own)
def show() -> Response:
    """Show one's profile to be changed."""
    mine = myself()
    return page("people/profile.html", person=mine, form=profile_form(mine), **day_names())


@bp.post("")
@needs(policy.change_own)
def save() -> Response:
    """Keep one's profile."""
    return keep(myself(), "people/profile.html", url_for(".show"))


@bp.get("/readers")
@needs(policy.see_own)
def readers() -> Response:
    """Say in plain words who looked at what is kept of the reader."""
    entries = about(myself().id)
    names = queries.names_of(each.actor_id for each in entries if each.actor_id)
    return page("people/readers.html", looks=looks(entries, names))


@preferences.changed.connect
def keep_display(_app: Any, preferences: preferences.Preferences) -> None:
    """Keep with the account how a signed-in person wants pages to look."""
    looking = viewer()
    if looking is not None and tenancy.current_or_none() is not None:  # operators of the platform keep theirs in the cookie
        actions.keep_display(looking.account_id, preferences.text)
