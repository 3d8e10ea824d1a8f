"""Jobs: a month's reports one by one, and a quarter's figures. Each may run twice, or twice at once."""

from datetime import date
from uuid import UUID

from tenants.communities.queries import open_communities
from tenants.reports import actions, schedule
from tenants.reports.months import quarter_of, shifted


def monthly(period: str) -> None:
    """Ask for each community's report, then for the organisation's; for the quarter's figures; for the next month."""
    month = date.fromisoformat(period)
    for community_id in sorted(community.id for community in open_communities()):
        schedule.ask_for_one(month, community_id)
    schedule.ask_for_one(month, None)
    if quarter_of(month) != quarter_of(shifted(month, 1)):
        schedule.ask_for_quarter(quarter_of(month))
    schedule.ask_for_month(shifted(month, 1))


def one(period: str, community_id: str | None = None) -> None:
    """Make one month's report of one community, or of the organisation."""
    actions.make_report(UUID(community_id) if community_id else None, date.fromisoformat(period))


def quarterly(quarter: str) -> None:
    """Publish a quarter."""
    actions.publish_quarter(date.fromisoformat(quarter))
