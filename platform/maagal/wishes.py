"""The queue of the provisioner: whoever wants a tenant opened, suspended or resumed writes a wish; one login carries it out.

A wish is taken with a lease, so that one whose provisioner died is taken again. What a wish does and its being done are one
transaction: killed at any moment, it has happened wholly or not at all.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from maagal import building, citus, clock, migrate, provisioning
from maagal.alive import breathe
from maagal.config import Settings
from maagal.ids import new_id
from maagal.logs import log
from maagal.provisioning import TenantRefused, Wanted
from maagal.slugs import check_slug

CHANNEL = "maagal_wishes"
LEASE = 15  # seconds; the longest work, a schema made from nothing, takes about one
PAUSE = 2.0  # seconds between two looks when nobody rings
ATTEMPTS = 5
OPENED = "maagal.opening.TenantOpened"  # the fact that capabilities furnish a tenant upon
INVITED = "maagal.opening.AdministratorWished"  # the fact upon which the first administrator is invited

TAKEN = """
insert into control.wishes (id, what, slug, wanted, state, attempts, leased_until)
values (%(id)s, %(what)s, %(slug)s, %(wanted)s, 'working', 1, now() + make_interval(secs => %(lease)s))
"""
TAKE = """
update control.wishes set state = 'working', attempts = attempts + 1, leased_until = now() + make_interval(secs => %(lease)s)
where id = (
  select id from control.wishes
  where state = 'wanted' or (state = 'working' and leased_until < now())
  order by wished_at limit 1 for update skip locked)
returning id, what, slug, wanted, attempts
"""
STEP = "update control.wishes set step = %s where id = %s and state = 'working' and attempts = %s"
END = """
update control.wishes set state = %s, step = %s, reason = %s, ended_at = now()
where id = %s and state = 'working' and attempts = %s
"""
ANNOUNCE = """
insert into {}.outbox (id, kind, name, body, queue, state, due_at, attempts, created_at)
values (%s, 'fact', %s, %s, 'facts', 'pending', %s, 0, %s)
"""
INVITE = """
insert into control.invitations as i (tenant_id, email, locale) values (%(tenant_id)s, %(email)s, %(locale)s)
on conflict (tenant_id) do update set email = excluded.email, locale = excluded.locale, state = 'wanted', reason = null,
  wished_at = now(), changed_at = now()
where i.state <> 'used' returning tenant_id
"""
FORGET = "update control.wishes set wanted = wanted - 'administrator' where id = %s"  # its place is the tenant's alone
WHERE = "select id, schema_name, locale from control.tenants where slug = %s and state = 'open'"
RECORD = "insert into control.operations (at, what, slug) values (%s, %s, %s)"
FOUND = "select state, reason from control.wishes where id = %s"


@dataclass(frozen=True)
class Wish:
    """A wish that this process has taken; `attempt` is its lease: whoever takes it later has another."""

    id: UUID
    what: str
    slug: str
    wanted: dict[str, Any]
    attempt: int


class Overtaken(RuntimeError):
    """Our lease ended and somebody else has taken the wish: nothing of ours may stand."""


def fulfil(connection: psycopg.Connection, what: str, slug: str, wanted: Wanted | dict[str, Any] | None = None) -> None:
    """Write a wish that is ours from the beginning and see it through; raise TenantRefused.

    Commands do so: it works where no provisioning process runs, and one that is killed leaves its wish to that process.
    """
    wish = Wish(new_id(), what, slug, asdict(wanted) if isinstance(wanted, Wanted) else wanted or {}, 1)
    values = vars(wish) | {"wanted": Jsonb(wish.wanted), "lease": LEASE}
    try:
        with connection.transaction():
            connection.execute(TAKEN, values)
            connection.execute(RECORD, [clock.now(), f"wished_{what}", slug])
    except psycopg.errors.UniqueViolation as why:
        message = f"something is being done about {slug!r} already"
        raise TenantRefused(message, "busy") from why
    carry_out(connection, wish)
    while (ended := _ended(connection, wish)) is None:  # somebody else took it from us
        time.sleep(0.05)
    if ended != "done":
        raise TenantRefused(_said(slug, ended), ended)


def _ended(connection: psycopg.Connection, wish: Wish) -> str | None:
    """Return `done` or the reason of a refusal; None while somebody works on it."""
    state, reason = connection.execute(FOUND, [wish.id]).fetchone() or ("refused", "gone")
    return "done" if state == "done" else (reason or "failed") if state == "refused" else None


def take(connection: psycopg.Connection) -> Wish | None:
    """Take the lease of the oldest wish that is free; None when there is none."""
    row = connection.execute(TAKE, {"lease": LEASE}).fetchone()
    return Wish(*row) if row else None


def carry_out(connection: psycopg.Connection, wish: Wish) -> None:
    """Do what was wished, or write down why not. Raises OperationalError while the server is away: the lease ends by itself."""
    try:
        if reason := _tried(connection, wish):
            _end(connection, wish, "refused", reason)
    except Overtaken:
        log.warning("wish_overtaken", wish=str(wish.id))


def _tried(connection: psycopg.Connection, wish: Wish) -> str | None:
    """Do it; return why it was refused, None when it was not."""
    if wish.attempt > ATTEMPTS:
        return "failed"
    try:
        WORKS[wish.what](connection, wish)
    except TenantRefused as why:
        return why.reason
    except citus.NoCluster:
        return "no_cluster"
    except (Overtaken, psycopg.OperationalError):
        raise
    except Exception as why:  # noqa: BLE001  a wish that cannot be must not stop those behind it
        log.error("wish_failed", wish=str(wish.id), exc_info=why)
        connection.rollback()
        return "failed"
    return None


def work_off(connection: psycopg.Connection) -> int:
    """Carry out every wish that is free; return how many."""
    number = 0
    while (wish := take(connection)) is not None:
        carry_out(connection, wish)
        number += 1
    return number


def serve(settings: Settings) -> None:
    """Work off the queue and keep the pool filled, as long as the process lives.

    Raises citus.NoCluster at the beginning where a cluster is wanted and there is none.
    """
    migrate.compiled("tenant"), migrate.head("tenant")  # read now: a later release may be laid into this very folder
    while True:
        breathe()
        try:
            with provisioning.connect(settings) as connection:
                building.check(connection)
                connection.execute(f"listen {CHANNEL}")
                _serve(connection, settings.blank_schemas)
        except psycopg.Error:  # PostgreSQL is away, or a wish failed and will be taken again: come back with clean hands
            time.sleep(PAUSE)


def _serve(connection: psycopg.Connection, blanks: int) -> None:
    while True:
        breathe()
        work_off(connection)
        provisioning.refill(connection, blanks)
        for _rung in connection.notifies(timeout=PAUSE, stop_after=1):
            pass


def _open(connection: psycopg.Connection, wish: Wish) -> None:
    """Open a tenant: the schema's claim, the fact that it is open and the wish's end are one transaction."""
    wanted = Wanted(**wish.wanted | {"capabilities": tuple(wish.wanted["capabilities"])})
    while not _opened(connection, wish, wanted):
        _step(connection, wish, "building")
        provisioning.make_blank(connection)  # somebody else may claim this very one: then another is made
        _step(connection, wish, "claiming")


def _opened(connection: psycopg.Connection, wish: Wish, wanted: Wanted) -> bool:
    tenant_id = new_id()
    with connection.transaction():
        schema = provisioning.claim(connection, tenant_id, wanted)
        if schema is None:
            return False
        _announce(connection, tenant_id, schema, OPENED)
        if wanted.administrator:
            address = provisioning.invited(wanted.administrator)
            _have_invited(connection, tenant_id, schema, address, wanted.administrator_locale or wanted.locale)
        _end(connection, wish, "done")
        connection.execute(FORGET, [wish.id])
    return True


def _invite(connection: psycopg.Connection, wish: Wish) -> None:
    """Have the first administrator invited once more, perhaps at another address; the tenant itself judges whether it may be."""
    address = provisioning.invited(wish.wanted.get("administrator") or "")
    with connection.transaction():
        row = connection.execute(WHERE, [wish.slug]).fetchone()
        if row is None:
            message = f"there is no open tenant {wish.slug!r}"
            raise TenantRefused(message, "unknown")
        _have_invited(connection, row[0], row[1], address, wish.wanted.get("administrator_locale") or row[2])
        _end(connection, wish, "done")
        connection.execute(FORGET, [wish.id])


def _have_invited(connection: psycopg.Connection, tenant_id: UUID, schema: str, email: str, locale: str) -> None:
    """Leave the address where the tenant's own worker finds it, and let that worker know."""
    told = {"tenant_id": tenant_id, "email": email, "locale": locale}
    if connection.execute(INVITE, told).fetchone() is None:
        message = "there is an administrator already, who can invite others"
        raise TenantRefused(message, "has_administrator")
    _announce(connection, tenant_id, schema, INVITED)


def _announce(connection: psycopg.Connection, tenant_id: UUID, schema: str, fact: str) -> None:
    """Write a fact into a tenant's outbox as `events.publish` would; this process has no application."""
    now = clock.now()
    connection.execute("set local role maagal_owner")
    statement = sql.SQL(ANNOUNCE).format(sql.Identifier(schema))
    connection.execute(statement, [new_id(), fact, Jsonb({"tenant_id": str(tenant_id)}), now, now])
    connection.execute("reset role")
    provisioning.wake(connection, tenant_id)


def _suspend(connection: psycopg.Connection, wish: Wish) -> None:
    with connection.transaction():
        provisioning.suspend(connection, wish.slug)
        _end(connection, wish, "done")


def _resume(connection: psycopg.Connection, wish: Wish) -> None:
    with connection.transaction():
        provisioning.resume(connection, wish.slug)
        _end(connection, wish, "done")


WORKS: dict[str, Callable[[psycopg.Connection, Wish], None]] = {
    "open": _open, "suspend": _suspend, "resume": _resume, "invite": _invite,
}  # fmt: skip


def _step(connection: psycopg.Connection, wish: Wish, step: str) -> None:
    connection.execute(STEP, [step, wish.id, wish.attempt])


def _end(connection: psycopg.Connection, wish: Wish, state: str, reason: str | None = None) -> None:
    """End a wish; raise Overtaken where it is not ours any more."""
    done = connection.execute(END, [state, state, reason, wish.id, wish.attempt])
    if not done.rowcount:
        raise Overtaken


def _said(slug: str, reason: str | None) -> str:
    """Say in plain words, for a command, why a wish was refused."""
    return {
        "taken": f"the name {slug!r} is taken",
        "host_taken": "the host is taken",
        "host_invalid": "this cannot be an organisation's own host: like support.example.org, without a port",
        "nameless": "a name is needed: what people call the organisation",
        "zone_unknown": "there is no such time zone: like Asia/Jerusalem",
        "mail_invalid": "the administrator's mail address is none",
        "has_administrator": "there is an administrator already, who can invite others",
        "unknown": f"there is no tenant {slug!r}",
        "no_cluster": "MAAGAL_CITUS=1, but this database is no coordinator of Citus: maagal prepare says what is missing",
    }.get(reason or "", check_slug(slug) or f"{slug!r}: it could not be done; see the provisioner's log")
