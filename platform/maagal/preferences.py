"""How a reader wants the page: size of letters, contrast, light or dark, single keys, language. Kept in a cookie."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Self

from blinker import signal
from flask import Blueprint, Request, current_app, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from maagal.permissions import anyone, needs
from maagal.ways_back import local

bp = Blueprint("preferences", __name__)
changed = signal("preferences-changed")  # sent with preferences=…; the accounts' side keeps them with the person
COOKIE = "maagal_display"
YEAR = 365 * 24 * 3600
LONGEST_NAME = 8  # letters of a language\'s code (RFC 5646)
CHOICES: dict[str, tuple[str, ...]] = {
    "size": ("100", "125", "150", "200"),
    "contrast": ("normal", "more"),
    "scheme": ("device", "light", "dark"),
    "keys": ("on", "off"),
}


@dataclass(frozen=True)
class Preferences:
    """One reader's choices; anything unknown falls back to the default, so an old cookie never breaks a page."""

    size: str = "100"
    contrast: str = "normal"
    scheme: str = "device"
    keys: str = "on"
    locale: str = ""

    @property
    def attributes(self) -> dict[str, str]:
        """Attributes for <html>: data-size, data-contrast, data-scheme, data-keys."""
        return {f"data-{name}": getattr(self, name) for name in CHOICES}

    @property
    def text(self) -> str:
        """The cookie's value, as in "150.more.dark.on.he"."""
        return ".".join(getattr(self, field.name) for field in fields(self))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a cookie's value; whatever is not one of the choices is the default."""
        names = [field.name for field in fields(cls)]
        return cls().altered(dict(zip(names, text.split("."), strict=False)))

    def altered(self, wanted: Mapping[str, str]) -> Self:
        """Give the same with the valid ones of the wanted choices."""
        valid = {name: wanted[name] for name, choices in CHOICES.items() if wanted.get(name) in choices}
        locale = wanted.get("locale", "")
        named = locale.isalpha() and len(locale) <= LONGEST_NAME
        return replace(self, **valid, locale=locale if named else self.locale)


def of(asked: Request) -> Preferences:
    """Read the preferences that came with a request."""
    return Preferences.parse(asked.cookies.get(COOKIE, ""))


@bp.get("/accessibility")
@needs(anyone)
def show() -> str:
    """Show the choices on a page of their own."""
    return render_template("house/accessibility.html", chosen=of(request), choices=CHOICES)


@bp.post("/accessibility")
@needs(anyone)
def save() -> AnyResponse:
    """Keep what was chosen (or forget it all) and go back to where the reader was."""
    wanted = Preferences() if "reset" in request.form else of(request).altered(request.form)
    changed.send(current_app._get_current_object(), preferences=wanted)  # type: ignore[attr-defined]  # noqa: SLF001 - blinker needs the app itself
    back = local(request.form.get("next", "").rstrip("?")) or request.script_root + "/accessibility"
    return keep(redirect(back, 303), wanted)


def keep(answer: AnyResponse, wanted: Preferences) -> AnyResponse:
    """Put the preferences into the answer's cookie, for this tenant's address only."""
    path = request.script_root or "/"
    answer.set_cookie(COOKIE, wanted.text, max_age=YEAR, path=path, secure=request.is_secure, httponly=True, samesite="Lax")
    return answer
