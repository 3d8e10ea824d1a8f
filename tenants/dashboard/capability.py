"""What the dashboard brings."""

from flask_babel import lazy_gettext as _l

from maagal.capability import Capability, MenuEntry
from tenants.dashboard import views

capability = Capability(
    name="dashboard",
    blueprints=(views.bp,),
    menu=(
        MenuEntry(
            label=_l("Dashboard"),
            endpoint="dashboard.show",
            icon="layout-dashboard",
            roles=frozenset({"coordinator"}),
            rank=10,
        ),
    ),
)
