"""Opening a tenant for use: a schema, and the facts from which capabilities furnish it."""

from dataclasses import dataclass, replace
from uuid import UUID

from maagal import provisioning, register, wishes
from maagal.config import settings
from maagal.provisioning import Wanted
from maagal.tenancy import Tenant

CAPABILITIES = ("directory", "library", "incubator", "openline", "training", "conferences", "advocacy", "outreach")


@dataclass(frozen=True)
class TenantOpened:
    """A tenant was opened; its schema stands. The provisioner writes this fact (`wishes.OPENED`)."""

    tenant_id: UUID


@dataclass(frozen=True)
class AdministratorWished:
    """Somebody is to be invited as the tenant's first administrator. The provisioner writes this fact (`wishes.INVITED`)."""

    tenant_id: UUID


def open_and_furnish(
    slug: str, *, name: str, kind: str = "public", host: str | None = None, locale: str = "he",
    timezone: str = "Asia/Jerusalem", capabilities: tuple[str, ...] = (), demo: bool = False, state: str = "open",
    administrator: str | None = None, administrator_locale: str | None = None,
) -> Tenant:  # fmt: skip
    """Open a tenant by a wish that we carry out ourselves; raise TenantRefused when the name is taken, reserved or invalid."""
    wanted = Wanted(slug, name, kind, host, locale, timezone, tuple(capabilities), demo, state)
    wanted = replace(wanted, administrator=administrator, administrator_locale=administrator_locale)
    with provisioning.connect(settings()) as connection:
        wishes.fulfil(connection, "open", slug, wanted)
    register.forget()
    made = register.by_slug(slug)
    if made is None:
        message = f"{slug!r} was opened and is not there"
        raise LookupError(message)
    return made
