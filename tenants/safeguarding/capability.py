"""What safeguarding brings."""

from flask_babel import lazy_gettext as _l

from maagal.capability import Capability, MenuEntry
from tenants.safeguarding import actions, demo, notices, tasks, views

capability = Capability(
    name="safeguarding",
    blueprints=(views.bp,),
    jobs={actions.RING: tasks.ring},
    menu=(
        MenuEntry(
            label=_l("Concerns"),
            endpoint="safeguarding.index",
            icon="shield-alert",
            roles=frozenset({"coordinator"}),
            rank=50,
        ),
        MenuEntry(  # from every page: not everybody has a page of casework to begin at
            label=_l("Raise a concern"),
            endpoint="safeguarding.raise_concern",
            icon="message-circle-warning",
            roles=frozenset({"participant", "mentor", "advisor", "coordinator"}),
            rank=92,
        ),
    ),
    notice_overtaken={actions.UNANSWERED: notices.answered, actions.NOBODY_THERE: notices.answerable},
    slots={"exceptions": notices.exceptions, "today": notices.today, "timeline": notices.timeline, "demo": demo.demo},
)
