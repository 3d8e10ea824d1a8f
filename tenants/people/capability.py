"""What people bring."""

from flask_babel import lazy_gettext as _l

from maagal.capability import Capability, MenuEntry
from maagal.opening import AdministratorWished
from maagal.outside_voices import OperatorsSpoke
from maagal.permissions import ROLES, VISITOR
from tenants.people import commands, handing_over, policy, room, viewer, views
from tenants.people import demo as made_up
from tenants.people.actions import end_memberships_and_sessions
from tenants.people.answers import views as answers
from tenants.people.events import SecondStepSet
from tenants.people.importing import policy as importing_policy
from tenants.people.importing import tasks as importing_tasks
from tenants.people.importing import views as importing
from tenants.people.inviting import tasks as inviting
from tenants.people.organisation import views as organisation
from tenants.people.own import views as own
from tenants.people.renewing import door as lost
from tenants.people.renewing import notices as renewal_notices
from tenants.people.renewing import tasks as renewal_tasks
from tenants.people.renewing import views as renewals
from tenants.people.signing_in import actions as signing_in
from tenants.people.signing_in import demo, tasks
from tenants.people.signing_in import views as door

EVERYBODY, FINDERS = frozenset(ROLES), frozenset({"coordinator", "administrator"})
ADMINISTRATION = frozenset({"administrator"})

capability = Capability(
    name="people",
    blueprints=(views.bp, answers.bp, own.bp, organisation.bp, importing.bp, door.bp, demo.bp, lost.bp, renewals.bp),
    reacts={
        OperatorsSpoke: (renewal_tasks.hear,),
        AdministratorWished: (inviting.invite,),
        SecondStepSet: (inviting.came,),
    },
    jobs={signing_in.SEND: tasks.send_sign_in, **importing_tasks.JOBS, **renewal_tasks.JOBS, **inviting.JOBS},
    commands=(commands.person,),
    menu=(
        MenuEntry(label=_l("Sign in"), endpoint="sign_in.ask", icon="log-in", roles=frozenset({VISITOR}), rank=95),
        MenuEntry(label=_l("Today"), endpoint="people.today", icon="sun", roles=EVERYBODY - {"coordinator"}, rank=10),
        MenuEntry(
            label=_l("People"),
            endpoint="people.index",
            icon="users-round",
            roles=FINDERS,
            rank=60,
            rule=policy.browse,
        ),
        MenuEntry(
            label=_l("Import a sheet"),
            endpoint="importing.index",
            icon="file-up",
            roles=FINDERS,
            rank=65,
            rule=importing_policy.bring,
        ),
        MenuEntry(
            label=_l("Organisation"),
            endpoint="organisation.index",
            icon="building-2",
            roles=ADMINISTRATION,
            rank=90,
        ),
    ),
    settings_pages=(
        MenuEntry(
            label=_l("Accessibility statement"), endpoint="organisation.show", icon="accessibility",
            roles=ADMINISTRATION, rank=10,
            says=_l("Whom to ask, what is arranged, what is not right yet."),
        ),
        MenuEntry(
            label=_l("Lost second steps"), endpoint="renewals.index", icon="key-round", roles=ADMINISTRATION, rank=80,
            says=_l("Who asked for a new second step, and who confirmed it."),
        ),
    ),
    slots={
        "exceptions": renewal_notices.waiting,
        "today": renewal_notices.waiting,
        "person_export": handing_over.person_export,
        "person_leaving": end_memberships_and_sessions,
        "demo": made_up.demo,
        "usage": room.counts,
    },
    hooks={"load_account": viewer.load_account},
)  # fmt: skip
