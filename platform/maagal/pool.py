"""The pool of connections: a tenant goes back to a connection that knows it, and one that has met many tenants is closed.

PostgreSQL's process keeps what it learnt of every table it ever met, half a megabyte a tenant, and gives none of it back
before it ends. So each connection should meet few tenants, and not the same as its neighbours; see docs/decisions/0014.
Counted are tenants, not uses: a house of a few keeps its connections.
"""

from typing import Any

from sqlalchemy import Connection, QueuePool
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util.queue import Queue

from maagal import tenancy
from maagal.config import settings

MET = "tenants_met"


class _Idle(Queue[ConnectionPoolEntry]):
    """Connections that nobody uses: handed out is the one that knows the tenant at hand, else the one that knows fewest."""

    def _get(self) -> ConnectionPoolEntry:
        schema = _schema()
        found = min(self.queue, key=lambda record: (schema not in _met(record), len(_met(record))))
        self.queue.remove(found)
        return found

    def knows(self, schema: str) -> bool:
        """Whether one of them has met a tenant."""
        with self.mutex:
            return any(schema in _met(record) for record in self.queue)


class TenantPool(QueuePool):
    """A pool in which tenants stick to connections; while there is room, a tenant that none knows opens another."""

    _queue_class = _Idle
    _pool: _Idle

    def _do_get(self) -> ConnectionPoolEntry:
        schema = _schema()
        if schema is None or self.overflow() >= 0 or self._pool.knows(schema) or not self._inc_overflow():
            return super()._do_get()
        try:
            return self._create_connection()
        except BaseException:
            self._dec_overflow()
            raise


def note_tenant(connection: Connection) -> None:
    """Note, as a transaction begins, that this connection is in the tenant at hand."""
    if (schema := _schema()) is not None:
        connection.connection.info.setdefault(MET, set()).add(schema)


def close_what_met_many(_dbapi_connection: Any, record: ConnectionPoolEntry) -> None:
    """Close a connection that came back and has met as many as it may; its place in the pool opens another when it is needed."""
    if len(_met(record)) >= settings().connection_tenants:
        record.invalidate()


def _met(record: ConnectionPoolEntry) -> set[str]:
    """Return the schemas of the tenants it was in; a connection that was closed since has met nobody."""
    met: set[str] = record.info.get(MET, set()) if record.dbapi_connection is not None else set()
    return met


def _schema() -> str | None:
    tenant = tenancy.current_or_none()
    return tenant.schema if tenant else None
