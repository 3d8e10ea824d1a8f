"""The register of tenants: one row each in the control schema, kept in memory by host, slug and id."""

import time
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Connection, Table, select, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from maagal import migrate, tenancy
from maagal.config import settings
from maagal.db import HasId, Model, db

FRESH = 5.0  # seconds until we ask what was changed; a suspended tenant is refused at once by PostgreSQL, whatever we believe
SOON = 0.5  # seconds one that is behind is believed: its upgrade takes less, and it is to answer right after
LONG = 300.0  # seconds one is believed that nobody changed: an erased one is hidden from us, its change too


class TenantRow(HasId, Model):
    """A tenant as the control schema knows it: names and switches, no content."""

    __tablename__ = "tenants"
    __table_args__ = {"schema": "control"}  # noqa: RUF012  SQLAlchemy reads it from the class
    slug: Mapped[str] = mapped_column(unique=True)
    schema_name: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    host: Mapped[str | None] = mapped_column(unique=True)
    locale: Mapped[str]
    timezone: Mapped[str]
    capabilities: Mapped[list[str]] = mapped_column(ARRAY(Text))
    state: Mapped[str] = mapped_column(default="open")
    is_demo: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[str]
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    most_people: Mapped[int | None]
    most_bytes: Mapped[int | None] = mapped_column(BigInteger)
    opened_at: Mapped[datetime]


tenants: Table = TenantRow.__table__  # type: ignore[assignment]  # a declared class's __table__ is a Table
CHANGED = """
select cast(pg_snapshot_xmin(pg_current_snapshot()) as text) as horizon,
  array(select id from control.tenants where age(xmin) <= age(cast(cast(:since as xid8) as xid))) as ids
"""  # the oldest transaction that was under way is the horizon: whatever was not committed by then is of it or younger
_known: dict[tuple[str, str], tuple[float, tenancy.Tenant | None]] = {}


def by_slug(slug: str) -> tenancy.Tenant | None:
    """Return the tenant of that slug, or None."""
    return _look_up("slug", slug)


def by_id(tenant_id: str | UUID) -> tenancy.Tenant | None:
    """Return the tenant of that id, or None."""
    try:
        return _look_up("id", str(UUID(str(tenant_id))))
    except ValueError:
        return None


def by_host(host: str) -> tenancy.Tenant | None:
    """Return the tenant that answers at a host (without its port): its own, or its subdomain."""
    name, dot, rest = host.lower().partition(".")
    if dot and rest == settings().base_host:
        return by_slug(name)
    return _look_up("host", host.lower())


def everyone(connection: Connection) -> list[tenancy.Tenant]:
    """List all tenants in the order they were opened; for commands, never for a request or a tick."""
    return [as_tenant(row) for row in connection.execute(select(tenants).order_by(tenants.c.id))]


def forget() -> None:
    """Believe nothing; the next look-up asks the database."""
    _known.clear()


def address(tenant: tenancy.Tenant) -> str:
    """Return where a tenant answers, without a slash at the end, from what is stored and never from a request."""
    scheme = settings().public_url.partition("://")[0]
    return f"{scheme}://{host(tenant)}{settings().port_suffix}"


def host(tenant: tenancy.Tenant) -> str:
    """Return a tenant's own host, or its subdomain; without a port."""
    return tenant.host or f"{tenant.slug}.{settings().base_host}"


def _look_up(column: str, value: str) -> tenancy.Tenant | None:
    _forget_what_changed()
    at, found = _known.get((column, value), (float("-inf"), None))
    if time.monotonic() - at > _believed(found):
        found = _ask(column, value)
        if len(_known) > tenancy.MOST_REMEMBERED:
            _known.clear()
        _known[column, value] = (time.monotonic(), found)
    return found


def _believed(found: tenancy.Tenant | None) -> float:
    """Return for how many seconds an entry is believed, unless we hear of a change."""
    if found is None:
        return FRESH
    return SOON if found.revision in migrate.earlier("tenant") else LONG


class _Heard:
    """When we asked last what was changed, and the oldest transaction that was then under way; one question for all tenants."""

    at = float("-inf")
    horizon = "3"  # the first transaction of any server: everything is younger


def _forget_what_changed() -> None:
    if time.monotonic() - _Heard.at <= FRESH:
        return
    _Heard.at = time.monotonic()
    with tenancy.entered(None), db.engine.begin() as connection:
        horizon, ids = connection.execute(text(CHANGED), {"since": _Heard.horizon}).one()
    _Heard.horizon, changed = horizon, set(ids)
    for key, (_at, found) in list(_known.items()) if changed else ():
        if found is not None and found.id in changed:
            _known.pop(key, None)


def _ask(column: str, value: str) -> tenancy.Tenant | None:
    """Ask on a connection of its own: whoever wants to know may be in the middle of a transaction.

    Begun by name: a transaction that SQLAlchemy begins by itself keeps a dead connection that the opener has replaced.
    """
    with tenancy.entered(None), db.engine.begin() as connection:
        row = connection.execute(select(tenants).where(tenants.c[column] == value)).first()
    return as_tenant(row) if row and row.state != "erased" else None


def as_tenant(row: Any) -> tenancy.Tenant:
    """Return a row of the register as the house speaks of a tenant."""
    return tenancy.Tenant(
        id=row.id,
        slug=row.slug,
        schema=row.schema_name,
        name=row.name,
        kind=row.kind,
        host=row.host,
        locale=row.locale,
        timezone=row.timezone,
        capabilities=frozenset(row.capabilities),
        state=row.state,
        revision=row.revision,
        is_demo=row.is_demo,
        settings=row.settings,
        most_people=row.most_people,
        most_bytes=row.most_bytes,
    )
