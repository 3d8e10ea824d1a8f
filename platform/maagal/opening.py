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
    """Open a tenant and tell the house; raise TenantRefused when the name is taken, reserved or invalid."""
    wanted = Wanted(slug, name, kind, host, locale, timezone, tuple(capabilities), demo, state)
    with provisioning.connect(settings()) as connection:
        provisioning.open_tenant(connection, wanted)
    register.forget()
    made = register.by_slug(slug)
    if made is None:
        message = f"{slug!r} was opened and is not there"
        raise LookupError(message)
    with within(made):
        publish(TenantOpened(made.id))
        commit()
    return made
