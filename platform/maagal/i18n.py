"""Languages and time zones: the person's own choice, else the tenant's. Hebrew and English are complete."""

from flask import Flask, g, request
from flask_babel import Babel, get_locale, lazy_gettext

from maagal import preferences, tenancy
from maagal.paths import HERE

LANGUAGES = {"he": "עברית", "en": "English"}
RIGHT_TO_LEFT = frozenset({"he", "ar"})
DEFAULT = "he"
_l = lazy_gettext


def init_babel(app: Flask) -> None:
    """Let the app speak the reader's language at the reader's hour."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(HERE / "translations")
    Babel(app, default_locale=DEFAULT, locale_selector=choose_locale, timezone_selector=choose_timezone)


def choose_locale() -> str:
    """Return `he` or `en`: what this reader chose, else what the person is known to read, else the tenant's."""
    viewer, tenant = g.get("viewer"), tenancy.current_or_none()
    wishes = (
        preferences.of(request).locale if request else "",
        getattr(viewer, "locale", None),
        tenant.locale if tenant else None,
    )
    return next((wish for wish in wishes if wish in LANGUAGES), DEFAULT)


def choose_timezone() -> str:
    """Return the name of the person's zone, else the tenant's."""
    tenant = tenancy.current_or_none()
    mine: str | None = getattr(g.get("viewer"), "timezone", None)
    return mine or (tenant.timezone if tenant else "Asia/Jerusalem")


def language() -> str:
    """Return the language code in use."""
    return str(get_locale() or DEFAULT).split("_", maxsplit=1)[0]


def direction(code: str) -> str:
    """Return `rtl` or `ltr`."""
    return "rtl" if code in RIGHT_TO_LEFT else "ltr"
