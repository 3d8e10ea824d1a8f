"""One blueprint for all of the console, so that one name tells its pages from everybody's; and its frame."""

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _

from maagal.addresses import CONSOLE, PATH, is_console
from maagal.console.lost_steps import number_waiting
from maagal.permissions import viewer

bp = Blueprint(CONSOLE, __name__, url_prefix=PATH)


@bp.app_context_processor
def frame() -> dict[str, Any]:
    """Give pages at the console's address its own menu, instead of an organisation's."""
    if not is_console(request):
        return {}
    home = {"home_url": url_for("console.index")}
    return home | ({"menu": _menu(), "account_menu": _account_menu()} if viewer() else {})


def page_asked() -> int:
    """Return which page of a list was asked for, from 1."""
    return max(1, min(request.args.get("page", 1, int), 10_000))


def _menu() -> list[dict[str, Any]]:
    entries = (
        (_("Organisations"), "console.index", "building-2"),
        (_("Queues"), "console.queues", "inbox"),
        (_("Upgrades"), "console.upgrades", "git-compare-arrows"),
        (_("Health"), "console.health", "activity"),
        (_("Lost second steps"), "console.lost_steps_waiting", "key-round"),
        (_("Leaving"), "console.leaving", "log-out"),
        (_("What operators did"), "console.journal", "history"),
    )
    counts = {"console.lost_steps_waiting": number_waiting()}
    return [
        {"label": label, "url": url_for(endpoint), "icon": icon, "current": request.endpoint == endpoint}
        | {"count": counts.get(endpoint, 0)}
        for label, endpoint, icon in entries
    ]


def _account_menu() -> list[dict[str, Any]]:
    return [{"label": _("Sign out"), "url": url_for("console.sign_out"), "icon": "log-out", "post": True}]
