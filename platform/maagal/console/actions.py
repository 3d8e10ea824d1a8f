"""What operators do. Nothing here touches an organisation's own schema: wishes are written down, switches are set."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import func, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from maagal.console.journal import record
from maagal.console.models import Retry, Wish
from maagal.db import db
from maagal.ids import new_id
from maagal.provisioning import Wanted
from maagal.register import TenantRow

PENDING = text("state in ('wanted', 'working')")  # word for word the index's: PostgreSQL compares before it knows values


def wish_open(wanted: Wanted, operator_id: UUID) -> UUID | None:
    """Ask for an organisation; return the wish's id, None while another one for that name is under way."""
    return _wish("open", wanted.slug, operator_id, asdict(wanted))


def wish_suspension(tenant: TenantRow, operator_id: UUID) -> UUID | None:
    """Ask that PostgreSQL refuse the organisation's next transaction; None as in `wish_open`."""
    return _wish("suspend", tenant.slug, operator_id, {})


def wish_resumption(tenant: TenantRow, operator_id: UUID) -> UUID | None:
    """Ask that a suspended organisation go on; None as in `wish_open`."""
    return _wish("resume", tenant.slug, operator_id, {})


def wish_invitation(tenant: TenantRow, administrator: str, locale: str, operator_id: UUID) -> UUID | None:
    """Ask that the first administrator be invited; None as in `wish_open`."""
    return _wish("invite", tenant.slug, operator_id, {"administrator": administrator, "administrator_locale": locale})


def limit(tenant: TenantRow, most_people: int | None, most_bytes: int | None, operator_id: UUID) -> None:
    """Limit the people and the bytes an organisation may hold; None is no limit. What is there already stays."""
    _set(tenant, most_people=most_people, most_bytes=most_bytes)
    record(operator_id, "limited", tenant.slug, most_people=most_people, most_bytes=most_bytes)


def switch(tenant: TenantRow, capabilities: Sequence[str], operator_id: UUID) -> None:
    """Say which optional capabilities an organisation has; nothing is deleted where one is switched off."""
    _set(tenant, capabilities=list(capabilities))
    record(operator_id, "switched", tenant.slug, capabilities=list(capabilities))


def settle_host(tenant: TenantRow, host: str | None, operator_id: UUID) -> None:
    """Give an organisation a host of its own, or none; links and letters name it from now on."""
    _set(tenant, host=host)
    record(operator_id, "hosted", tenant.slug, host=host)


def wish_retry(tenant: TenantRow, operator_id: UUID) -> None:
    """Ask the organisation's own worker to try again what was given up; asking twice is asking once."""
    asked = upsert(Retry).values(id=new_id(), tenant_id=tenant.id, operator_id=operator_id)
    db.session.execute(asked.on_conflict_do_nothing(index_elements=["tenant_id"], index_where=Retry.done_at.is_(None)))
    record(operator_id, "retried", tenant.slug)


def _wish(what: str, slug: str, operator_id: UUID, wanted: dict[str, Any]) -> UUID | None:
    values = {"id": new_id(), "what": what, "slug": slug, "operator_id": operator_id, "wanted": wanted}
    values |= {"state": "wanted", "step": "queued", "attempts": 0, "wished_at": func.now()}
    asked = upsert(Wish).values(values).on_conflict_do_nothing(index_elements=["slug"], index_where=PENDING)
    made = db.session.scalar(asked.returning(Wish.id))
    if made is not None:
        record(operator_id, f"wished_{what}", slug)
    return made


def _set(tenant: TenantRow, **values: Any) -> None:
    """Change just these columns: the login may write no others."""
    db.session.execute(update(TenantRow).where(TenantRow.id == tenant.id).values(values))
