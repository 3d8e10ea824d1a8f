"""The reports of the months that are over, each made on its first morning as its job would."""

from datetime import datetime

from maagal import tenancy
from maagal.demo import World
from tenants.reports import schedule
from tenants.reports.months import first_of_month, shifted


def demo(world: World) -> None:
    """Do the monthly jobs at their hours."""
    zone = tenancy.current().zone
    month = shifted(first_of_month(world.begin.astimezone(zone).date()), 1)
    while (moment := datetime.combine(month, schedule.HOUR, zone)) <= world.now:
        with world.at(moment):
            world.settle(schedule.MONTHLY, schedule.ONE, schedule.QUARTERLY)
        month = shifted(month, 1)
