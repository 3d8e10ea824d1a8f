"""Rubik for the screen and for print, cut once from the packaged variable font into a cache folder."""

import io
import sys
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from maagal.whole_files import write_whole

SOURCE = resources.files("fontpkg_rubik") / "files" / "Rubik[wght].ttf"
CORE = (
    range(0x250),
    range(0x590, 0x600),
    range(0x2000, 0x2070),
    range(0x20A0, 0x20D0),
    range(0x2100, 0x2C00),
    range(0xFB1D, 0xFB50),
)
STATIC = {"Rubik-Regular.ttf": 400, "Rubik-Medium.ttf": 500, "Rubik-Bold.ttf": 700}


def web_fonts(cache: Path) -> dict[str, bytes]:
    """Give the two woff2 files by name: core (Hebrew, Latin) and more (Arabic, Cyrillic); made on the first call."""
    core = {point for block in CORE for point in block}
    everything = set(_source().getBestCmap()) if not (cache / "rubik-more.woff2").exists() else set()
    return {
        "rubik-core.woff2": _kept(cache / "rubik-core.woff2", core),
        "rubik-more.woff2": _kept(cache / "rubik-more.woff2", everything - core),
    }


def print_fonts(cache: Path) -> list[Path]:
    """Give paths of the static Regular, Medium and Bold TTFs, which typst needs (it reads no variable axes)."""
    return [_instance(cache / name, weight) for name, weight in STATIC.items()]


def _source() -> TTFont:
    return TTFont(io.BytesIO(SOURCE.read_bytes()), recalcTimestamp=False)  # every process cuts the same bytes


def _kept(path: Path, points: Iterable[int]) -> bytes:
    if not path.exists():
        write_whole(path, _woff2(points))
    return path.read_bytes()


def _woff2(points: Iterable[int]) -> bytes:
    font = _source()
    cutter = Subsetter(Options(layout_features=["*"], notdef_outline=True))
    cutter.populate(unicodes=points)
    cutter.subset(font)
    font.flavor = "woff2"
    return _bytes(font)


def _instance(path: Path, weight: int) -> Path:
    if not path.exists():
        font = instantiateVariableFont(_source(), {"wght": weight}, updateFontNames=True, optimize=False)
        write_whole(path, _bytes(font))
    return path


def _bytes(font: TTFont) -> bytes:
    made = io.BytesIO()
    font.save(made)
    return made.getvalue()


if __name__ == "__main__":  # beside everything else, once: it takes some seconds, and no task may
    print_fonts(Path(sys.argv[1]) / "print")
    web_fonts(Path(sys.argv[1]))
