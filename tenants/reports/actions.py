"""Making reports, correcting them, publishing a quarter. What was made is never changed."""

from datetime import date
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from maagal import clock, tenancy
from maagal.db import db
from maagal.events import publish
from maagal.ids import new_id
from tenants.audit.actions import record
from tenants.communities.queries import open_communities
from tenants.reports import queries
from tenants.reports.counting import count
from tenants.reports.events import ReportMade
from tenants.reports.freezing import freeze
from tenants.reports.models import PublishedFigure, Report
from tenants.reports.months import shifted
from tenants.reports.publishing import publishable
from tenants.reports.rendering.snapshot import to_data


class NotBegunError(ValueError):
    """The month, or the quarter, has not begun or is not over."""


class OutdatedError(ValueError):
    """Somebody else corrected this report in the meantime."""


def make_report(community_id: UUID | None, period: date, made_by: UUID | None = None, reason: str | None = None) -> Report:
    """Count and freeze a month (its first day) of a community, or of the organisation; two at once make one.

    Without a reason a report that stands is returned as it is, unless it was made before its month was over and the
    month is over now; with a reason it is a correction: a new revision. Raises NotBegunError for a month to come.
    """
    if period > clock.today(tenancy.current().zone):
        raise NotBegunError
    before = queries.latest(community_id, period)
    if before and not reason and (not before.is_provisional or not _is_over(period)):
        return before
    return _write(community_id, period, before.revision + 1 if before else 1, made_by, reason)


def correct(report: Report, reason: str, made_by: UUID | None) -> Report:
    """Count a month again and say why; sent twice, it is made once. Raises OutdatedError when there is a newer one."""
    newest = queries.revisions(report.community_id, report.period)[0]
    if newest.revision == report.revision:
        newest = make_report(report.community_id, report.period, made_by, reason)
    if (newest.revision, newest.reason, newest.made_by) != (report.revision + 1, reason, made_by):
        raise OutdatedError
    return newest


def publish_quarter(quarter: date) -> None:
    """Publish a quarter's figures once; what was published stays. Raises NotBegunError before the quarter is over."""
    after = shifted(quarter, 3)
    if after > clock.today(tenancy.current().zone):
        raise NotBegunError
    figures = publishable(count(None, quarter, after), len(open_communities()), queries.eligible_people())
    lines = [
        {"id": new_id(), "quarter": quarter, "code": code, "value": value, "published_at": clock.now()}
        for code, value in sorted(figures.items())
    ]
    db.session.execute(insert(PublishedFigure).values(lines).on_conflict_do_nothing())


def _is_over(period: date) -> bool:
    return shifted(period, 1) <= clock.today(tenancy.current().zone)


def _write(community_id: UUID | None, period: date, revision: int, made_by: UUID | None, reason: str | None) -> Report:
    """Write the revision, or find it written: the unique index decides who was first."""
    made_at = clock.now()
    values = {"id": new_id(), "community_id": community_id, "period": period, "revision": revision, "made_at": made_at}
    snapshot = to_data(freeze(community_id, period, revision, made_at))
    statement = insert(Report).values(**values, snapshot=snapshot, made_by=made_by, reason=reason)
    made_id = db.session.scalar(statement.on_conflict_do_nothing().returning(Report.id))
    if made_id is not None:
        record(made_by, "made", "report", made_id, community_id=community_id, reason=reason)
        publish(ReportMade(made_id))
    return queries.revisions(community_id, period)[0]
