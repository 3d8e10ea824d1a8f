"""A snapshot as a tagged PDF (PDF/UA-1) with its fonts inside, made by a typst compiler that is kept warm."""

import json
import unicodedata
from dataclasses import asdict
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, cast

import typst
from flask import current_app, get_template_attribute
from flask_babel import force_locale
from flask_babel import gettext as _
from fontTools.ttLib import TTFont

from tenants.reports.rendering.presentation import Shown, present
from tenants.reports.rendering.snapshot import Snapshot

if TYPE_CHECKING:
    from jinja2 import BaseLoader

INK: Final = {"text": "#1c2a2e", "bar": "#0f5f63", "font": "Rubik"}


class Press:
    """One warm compiler: fonts are read once; a lock, because a compiler holds one document at a time."""

    def __init__(self, template: bytes, font_folder: Path) -> None:
        """Read the fonts of the folder and nothing else: no system fonts, no files, no network."""
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[font_folder])
        self._compiler = typst.Compiler(root=font_folder, font_paths=fonts)
        self._template = template
        self._drawable = drawable(font_folder)
        self._lock = Lock()

    def print(self, document: str, timestamp: int) -> bytes:
        """Return the PDF of the document's JSON; raises typst.TypstError where PDF/UA-1 would be broken.

        A letter that no font of ours draws is printed as a question mark: PDF/UA-1 forbids a missing glyph (ISO 14289-1, 7.21.8).
        """
        drawn = "".join(map(self._drawn, document))
        with self._lock:
            made = self._compiler.compile(
                self._template,
                format="pdf",
                sys_inputs={"report": drawn},
                pdf_standards="ua-1",
                timestamp=timestamp,
            )
        return cast("bytes", made)  # a list only for formats of one file a page

    def _drawn(self, sign: str) -> str:
        if ord(sign) in self._drawable or unicodedata.category(sign) in {"Cf", "Cc"}:  # these are obeyed, not drawn
            return sign
        return "" if unicodedata.category(sign).startswith("M") else "?"  # a mark goes with the letter it stood on


def drawable(font_folder: Path) -> frozenset[int]:
    """Return the code points that every font of the folder has a glyph for."""
    covered = []
    for path in font_folder.glob("*.ttf"):
        with TTFont(path, lazy=True) as font:
            covered.append(frozenset(font.getBestCmap()))
    return frozenset.intersection(*covered)


def render_pdf(snapshot: Snapshot, locale: str, font_folder: Path) -> bytes:
    """Return the report in the language `locale`; the same snapshot always gives the same bytes."""
    press = _press(template(), font_folder)
    return press.print(document(snapshot, locale), int(snapshot.made_at.timestamp()))


def template() -> bytes:
    """Return typst's source, from wherever the application finds its templates."""
    env = current_app.jinja_env
    loader = cast("BaseLoader", env.loader)  # Flask always sets one
    return loader.get_source(env, "typst/report.typ")[0].encode()


def document(snapshot: Snapshot, locale: str) -> str:
    """Return everything the typst template shows, as JSON in the language `locale`."""
    with force_locale(locale):
        shown = present(snapshot)
        return json.dumps(_data(shown), ensure_ascii=False)


def _data(shown: Shown) -> dict[str, Any]:
    drawn = get_template_attribute("components/plots.html", "drawn")
    data = asdict(shown) | {
        "heading": f"{shown.title} · {shown.period}",
        "footer": f"{shown.revision} · {shown.made}",
        "page": _("Page %(page)s of %(pages)s", page="{n}", pages="{of}"),
    }
    for section, told in zip(data["sections"], shown.sections, strict=True):
        for plot, told_plot in zip(section["plots"], told.plots, strict=True):
            plot["svg"] = str(drawn(told_plot, shown.rtl, INK))
    return data


_press = cache(Press)
