"""Pages and files of monthly reports."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, make_response, request, url_for
from flask_babel import gettext as _

from maagal.i18n import LANGUAGES, language
from maagal.pages import done, invalid, page, stale
from maagal.permissions import me, needs, viewer
from tenants.reports import actions, files, policy, queries
from tenants.reports.forms import CorrectionForm, MakeForm
from tenants.reports.models import Report
from tenants.reports.rendering.labels import label
from tenants.reports.rendering.presentation import present
from tenants.reports.rendering.snapshot import from_data

bp = Blueprint("reports", __name__)


@bp.get("/reports")
@needs(policy.see)
def index() -> Any:
    """List the reports that whoever looks may read."""
    return page("reports/index.html", **_list())


@bp.post("/reports")
@needs(policy.make)
def make() -> Any:
    """Make a month's report now, instead of waiting for the first of the next."""
    form = MakeForm.of(_mine())
    if not form.validate():
        return invalid("reports/index.html", **_list(form))
    made = actions.make_report(UUID(form.community.data), date.fromisoformat(form.month.data), me())
    return done(url_for(".show", report_id=made.id), _("The report is ready."))


@bp.get("/reports/<uuid:report_id>")
@needs(policy.see, queries.by_id)
def show(report: Report) -> Any:
    """Show a report."""
    return page("reports/page.html", **_content(report))


@bp.get("/reports/<uuid:report_id>/pdf")
@needs(policy.see, queries.by_id)
def pdf(report: Report) -> Any:
    """Hand out the report as PDF."""
    return _file(report, "pdf")


@bp.get("/reports/<uuid:report_id>/xlsx")
@needs(policy.see, queries.by_id)
def xlsx(report: Report) -> Any:
    """Hand out the report as a workbook."""
    return _file(report, "xlsx")


@bp.get("/reports/<uuid:report_id>/csv")
@needs(policy.see, queries.by_id)
def csv(report: Report) -> Any:
    """Hand out the report as CSV."""
    return _file(report, "csv")


@bp.get("/reports/<uuid:report_id>/correction")
@needs(policy.make, queries.by_id)
def ask_to_correct(report: Report) -> Any:
    """Ask why the month is to be counted again."""
    return page("reports/correction.html", form=CorrectionForm(), **_content(report))


@bp.post("/reports/<uuid:report_id>/correction")
@needs(policy.make, queries.by_id)
def correct(report: Report) -> Any:
    """Count the month again: a new revision beside the old one."""
    form = CorrectionForm()
    if not form.validate():
        return invalid("reports/correction.html", form=form, **_content(report))
    try:
        made = actions.correct(report, form.reason.data, me())
    except actions.OutdatedError:
        return stale("reports/correction.html", form=form, outdated=True, **_content(report))
    return done(url_for(".show", report_id=made.id), _("The new revision is ready; the old one stays as it was."))


def _list(form: MakeForm | None = None) -> dict[str, Any]:
    looking: Any = viewer()
    asked = form or (MakeForm.of(_mine()) if policy.make(looking) else None)
    return {"reports": queries.listed(_mine(), whole="administrator" in looking.roles), "form": asked, "label": label}


def _content(report: Report) -> dict[str, Any]:
    known = queries.revisions(report.community_id, report.period)
    other = next(code for code in LANGUAGES if code != language())
    return {
        "report": report,
        "shown": present(from_data(report.snapshot)),
        "links": _links(report, language()),
        "also": (LANGUAGES[other], other, _links(report, other)),
        "reason": label(report.reason) if report.reason else "",
        "newest": known[0].id,
        "revisions": [
            {"revision": one.revision, "url": url_for(".show", report_id=one.id), "current": one.id == report.id}
            for one in known
        ],
        "may_correct": policy.make(viewer(), report),
    }  # fmt: skip


def _links(report: Report, locale: str) -> dict[str, str]:
    return {kind: url_for(f".{kind}", report_id=report.id, language=locale) for kind in files.KINDS}


def _file(report: Report, kind: str) -> Any:
    wished = request.args.get("language", "")
    locale = wished if wished in LANGUAGES else language()
    response = make_response(files.content(report, kind, locale))
    response.content_type = files.KINDS[kind]
    response.headers["Content-Disposition"] = f'attachment; filename="{files.name(report, kind, locale)}"'
    return response


def _mine() -> frozenset[UUID]:
    looking: Any = viewer()
    mine: frozenset[UUID] = looking.communities("coordinator")
    return mine
