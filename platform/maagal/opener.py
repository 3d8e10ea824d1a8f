"""How a transaction begins: `BEGIN`, the tenant's role and its search path, as one constant message.

The DBAPI connection stands in autocommit, so that psycopg sends no BEGIN of its own; its own ends of a transaction end what
was begun here. Both settings are LOCAL: PostgreSQL itself forgets them with the transaction.
"""

import re
from typing import Any

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
    """Send the opener; raise TenantClosed where PostgreSQL refuses the tenant's role."""
    driver: Any = connection.connection.driver_connection
    result = driver.pgconn.exec_(opener(tenancy.current_or_none(), tenancy.login()))
    if result.status != pq.ExecStatus.COMMAND_OK:
        state = result.error_field(pq.DiagnosticField.SQLSTATE)
        driver.pgconn.exec_(b"rollback")
        if state in CLOSED:
            raise tenancy.TenantClosed
        raise errors.lookup((state or b"58000").decode())(result.error_message.decode(errors="replace"))


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
