"""The sponsor's page. The floor serves it with a login that can read published figures and nothing else."""

from datetime import date
from typing import Any

from babel.dates import format_skeleton
from flask import Blueprint
from flask_babel import gettext as _

from maagal.pages import page
from maagal.permissions import needs
from tenants.reports import policy, publishing, queries
from tenants.reports.rendering.amounts import amount
from tenants.reports.rendering.labels import label, locale

bp = Blueprint("published", __name__)
CODES = (*publishing.PEOPLE, *publishing.ACTIVITY)


@bp.get("/published")
@needs(policy.published)
def show() -> Any:
    """Show what was published, quarter by quarter."""
    lines = [(_quarter(quarter), [_said(figures.get(code), code) for code in CODES]) for quarter, figures in _all()]
    return page("reports/published.html", lines=lines, heads=[label(code) for code in CODES])


def _all() -> list[tuple[date, dict[str, int | None]]]:
    return list(queries.published().items())


def _quarter(quarter: date) -> str:
    return format_skeleton("yQQQQ", quarter, locale=locale())


def _said(value: int | None, code: str) -> str:
    if value is None:
        return str(_("not shown"))
    return str(_("about %(amount)s", amount=amount(value, "hours" if code == "hours" else "count")))
