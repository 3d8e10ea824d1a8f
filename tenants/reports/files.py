"""A report as a file to take away, in either language."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from maagal.config import settings
from maagal.fonts import print_fonts
from maagal.scopes import file_path
from maagal.whole_files import write_whole
from tenants.reports.models import Report
from tenants.reports.rendering.pdf import render_pdf
from tenants.reports.rendering.snapshot import from_data
from tenants.reports.rendering.table_csv import render_csv
from tenants.reports.rendering.workbook import render_xlsx

KINDS: Final = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def content(report: Report, kind: str, locale: str) -> bytes:
    """Return the report's file of a kind (a key of KINDS) in the language `locale`."""
    return MAKERS[kind](report, locale)


def name(report: Report, kind: str, locale: str) -> str:
    """Name the file neutrally: no community, no person."""
    return f"report-{report.period:%Y-%m}-r{report.revision}-{locale}.{kind}"


def fonts() -> Path:
    """Return the folder of the fonts for print, which the first call of a new installation makes (some seconds)."""
    folder = settings().cache_folder / "print"
    print_fonts(folder)
    return folder


def _pdf(report: Report, locale: str) -> bytes:
    """Print it once: a frozen report always gives the same bytes."""
    kept = file_path("reports", f"{report.id}.{locale}.pdf")
    if not kept.exists():
        write_whole(kept, render_pdf(from_data(report.snapshot), locale, fonts()))
    return kept.read_bytes()


MAKERS: Final[dict[str, Callable[[Report, str], bytes]]] = {
    "pdf": _pdf,
    "xlsx": lambda report, locale: render_xlsx(from_data(report.snapshot), locale),
    "csv": lambda report, locale: render_csv(from_data(report.snapshot), locale),
}
