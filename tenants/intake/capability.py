"""What intake brings."""

from flask_babel import lazy_gettext as _l

from maagal.capability import Capability, MenuEntry
from tenants.communities.events import MembershipEnded
from tenants.intake import actions, belongings, cards, demo, drafts, figures, notices, tasks
from tenants.intake.events import HelpRequestSubmitted
from tenants.intake.views import asking, blueprint, mine, triage  # noqa: F401  importing them hangs the pages on bp

capability = Capability(
    name="intake",
    blueprints=(blueprint.bp,),
    reacts={
        HelpRequestSubmitted: (notices.tell_coordinators,),
        MembershipEnded: (notices.tell_what_was_left_behind,),
    },
    jobs={drafts.EXPIRE: tasks.expire_draft, actions.STILL_OWNERLESS: tasks.still_ownerless},
    menu=(
        MenuEntry(
            label=_l("Ask for help"), endpoint="intake.ask", icon="hand-heart", roles=frozenset({"visitor"}), rank=10
        ),
        MenuEntry(
            label=_l("Requests for help"), endpoint="intake.index", icon="inbox", roles=frozenset({"coordinator"}),
            rank=20, count=cards.ownerless,
        ),
        MenuEntry(
            label=_l("My request"), endpoint="intake.mine", icon="hand-heart", roles=frozenset({"participant"}), rank=75
        ),
    ),
    slots={
        "exceptions": cards.exceptions,
        "today": cards.today,
        "figures": figures.figures,
        "demo": demo.demo,
        "person_export": belongings.export,
        "person_merge": belongings.merge,
    },
)  # fmt: skip
