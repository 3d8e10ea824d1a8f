"""The house's Hebrew, so that a test reads in English and looks at Hebrew pages."""

from functools import cache
from gettext import GNUTranslations
from typing import Any

from maagal.paths import HERE


@cache
def _catalogue() -> GNUTranslations:
    with (HERE / "translations/he/LC_MESSAGES/messages.mo").open("rb") as file:
        return GNUTranslations(file)


def he(sentence: str, **values: Any) -> str:
    """Return a sentence in Hebrew; raises AssertionError where it has no translation."""
    found = _catalogue().gettext(sentence)
    assert found != sentence, f"no Hebrew for {sentence!r}"
    return found % values if values else found
