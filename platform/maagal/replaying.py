"""One schema's upgrade: one message, one transaction, again where somebody was in the way.

The message claims the schema by the row of its own `revision` table; its tables, the register and the ledger change in the
same transaction. So a kill at any moment leaves a schema where it was, or done.
"""

import time
from functools import cache

import psycopg
from psycopg import errors, sql
from psycopg_pool import ConnectionPool

from maagal import migrate
from maagal.standing import Target

TRIES = 5
HOLD = 1.0  # seconds that an upgrade may stop one tenant
DONE, ELSEWHERE = "done", "done elsewhere"
AGAIN = (errors.LockNotAvailable, errors.DeadlockDetected, errors.ObjectInUse)  # the last is what BEFORE raises
BEFORE = """
begin; set local role maagal_owner; set local search_path = {schema};
set local lock_timeout = {lock}; set local transaction_timeout = {hold};
do $$ begin
  perform from revision where version_num = {since} for update skip locked;
  if not found then raise exception 'at another revision, or in other hands' using errcode = 'object_in_use'; end if;
end $$;
update control.blank_schemas set revision = {head} where schema_name = {name};
update control.tenants set revision = {head} where schema_name = {name};
"""  # the blank first: who claims it at this moment is waited for, and is a tenant in the next line
AFTER = """;
insert into control.upgrades (schema_name, revision, outcome, seconds)
select {name}, {head}, {done}, extract(epoch from clock_timestamp() - transaction_timestamp());
commit
"""


def replayed(connections: ConnectionPool, target: Target, hold: float) -> str:
    """Replay until it is done, refused, or was tried often enough; each attempt begins where the schema stands."""
    since, reason = target.since, ""
    for attempt in range(TRIES):
        try:
            with connections.connection() as connection:
                since = mended(connection, target, since) if attempt else since
                if since not in migrate.earlier("tenant"):
                    return ELSEWHERE
                migrate.send(connection, message(connection, target.schema, since, hold))
        except AGAIN as why:
            reason = type(why).__name__
            pause(attempt)
        except psycopg.Error as why:
            return type(why).__name__
        else:
            return DONE
    return reason


def message(connection: psycopg.Connection, schema: str, since: str, hold: float = HOLD) -> str:
    """Return the one message that claims a schema, changes it, and says so in the register and the ledger."""
    names = {"schema": sql.Identifier(schema).as_string(connection), "name": sql.Literal(schema).as_string(connection)}
    before, after = _around(since, migrate.head("tenant"), hold)
    return f"{before.format(**names)}\n{migrate.compiled('tenant', since)}\n{after.format(**names)}"


@cache
def _around(since: str, head: str, hold: float) -> tuple[str, str]:
    """Return what comes before and after the change, the same for all but the schema's name."""
    values = {"since": since, "head": head, "done": DONE, "hold": f"{hold * 1000:.0f}ms", "lock": migrate.LOCK_TIMEOUT}
    literals = {key: sql.Literal(value).as_string() for key, value in values.items()}
    return BEFORE.format(schema="{schema}", name="{name}", **literals), AFTER.format(name="{name}", **literals)


def mended(connection: psycopg.Connection, target: Target, believed: str) -> str:
    """Return where a schema stands by its own word; a register that says otherwise (a restored schema) is put right."""
    own = stands_at(connection, target.schema)
    if own != believed:
        for table in ("tenants", "blank_schemas"):
            statement = sql.SQL("update control.{} set revision = %s where schema_name = %s and revision = %s")
            connection.execute(statement.format(sql.Identifier(table)), [own, target.schema, believed])
    return own


def stands_at(connection: psycopg.Connection, schema: str) -> str:
    """Return the revision that a schema says it stands at."""
    with connection.transaction():
        connection.execute("set local role maagal_owner")
        return migrate.revision_of(connection, schema)


def pause(attempt: int) -> None:
    """Leave readers alone for a while before trying again, longer each time."""
    time.sleep(0.2 * (attempt + 1))
