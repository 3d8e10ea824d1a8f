"""A tenant leaves when two people want it and a while has passed; the rows of `control.departures` hold to that themselves.

The operators' pages write the signed-in operator's id. On the command line a name is typed: an operator's mail address means
that operator, so nobody asks on a page and approves by a command.
"""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NoReturn
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from maagal.leaving.age_streams import recipient
from maagal.leaving.snapshots import registered

ASK = """
insert into control.departures (tenant_id, slug, what, reason, recipient, delay, asked_by)
values (%s, %s, %s, %s, %s, %s, %s) returning *
"""
APPROVE = """
update control.departures set approved_by = %s where id = %s and done_at is null and withdrawn_at is null returning *
"""
WITHDRAW = """
update control.departures set withdrawn_by = %s, withdrawn_at = now()
where id = %s and done_at is null and withdrawn_at is null returning *
"""
BEGIN = """
update control.departures set begun_at = coalesce(begun_at, now())
where id = (
  select d.id from control.departures d left join control.tenants t on t.slug = d.slug and t.state <> 'erased'
  where d.slug = %s and d.what = %s and d.approved_by is not null and d.done_at is null and d.withdrawn_at is null
    and (t.id is null or t.id = d.tenant_id)
  order by d.id limit 1)
returning *
"""  # a short name may be another tenant's by now: what was agreed for the one before is not for it
DONE = "update control.departures set done_at = now() where id = %s returning *"
UNSEEN = {"Cf", "Cc", "Mn"}  # marks of direction, zero widths, points: Hebrew is written with and without
WHY_NOT = {
    "ck_departures_two_people": "whoever asked cannot approve: it takes a second person",
    "ck_departures_delay": "the delay is not over yet",
    "ck_departures_withdrawn": "it has begun and cannot be withdrawn",
    "uq_departures_open": "this was asked for already",
    "at_once": "only a demonstration leaves without a delay of at least an hour",
    "over": "this request is over",
    "approved": "this request is approved already",
}


class Refused(ValueError):
    """A request cannot be made, approved or carried out; the message says why in plain words."""


@dataclass(frozen=True)
class Departure:
    """Somebody's wish that a tenant be exported or erased, and what became of it."""

    id: int
    tenant_id: UUID
    slug: str
    what: str
    reason: str
    recipient: str | None
    delay: timedelta
    asked_by: str
    asked_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    begun_at: datetime | None
    done_at: datetime | None
    withdrawn_by: str | None
    withdrawn_at: datetime | None

    def told(self) -> str:
        """Say where it stands, in a line."""
        if self.withdrawn_at:
            return f"withdrawn by {self.withdrawn_by}"
        if self.done_at:
            return f"done {self.done_at:%Y-%m-%d %H:%M}"
        if self.approved_at:
            return f"approved by {self.approved_by}, may be done from {self.approved_at + self.delay:%Y-%m-%d %H:%M %Z}"
        return "waits for a second person"


def ask(connection: psycopg.Connection, slug: str, what: str, *, by: str, reason: str, delay: timedelta) -> Departure:
    """Ask for a tenant's export or erasure; an export goes to the public key that the tenant has now."""
    tenant = registered(connection, slug)
    key = tenant["settings"].get("recipient") if what == "export" else None
    if what == "export" and not key:
        message = f"{slug!r} has no public key yet: maagal tenant recipient {slug} age1…"
        raise Refused(message)
    return _change(connection, ASK, [tenant["id"], slug, what, reason, key, delay, _known(connection, by)])


def approve(connection: psycopg.Connection, number: int, *, by: str) -> Departure:
    """Agree to somebody else's request; its delay runs from now on."""
    return _change(connection, APPROVE, [_known(connection, by), number])


def withdraw(connection: psycopg.Connection, number: int, *, by: str) -> Departure:
    """Take a request back, as long as it has not begun; either of the two may, or anybody else."""
    return _change(connection, WITHDRAW, [_known(connection, by), number])


def as_kept(name: str) -> str:
    """Return a person's name without what nobody sees, so that one person is not two; raise Refused where nothing is left."""
    parts = unicodedata.normalize("NFKD", name)
    seen = "".join(each for each in parts if unicodedata.category(each) not in UNSEEN)
    if not (kept := unicodedata.normalize("NFC", " ".join(seen.split()))):
        message = "a name is needed: who wants this"
        raise Refused(message)
    return kept


def listed(connection: psycopg.Connection) -> list[Departure]:
    """Return every request there ever was, oldest first."""
    cursor = connection.cursor(row_factory=class_row(Departure))
    found, named = cursor.execute("select * from control.departures order by id").fetchall(), _addresses(connection)
    people = ("asked_by", "approved_by", "withdrawn_by")
    return [replace(each, **{name: named.get(by, by) for name in people if (by := getattr(each, name))}) for each in found]


@contextmanager
def carrying_out(connection: psycopg.Connection, slug: str, what: str) -> Iterator[Departure]:
    """Begin what was approved, and mark it as done at the end; what broke off may be begun again.

    Raises Refused where nobody asked, nobody else agreed, or the delay is not over.
    """
    begun = _change(connection, BEGIN, [slug, what])
    yield begun
    _change(connection, DONE, [begun.id])


def set_recipient(connection: psycopg.Connection, slug: str, public_key: str) -> None:
    """Note the public key to which a tenant's exports are encrypted; requests made before keep the one they were made with."""
    recipient(public_key)
    tenant = registered(connection, slug)
    statement = "update control.tenants set settings = settings || jsonb_build_object('recipient', %s::text) where id = %s"
    connection.execute(statement, [public_key.strip(), tenant["id"]])


def _known(connection: psycopg.Connection, by: str) -> str:
    """Return the id of the operator whose mail address was typed; any other name as it is kept. Raises Refused for none."""
    ids, name = {email: operator_id for operator_id, email in _addresses(connection).items()}, as_kept(by)
    return ids.get(name.lower(), name)


def _addresses(connection: psycopg.Connection) -> dict[str, str]:
    """Return operator's id -> mail address."""
    return dict(connection.execute("select id::text, email from control.operators").fetchall())


def _change(connection: psycopg.Connection, statement: str, values: list[Any]) -> Departure:
    try:
        row = connection.cursor(row_factory=class_row(Departure)).execute(statement.encode(), values).fetchone()
    except (psycopg.errors.CheckViolation, psycopg.errors.UniqueViolation) as why:
        _refuse(why)
    if row is None:
        message = "there is no such request that is open and approved by a second person"
        raise Refused(message)
    return row


def _refuse(why: psycopg.Error) -> NoReturn:
    raise Refused(WHY_NOT.get(why.diag.constraint_name or "", "the database refuses it")) from why
