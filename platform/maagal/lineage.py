"""From which history a server's tables were made. Until the first release histories are rewritten (decision 8): tables of
an earlier one look like ours by the names of their revisions, and every page on them would fail.
"""

import hashlib

import psycopg
from psycopg import sql

from maagal import migrate

MADE_FROM = "select obj_description(to_regnamespace('control'), 'pg_namespace')"
ANY = "select 1 from control.tenants union all select 1 from control.blank_schemas limit 1"
OTHERWISE = (
    "the data here was made by another version of the house, and nothing of it was touched: run the version that made it or "
    "a later one; data from before the first release that nobody has to keep is removed (with the embedded servers: the "
    "folder var/) to begin anew"
)


class MadeOtherwise(RuntimeError):
    """The tables of a server come from a history that is not ours; the message says what to do."""


def check(connection: psycopg.Connection) -> None:
    """Raise MadeOtherwise where the histories up to what stands here differ from those it was made from; for the provisioner.

    Where nothing is noted and no schema was made yet, a first preparation was killed half-way: it goes on.
    """
    with connection.transaction():
        connection.execute("set local role maagal_owner")
        stands = migrate.revision_of(connection, "control")
        row = connection.execute(MADE_FROM).fetchone()
    if stands == "base":
        return
    shared, tenant, mark = ((row[0] if row else None) or f"{stands} base -").split(" ")
    rewritten = {stands, shared} - migrate.known("shared") or {tenant} - migrate.known("tenant") - {"base"}
    if rewritten or (mark != _mark(shared, tenant) and connection.execute(ANY).fetchone()):
        raise MadeOtherwise(OTHERWISE)


def note(connection: psycopg.Connection) -> None:
    """Note beside the control schema from which histories it and its tenants' tables are made from now on."""
    heads = migrate.head("shared"), migrate.head("tenant")
    with connection.transaction():
        connection.execute("set local role maagal_owner")
        told = sql.Literal(" ".join((*heads, _mark(*heads))))
        connection.execute(sql.SQL("comment on schema control is {}").format(told))


def _mark(shared: str, tenant: str) -> str:
    whole = migrate.compiled("shared", "base", shared) + migrate.compiled("tenant", "base", tenant)
    return hashlib.sha256(whole.encode()).hexdigest()
