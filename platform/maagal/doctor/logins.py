"""Does each login reach what it should, and is it refused what it should not? Tried, in transactions that are taken back."""

from collections.abc import Iterator
from typing import LiteralString

import psycopg

from maagal.bootstrap import TIMEOUTS
from maagal.config import LOGINS, settings
from maagal.doctor.asking import connected, known, row
from maagal.doctor.finding import BAD, WARN, Finding, judged

REPAIR = "run `maagal prepare` with DATABASE_URL: it repairs roles and rights"
MAY: dict[str, tuple[LiteralString, ...]] = {
    "app": ("select from control.tenants limit 1", "select from control.due limit 1"),
    "sponsor": ("select from control.tenants limit 1",),
    "operator": ("select from control.tenants limit 1", "select from control.operations limit 1"),
    "provisioner": ("set local role maagal_owner", "select from control.blank_schemas limit 1"),
    "keys": ("select from keys limit 1",),
    "backup": ("select from control.tenants limit 1",),
}
OWNERS: tuple[LiteralString, ...] = ("set local role maagal_owner", "create schema doctor", "create temporary table doctor ()")
MAY_NOT: dict[str, tuple[LiteralString, ...]] = {
    "app": (*OWNERS, "select from control.operators limit 1", "update control.tenants set state = state where false"),
    "sponsor": (*OWNERS, "select from control.due limit 1"),
    "operator": (*OWNERS, "delete from control.operations where false", "insert into control.operators default values"),
    "provisioner": ("create role doctor superuser", "create temporary table doctor ()"),
    "keys": ("drop table keys", "create table doctor ()"),
    "backup": (*OWNERS, "delete from control.tenants where false"),
}
ATTRIBUTES = """
select rolname from pg_roles where rolname = any(%s) and (rolsuper or rolcreatedb or rolreplication or rolinherit
  or not rolcanlogin or rolcreaterole <> (rolname = 'maagal_provisioner') or rolbypassrls <> (rolname = 'maagal_backup'))
"""
SLEEPERS = """
select count(*) from pg_roles where (rolname = 'maagal_owner' or rolname ~ '^t_[0-9a-f]{12}(_sponsor)?$')
  and (rolcanlogin and not %s or rolsuper or rolcreaterole or rolcreatedb or rolbypassrls)
"""
PUBLIC = "select count(*) from pg_default_acl, aclexplode(defaclacl) g where g.grantee = 0"
DEFAULTS = """
select count(*) from control.tenants t where state <> 'erased' and (select count(distinct defaclobjtype) from pg_default_acl d
  join pg_namespace n on n.oid = d.defaclnamespace where n.nspname = t.schema_name and d.defaclobjtype in ('r', 'S', 'f')) <> 3
"""
LIMITS = "select rolname, coalesce(rolconfig, '{}') from pg_roles where rolname = any(%s)"


def reach() -> Iterator[Finding]:
    """Let each login try what it may and what it may not."""
    for login in known(*LOGINS):
        with connected(login) as connection:
            refused = [what for what in MAY[login] if not _may(connection, what)]
            allowed = [what for what in MAY_NOT[login] if _may(connection, what)]
        wrong = [f"refused: {what}" for what in refused] + [f"allowed: {what}" for what in allowed]
        yield judged(not wrong, f"maagal_{login}: {'; '.join(wrong) or 'reaches what it should and no more'}", REPAIR)
    for login in set(LOGINS) - set(known(*LOGINS)):
        yield Finding(WARN, f"maagal_{login} is not known here: not tried")


def attributes() -> Iterator[Finding]:
    """No login may more than its work needs, and no other role of ours may log in."""
    with connected("operator") as connection:
        wrong = [name for (name,) in connection.execute(ATTRIBUTES, [[f"maagal_{login}" for login in LOGINS]])]
        (awake,) = row(connection, SLEEPERS, [settings().citus])  # a cluster's nodes connect to each other as these roles
    yield judged(not wrong, f"attributes of {', '.join(wrong)}" if wrong else "no login has an attribute too many", REPAIR)
    yield judged(not awake, f"{awake} roles that own or hold tables may log in or more", "alter role … nologin", otherwise=BAD)


def defaults() -> Iterator[Finding]:
    """Whatever is made from now on belongs to whom it should."""
    with connected("operator") as connection:
        (public,), (bare,) = row(connection, PUBLIC), row(connection, DEFAULTS)
    yield judged(not public, f"{public} default privileges for everybody", "alter default privileges … revoke … from public")
    yield judged(not bare, f"{bare} tenants without default privileges", "a later table would be nobody's: see `upgrade --drift`")


def timeouts() -> Iterator[Finding]:
    """Each login is cut off when it asks, waits or idles for too long."""
    with connected("operator") as connection:
        found = dict(connection.execute(LIMITS, [[f"maagal_{login}" for login in LOGINS]]).fetchall())
    bare = [
        f"{login}.{name}" for login, limits in TIMEOUTS.items() if f"maagal_{login}" in found
        for name, value in limits.items() if f"{name}={value}" not in found[f"maagal_{login}"]
    ]  # fmt: skip
    yield judged(not bare, f"no time-out: {', '.join(bare)}" if bare else "every login has its time-outs", REPAIR, otherwise=WARN)


def _may(connection: psycopg.Connection, what: LiteralString) -> bool:
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(what)
    except psycopg.errors.InsufficientPrivilege:
        return False
    except psycopg.errors.IntegrityError:  # a row was refused for what it holds, not for who wrote it
        return True
    return True
