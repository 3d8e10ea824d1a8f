"""What notifications brings."""

from flask_babel import lazy_gettext as _l

from maagal.capability import Capability, MenuEntry
from maagal.permissions import ROLES
from tenants.notifications import actions, belongings, reactions, renewals, tasks, undelivered, views
from tenants.people.events import RenewalAgreed, RenewalAsked, RenewalDone, RenewalRefused, RosterWithdrawn, WelcomeWished

capability = Capability(
    name="notifications",
    blueprints=(views.bp,),
    reacts={
        WelcomeWished: (reactions.welcome,),
        RosterWithdrawn: (reactions.take_back_welcomes,),
        RenewalAsked: (renewals.asked,),
        RenewalAgreed: (renewals.agreed,),
        RenewalRefused: (renewals.refused,),
        RenewalDone: (renewals.done,),
    },
    slots={
        "person_export": belongings.export,
        "person_merge": belongings.merge,
        "person_erasure": belongings.erase,
        "exceptions": undelivered.exceptions,
    },
    deliverers={actions.MAIL: tasks.deliver_mail},
    menu=(
        MenuEntry(
            label=_l("Notices"), endpoint="notifications.inbox", icon="bell",
            roles=frozenset(ROLES), rank=80, count=views.waiting,
        ),
    ),
)  # fmt: skip
