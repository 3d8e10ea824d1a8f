"""What follows when a tenant opens and when a report was made."""

from maagal import clock, tenancy
from maagal.db import db
from maagal.opening import TenantOpened
from tenants.notifications.actions import tell
from tenants.reports import actions, queries, schedule
from tenants.reports.events import ReportMade
from tenants.reports.models import Report
from tenants.reports.months import first_of_month

COMMUNITY_CORRECTED = "community_corrected"  # shown through rendering's labels, like every code


def ask_for_the_first(_happened: TenantOpened) -> None:
    """Ask for the reports of the month in which the tenant opened; each month asks for the next."""
    schedule.ask_for_month(first_of_month(clock.today(tenancy.current().zone)))


def tell_its_readers(happened: ReportMade) -> None:
    """Let everybody whom the report is for know, but not whoever had it made."""
    report = db.session.get_one(Report, happened.report_id)
    for person_id in queries.readers(report):
        if person_id != report.made_by:
            tell(person_id, "reports/made", once=str(report.id), report_id=report.id)


def let_the_whole_follow(happened: ReportMade) -> None:
    """Correct the organisation's report when a community's was corrected, so that they agree."""
    report = db.session.get_one(Report, happened.report_id)
    if report.community_id and report.reason and queries.latest(None, report.period):
        actions.make_report(None, report.period, reason=COMMUNITY_CORRECTED)
