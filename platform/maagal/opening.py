"""Opening a tenant for use: a schema, and the facts from which capabilities furnish it."""

from dataclasses import dataclass
from uuid import UUID

from maagal import provisioning, register
from maagal.config import settings
from maagal.db import commit, within
from maagal.events import publish
from maagal.provisioning import Wanted
from maagal.tenancy import Tenant

CAPABILITIES = ("directory", "library", "incubator", "openline", "training", "conferences", "advocacy", "outreach")


@dataclass(frozen=True)
class TenantOpened:
    """A tenant was opened; its schema stands."""

    tenant_id: UUID


def open_and_furnish(
    slug: str, *, name: str, kind: str = "public", host: str | None = None, locale: str = "he",
    timezone: str = "Asia/Jerusalem", capabilities: tuple[str, ...] = (), demo: bool = False, state: str = "open",
) -> Tenant:  # fmt: skip
    """Open a tenant and tell the house; raise TenantRefused when something wanted is taken, reserved or invalid.

    It answers only once the house was told: a tenant whose opener was killed before is `opening`, and is opened anew.
    With `state="opening"` somebody goes on furnishing it, and announces it when it may answer.
    """
    wanted = Wanted(slug, name, kind, host, locale, timezone, tuple(capabilities), demo, "opening")
    with provisioning.connect(settings()) as connection, provisioning.alone_with(connection, slug):
        provisioning.open_tenant(connection, wanted)
        made = _found(slug)
        with within(made):
            publish(TenantOpened(made.id))
            commit()
        if state == "open":
            provisioning.announce(connection, slug)
    return _found(slug)


def _found(slug: str) -> Tenant:
    """Look a tenant up afresh; LookupError where it is not there."""
    register.forget()
    made = register.by_slug(slug)
    if made is None:
        message = f"{slug!r} was opened and is not there"
        raise LookupError(message)
    return made
