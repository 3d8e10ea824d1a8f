"""When reports are made: at five in the morning of the first of a month, in the tenant's own zone."""

from datetime import date, datetime, time
from typing import Final
from uuid import UUID

from maagal import clock, tenancy
from maagal.events import later
from tenants.reports.months import shifted

MONTHLY, ONE, QUARTERLY = "reports.monthly", "reports.one", "reports.quarterly"
QUEUE: Final = "reports"
HOUR: Final = time(5)


def ask_for_month(period: date) -> None:
    """Ask for a month's reports when it is over; asking again changes nothing."""
    at = datetime.combine(shifted(period, 1), HOUR, tenancy.current().zone)
    later(MONTHLY, at, once=f"{MONTHLY}:{period}", queue=QUEUE, period=period.isoformat())


def ask_for_one(period: date, community_id: UUID | None) -> None:
    """Ask for one report now: each community is a step of its own, so that a month of many never runs long."""
    ids = {"community_id": community_id} if community_id else {}
    once = f"{ONE}:{community_id or 'all'}:{period}"
    later(ONE, clock.now(), once=once, queue=QUEUE, period=period.isoformat(), **ids)


def ask_for_quarter(quarter: date) -> None:
    """Ask now for a quarter's figures to be published."""
    later(QUARTERLY, clock.now(), once=f"{QUARTERLY}:{quarter}", queue=QUEUE, quarter=quarter.isoformat())
