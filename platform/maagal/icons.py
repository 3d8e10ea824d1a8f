"""Lucide's line icons, drawn into the page."""

import functools
import re
from importlib import resources
from zipfile import ZipFile

from markupsafe import Markup

_INSIDE = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


def icon(name: str, label: str | None = None, *, turns: bool = False) -> Markup:
    """Draw the icon, hidden from screen readers unless labelled; `turns` mirrors it where reading runs right to left.

    KeyError for a name that Lucide does not have.
    """
    spoken = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true" focusable="false"')
    return Markup(
        '<svg class="icon{}" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor"'
        ' stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" {}>{}</svg>'
    ).format(" icon-turns" if turns else "", spoken, _lines(name))


@functools.cache
def _lines(name: str) -> Markup:
    with resources.as_file(resources.files("lucide") / "lucide.zip") as path, ZipFile(path) as drawings:
        found = _INSIDE.search(drawings.read(f"{name}.svg").decode())
    if found is None:
        raise KeyError(name)
    return Markup(re.sub(r"\s+", " ", found[1]).strip())  # noqa: S704 - a packaged drawing, never a person's text
