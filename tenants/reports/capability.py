"""What reports brings."""

from flask_babel import lazy_gettext as _l

from maagal.capability import Capability, MenuEntry
from maagal.opening import TenantOpened
from tenants.reports import demo, reactions, schedule, sponsor_views, tasks, views
from tenants.reports.events import ReportMade

capability = Capability(
    name="reports",
    blueprints=(views.bp,),
    sponsor_blueprints=(sponsor_views.bp,),
    jobs={schedule.MONTHLY: tasks.monthly, schedule.ONE: tasks.one, schedule.QUARTERLY: tasks.quarterly},
    reacts={
        TenantOpened: (reactions.ask_for_the_first,),
        ReportMade: (reactions.tell_its_readers, reactions.let_the_whole_follow),
    },
    slots={"demo": demo.demo},
    menu=(
        MenuEntry(
            label=_l("Reports"), endpoint="reports.index", icon="file-chart-column",
            roles=frozenset({"coordinator", "administrator"}), rank=70,
        ),
        MenuEntry(
            label=_l("Published figures"), endpoint="published.show", icon="chart-column",
            roles=frozenset({"sponsor", "administrator"}), rank=71,
        ),
    ),
)  # fmt: skip
