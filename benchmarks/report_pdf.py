"""Snapshot to PDF, over typst alone compiling the same finished document with fonts already read.

Each round makes a month nobody has printed yet, for both sides apart: typst remembers what it set before.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import typst
from figure import Figure as Mark
from figure import Figures
from flask import Flask
from flask_babel import Babel

from maagal.fonts import print_fonts
from tenants.reports.rendering.pdf import document, render_pdf, template
from tenants.reports.rendering.snapshot import Figure, Section, Series, Snapshot, Table

ROUNDS = 30
ROOT = Path(__file__).parents[1]
MONTHS = tuple(f"2026-{month:02}" for month in range(1, 13))


def snapshot(seed: int) -> Snapshot:
    """Return a month of three sections, five pages in Hebrew, whose numbers differ with `seed`."""
    sections = tuple(section(code, seed * 7 + at) for at, code in enumerate(("pairs", "meetings", "plans")))
    made_at = datetime(2026, 12, 1, tzinfo=UTC)
    return Snapshot("עמותת קשת", "קהילת חיפה", 2026, 11, "Asia/Jerusalem", made_at, seed + 1, sections)


def section(code: str, seed: int) -> Section:
    """Return eight figures, two plots and a table of twelve rows."""
    codes = ("mentor", "hours", "joined", "left") * 2
    figures = tuple(Figure(name, (seed + at) % 60, previous=at) for at, name in enumerate(codes))
    values = tuple((month, (seed * at) % 53) for at, month in enumerate(MONTHS, 3))
    months = tuple(Series(name, values) for name in ("meetings_planned", "meetings_held"))
    reasons = Series("closed_by_reason", tuple((name, seed % 9 + 1) for name in ("moved", "health", "time", "other")))
    rows = tuple((f"קהילה {at}", seed % 30, at) for at in range(12))
    table = Table("by_community", ("community", "mentor", "participant"), rows)
    return Section(code, figures, (table,), (*months, reasons))


def timed(work: Callable[[], object]) -> float:
    """Return the milliseconds that `work` takes."""
    start = perf_counter()
    work()
    return (perf_counter() - start) * 1000


def bare(source: bytes, fonts: typst.Fonts, told: str) -> None:
    """Compile the finished document by typst alone."""
    typst.compile(source, font_paths=fonts, format="pdf", sys_inputs={"report": told}, pdf_standards="ua-1")


def measure(folder: Path) -> tuple[float, float]:
    """Return the medians of both sides in milliseconds, taken in turns."""
    print_fonts(folder)
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
    source, ours, floor = template(), [], []
    for seed in range(0, ROUNDS * 2 + 6, 2):
        told, mine = document(snapshot(seed), "he"), snapshot(seed + 1)
        floor.append(timed(lambda told=told: bare(source, fonts, told)))  # type: ignore[misc]  # mypy: no default in a lambda
        ours.append(timed(lambda mine=mine: render_pdf(mine, "he", folder)))  # type: ignore[misc]  # as above
    return median(ours[3:]), median(floor[3:])  # the first rounds warm both


def report_pdf() -> Mark:
    """Measure the five-page report of a community's month in Hebrew."""
    app = Flask("bench", template_folder=str(ROOT / "templates"))
    Babel(app, default_translation_directories=str(ROOT / "platform/maagal/translations"))
    with app.app_context(), TemporaryDirectory() as folder:
        ours, floor = measure(Path(folder))
    return Mark("report_pdf", ours, "ms", ours / floor, "bare typst compile of the same document")


FIGURES: Figures = {"report_pdf": report_pdf}
