"""What communities bring."""

from flask_babel import lazy_gettext as _l

from maagal.capability import Capability, MenuEntry
from tenants.communities import commands, demo, policy, views

capability = Capability(
    name="communities",
    blueprints=(views.bp,),
    commands=(commands.community,),
    menu=(
        MenuEntry(
            label=_l("Communities"),
            endpoint="communities.index",
            icon="users",
            roles=frozenset({"coordinator", "administrator"}),
            rank=55,
            rule=policy.see,
        ),
    ),
    slots={"demo": demo.demo},
)
