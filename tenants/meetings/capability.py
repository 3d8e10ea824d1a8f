"""What meetings brings."""

from flask_babel import lazy_gettext as _l

from maagal.capability import Capability, MenuEntry
from tenants.meetings import demo, figures, notices, reactions, slots, tasks
from tenants.meetings.views import door, pages, telling

capability = Capability(
    name="meetings",
    blueprints=(pages.bp, telling.bp, door.bp),
    reacts=reactions.REACTIONS | notices.REACTIONS,
    jobs=tasks.JOBS,
    notice_context=notices.CONTEXTS,
    notice_overtaken=notices.OVERTAKEN,
    menu=(
        MenuEntry(
            label=_l("Meetings"), endpoint="meetings.index", icon="calendar",
            roles=frozenset({"coordinator", "mentor", "participant"}), rank=45,
        ),
    ),
    slots={
        "today": slots.today,
        "exceptions": slots.exceptions,
        "timeline": slots.timeline,
        "person_export": slots.person_export,
        "figures": figures.figures,
        "demo": demo.demo,
    },
)  # fmt: skip
