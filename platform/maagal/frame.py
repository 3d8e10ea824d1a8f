"""What every page's frame shows: the tenant, the reader, the menu, languages, toasts."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, get_flashed_messages, request, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from maagal import preferences, tenancy
from maagal.capability import MenuEntry
from maagal.i18n import LANGUAGES, direction, language
from maagal.permissions import viewer
from maagal.questions import Asking, Promise, gathered


@dataclass(frozen=True)
class MenuLine:
    """A menu entry as it is shown to one reader."""

    label: str
    url: str
    icon: str
    current: bool
    count: int


def init_frame(app: Flask) -> None:
    """Give every template what the frame needs."""
    app.before_request(promise_counts)
    app.context_processor(frame)


def frame() -> dict[str, Any]:
    """Return the frame's variables; templates/layouts/house.html lists them."""
    code = language()
    return {
        "tenant": tenancy.current_or_none(),
        "viewer": viewer(),
        "menu": menu(),
        "prefs": preferences.of(request),
        "locale": code,
        "dir": direction(code),
        "other_locales": [(other, name) for other, name in LANGUAGES.items() if other != code],
        "toasts": get_flashed_messages(with_categories=True),
        "csrf_field": csrf_field,
    }


def csrf_field() -> Markup:
    """Return the hidden field that proves a form is ours."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def promise_counts() -> None:
    """Let the numbers beside the menu come with what the page itself asks."""
    g.counts = Promise(counts) if request.method == "GET" and viewer() else None


def menu() -> list[MenuLine]:
    """Return the lines of the menu for this reader, visitors included."""
    if tenancy.current_or_none() is None:
        return []
    promise: Promise[dict[str, int]] = g.pop("counts", None) or Promise(counts)
    entries, numbers = _entries(), promise.answer()
    return [_line(entry, numbers.get(entry.endpoint, 0)) for entry in entries]


def counts() -> Asking[dict[str, int]]:
    """Ask what stands beside the lines of the menu, by endpoint."""
    looking = viewer()
    if looking is None or tenancy.login() != "app":  # the sponsor's login reads published figures alone
        return {}
    counted = {entry.endpoint: entry.count for entry in _entries() if entry.count}
    return dict(zip(counted, (yield from gathered(counted.values(), looking)), strict=True))


def settings_pages() -> list[MenuEntry]:
    """Return what this reader sets for the organisation."""
    return _open(current_app.extensions["house"].settings_pages())


def _entries() -> list[MenuEntry]:
    return _open(current_app.extensions["house"].menu())


def _open(entries: list[MenuEntry]) -> list[MenuEntry]:
    tenant, looking = tenancy.current_or_none(), viewer()
    if tenant is None:
        return []
    roles = looking.roles if looking else frozenset({"visitor"})
    house = current_app.extensions["house"]
    seen = [entry for entry in entries if entry.roles & roles and house.switched_on(entry.endpoint, tenant)]
    return [entry for entry in seen if entry.rule is None or entry.rule(looking)]


def _line(entry: MenuEntry, count: int) -> MenuLine:
    current = request.endpoint == entry.endpoint
    return MenuLine(str(entry.label), url_for(entry.endpoint), entry.icon, current, count)
