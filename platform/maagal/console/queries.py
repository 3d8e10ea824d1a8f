"""What operators may know: organisations as the control schema has them, their counts, the ledgers and the queues."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, column, extract, func, literal_column, or_, select, table, text, true

from maagal.console.models import Invitation, Operation, Operator, Retry, Usage, Wish
from maagal.db import db
from maagal.measuring.house import WISHES
from maagal.provisioning import Wanted
from maagal.register import TenantRow

PAGE = 50  # organisations, or lines of a ledger
SHOWN = 20
upgrades = table("upgrades", *map(column, ("id", "schema_name", "revision", "outcome", "seconds", "at")), schema="control")
due = table("due", *map(column, ("tenant_id", "what", "at", "oldest")), schema="control")
sweeps = table("sweeps", column("tenant_id"), column("swept_at"), schema="control")
NEVER: ColumnElement[datetime] = literal_column("'-infinity'::timestamptz")  # nobody has looked yet; Python has no such moment


class Progress(NamedTuple):
    """How far a wish is; `seconds` since it was written down, or until it was done."""

    wish: Wish
    seconds: float


def organisations(words: str, state: str, page: int) -> tuple[list[Any], int]:
    """Return a page (from 1) of organisations by name, with their counts, and how many there are."""
    which = (_named(words), TenantRow.state == state if state else TenantRow.state != "erased")
    columns = (
        TenantRow.id, TenantRow.slug, TenantRow.name, TenantRow.kind, TenantRow.state, TenantRow.revision, TenantRow.is_demo,
        TenantRow.most_people, Usage.people,
    )  # fmt: skip
    found = select(*columns).outerjoin(Usage, Usage.tenant_id == TenantRow.id).where(*which)
    number = db.session.scalar(select(func.count()).select_from(TenantRow).where(*which)) or 0
    return _all(found.order_by(TenantRow.slug).limit(PAGE).offset((page - 1) * PAGE)), number


def organisation(tenant_id: UUID) -> TenantRow | None:
    """Return one organisation; an erased one is no more."""
    found = db.session.get(TenantRow, tenant_id)
    return found if found and found.state != "erased" else None


def by_slug(slug: str) -> TenantRow | None:
    """Return the organisation of a short name, erased ones included: a name is never given twice."""
    return db.session.scalar(select(TenantRow).where(TenantRow.slug == slug))


def host_is_taken(host: str, but_by: UUID | None = None) -> bool:
    """Whether an organisation, another than `but_by`, answers at a host."""
    found = db.session.scalar(select(TenantRow.id).where(TenantRow.host == host))
    return found not in {None, but_by}


def usage_of(tenant_id: UUID) -> Usage | None:
    """Return the last counts; None before the first."""
    return db.session.get(Usage, tenant_id)


def wish(wish_id: UUID) -> Progress | None:
    """Return a wish with its seconds, by the database's clock."""
    seconds = extract("epoch", func.coalesce(Wish.ended_at, func.now()) - Wish.wished_at)
    row = db.session.execute(select(Wish, seconds).where(Wish.id == wish_id)).first()
    return Progress(row[0], float(row[1])) if row else None


def pending(slug: str) -> UUID | None:
    """Return the wish about a short name that is still under way."""
    return db.session.scalar(select(Wish.id).where(Wish.slug == slug, Wish.state.in_(("wanted", "working"))))


def just_wished(wanted: Wanted, operator_id: UUID) -> UUID | None:
    """Return the wish of an operator who pressed the button twice."""
    recent = Wish.wished_at > func.now() - timedelta(minutes=1)
    same = (Wish.what == "open", Wish.slug == wanted.slug, Wish.wanted["name"].astext == wanted.name, Wish.state != "refused")
    return db.session.scalar(select(Wish.id).where(Wish.operator_id == operator_id, recent, *same).limit(1))


def invitation(tenant_id: UUID) -> Invitation | None:
    """Return how far the first administrator's invitation is; None where nobody was named."""
    return db.session.get(Invitation, tenant_id)


def waiting_wishes() -> tuple[int, float]:
    """Return how many wishes wait for the provisioner, and since how many seconds the oldest does."""
    number, seconds = db.session.execute(text(WISHES)).one()
    return number, float(seconds)


def retry_pending(tenant_id: UUID) -> bool:
    """Whether failed work is to be tried again and was not yet."""
    return db.session.scalar(select(Retry.id).where(Retry.tenant_id == tenant_id, Retry.done_at.is_(None))) is not None


def revisions() -> list[Any]:
    """Return (revision, how many organisations are at it), the newest first."""
    counted = select(TenantRow.revision, func.count().label("number")).where(TenantRow.state != "erased")
    return _all(counted.group_by(TenantRow.revision).order_by(TenantRow.revision.desc()))


def behind(head: str) -> list[Any]:
    """Return the first organisations that are not at the newest revision."""
    which = (TenantRow.revision != head, TenantRow.state != "erased")
    return _all(select(TenantRow.id, TenantRow.slug, TenantRow.name, TenantRow.revision).where(*which).limit(PAGE))


def last_upgrades() -> list[Any]:
    """Return the last lines of the ledger of upgrades, with the organisation's id and name where there still is one."""
    ledger = select(upgrades, TenantRow.id.label("tenant_id"), TenantRow.slug)
    joined = ledger.outerjoin(TenantRow, TenantRow.schema_name == upgrades.c.schema_name)
    return _all(joined.order_by(upgrades.c.id.desc()).limit(PAGE))


def overdue(now: datetime) -> tuple[list[Any], int]:
    """Return organisations with work that should have been done by now, longest waiting first, and how many there are."""
    waits = func.least(due.c.at, due.c.oldest)  # `at` alone moves with every lease, also while nobody works
    late = (waits <= now, due.c.what == "outbox", TenantRow.state == "open")
    columns = (TenantRow.id, TenantRow.slug, TenantRow.name, waits.label("at"))
    joined = select(*columns).join(TenantRow, TenantRow.id == due.c.tenant_id)
    number = select(func.count()).select_from(due.join(TenantRow.__table__, TenantRow.id == due.c.tenant_id)).where(*late)
    return _all(joined.where(*late).order_by(waits).limit(SHOWN)), db.session.scalar(number) or 0


def with_failures() -> list[Any]:
    """Return organisations in which work was given up, as last counted, with kinds and numbers."""
    columns = (TenantRow.id, TenantRow.slug, TenantRow.name, Usage.failed, Usage.counted_at)
    found = select(*columns).join(Usage, Usage.tenant_id == TenantRow.id).where(Usage.failed != {})
    return _all(found.order_by(TenantRow.slug).limit(PAGE))


def last_sweep() -> datetime | None:
    """Return when an organisation was last looked at by the sweep, None before the first: a sign of life of beat and workers."""
    found: datetime | None = db.session.scalar(select(func.nullif(func.max(sweeps.c.swept_at), NEVER)))
    return found


def operations(page: int, slug: str = "") -> tuple[Sequence[Any], int]:
    """Return a page (from 1) of what operators did, perhaps about one organisation, newest first, and how many there are."""
    which = Operation.slug == slug if slug else true()
    columns = (Operation.at, Operation.what, Operation.slug, Operation.detail, Operator.email)
    found = select(*columns).outerjoin(Operator, Operator.id == Operation.operator_id).where(which)
    number = db.session.scalar(select(func.count()).select_from(Operation).where(which)) or 0
    return _all(found.order_by(Operation.id.desc()).limit(PAGE).offset((page - 1) * PAGE)), number


def _all(statement: Any) -> list[Any]:
    return list(db.session.execute(statement).all())


def _named(words: str) -> ColumnElement[bool]:
    wanted = words.strip()
    if not wanted:
        return true()
    return or_(
        TenantRow.slug.icontains(wanted, autoescape=True),
        TenantRow.name.icontains(wanted, autoescape=True),
        TenantRow.host.icontains(wanted, autoescape=True),
    )
