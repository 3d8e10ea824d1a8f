"""How a transaction begins: `BEGIN`, the tenant's role and its search path, as one constant message.

The DBAPI connection stands in autocommit, so that psycopg sends no BEGIN of its own; its own ends of a transaction end what
was begun here. Both settings are LOCAL: PostgreSQL itself forgets them with the transaction.
"""

import re
from typing import Any

import psycopg
from psycopg import errors, pq
from sqlalchemy import Connection

from maagal import tenancy

SCHEMA = re.compile(r"t_[0-9a-f]{12}\Z")
SUFFIX = {"app": "", "sponsor": "_sponsor"}
NOBODY = b"begin; set local role none; set local search_path = ''"  # also where somebody left a role on the connection
CLOSED = {b"42501", b"22023", b"42704"}  # the role may not be set, or does not exist


def prepare_connection(dbapi_connection: Any, _record: object) -> None:
    """Leave it to the opener to begin transactions on this connection."""
    dbapi_connection.autocommit = True


def open_transaction(connection: Connection) -> None:
    """Send the opener; raise TenantClosed where PostgreSQL refuses the tenant's role.

    A connection that died while it lay in the pool is replaced, and the whole pool with it: nothing has been asked yet.
    """
    message = opener(tenancy.current_or_none(), tenancy.login())
    result = _send(connection, message)
    if result is None:
        connection.invalidate()
        connection.engine.dispose()  # whatever ended this one ended its neighbours: PostgreSQL was restarted
        result = _send(connection, message)
    if result is None:
        connection.invalidate()
        raise errors.OperationalError
    if result.status != pq.ExecStatus.COMMAND_OK:
        state = result.error_field(pq.DiagnosticField.SQLSTATE)
        _send(connection, b"rollback")
        if state in CLOSED:
            raise tenancy.TenantClosed
        raise errors.lookup((state or b"58000").decode())(result.error_message.decode(errors="replace"))


def _send(connection: Connection, message: bytes) -> Any:
    """Return PostgreSQL's result, or None where the connection is dead."""
    driver: Any = connection.connection.driver_connection
    try:
        result = driver.pgconn.exec_(message)
    except psycopg.OperationalError:  # libpq knows already
        return None
    return result if driver.pgconn.status == pq.ConnStatus.OK else None


def opener(tenant: tenancy.Tenant | None, login: str) -> bytes:
    """Return the message that begins a transaction for a login in a tenant, or outside any.

    Raises ValueError for a schema name that we did not make: nothing a person typed ever reaches this message.
    """
    if tenant is None or login == "operator":
        return NOBODY
    if not SCHEMA.match(tenant.schema):
        message = "not a tenant's schema"
        raise ValueError(message)
    return (
        f'begin; set local role "{tenant.schema}{SUFFIX[login]}"; '
        f'set local search_path = pg_catalog, "{tenant.schema}", pg_temp'
    ).encode()
