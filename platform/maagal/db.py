"""The database: one metadata, two kinds of table. Shared tables name the schema `control`; a tenant's tables name
none and are found through the role and search path that each transaction sets for itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, DateTime, Engine, MetaData, Select, event
from sqlalchemy.engine.row import Row
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry

from maagal import migrate, pool, tenancy
from maagal.ids import new_id
from maagal.opener import open_transaction, prepare_connection

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table of the house. Moments are stored with their zone."""

    registry = registry(metadata=MetaData(naming_convention=NAMES), type_annotation_map={datetime: DateTime(timezone=True)})


class HouseSession(FlaskSession):
    """A session on the engine of the login in use."""

    def get_bind(self, *_args: Any, **_kwargs: Any) -> Engine | Connection:
        """Return the engine of the login that `within` named."""
        return db.engines[None if tenancy.login() == "app" else tenancy.login()]


db = SQLAlchemy(model_class=Base, session_options={"class_": HouseSession})

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class HasId:
    """A row with an id of its own, made in Python."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)


class CommitOutsideEdge(RuntimeError):
    """Somebody other than a request, a task or a command tried to commit."""


_edge: ContextVar[bool] = ContextVar("edge")


def watch(engine: Engine) -> None:
    """Let an engine open each of its transactions in the tenant of the moment, and close connections that have met too many."""
    event.listen(engine, "connect", prepare_connection)
    event.listen(engine, "begin", open_transaction)
    event.listen(engine, "begin", pool.note_tenant)
    event.listen(engine, "checkin", pool.close_what_met_many)


@contextmanager
def within(tenant: tenancy.Tenant | None, as_login: str = "app") -> Iterator[None]:
    """Enter a tenant with clean hands, and leave nothing of it behind.

    Raises TenantMixup while a transaction is open: its rows would be written into the other tenant's schema; TenantBehind
    where the tenant's tables are older than this release.
    """
    if db.session().in_transaction():
        message = "finish this transaction before entering another tenant"
        raise tenancy.TenantMixup(message)
    if tenant is not None and tenant.revision in migrate.earlier("tenant"):
        message = f"{tenant.slug} stands at {tenant.revision}"
        raise tenancy.TenantBehind(message)
    with tenancy.entered(tenant, as_login):
        try:
            yield
        finally:
            db.session.remove()


def commit() -> None:
    """Commit the session. Only the edges call this: a request, a task, a command."""
    token = _edge.set(True)
    try:
        db.session.commit()
    finally:
        _edge.reset(token)


@contextmanager
def keep_despite_refusal() -> Iterator[Session]:
    """Yield a session whose rows are kept in a transaction of their own, though the request be refused.

    For drafts, attempts, spent links and audit. It must not touch rows that the request's own session has locked.
    """
    session = HouseSession(db)
    token = _edge.set(True)
    try:
        with session.begin():
            yield session
    finally:
        _edge.reset(token)
        session.close()


def rows(statement: Select[Any]) -> list[Row[Any]]:
    """Run a select and return plain rows; hot pages read these rather than entities."""
    return list(db.session.execute(statement).all())


def _aim(session: Session, _transaction: object, _connection: Connection) -> None:
    session.info["aimed"] = (tenancy.current_or_none(), tenancy.login())


def keep_aim(session: Session, *_ignored: object) -> None:
    """Raise TenantMixup where a transaction was begun in another tenant than the one at hand."""
    aimed = session.info.get("aimed")
    if aimed is not None and aimed != (tenancy.current_or_none(), tenancy.login()):
        message = "this transaction belongs to another tenant"
        raise tenancy.TenantMixup(message)


def _lower_aim(session: Session, transaction: Any) -> None:
    if transaction.parent is None:
        session.info.pop("aimed", None)


def _only_edges(session: Session) -> None:
    keep_aim(session)
    if not (_edge.get(False) or session.in_nested_transaction()):
        message = "only a request, a task or a command commits"
        raise CommitOutsideEdge(message)


event.listen(HouseSession, "after_begin", _aim)
event.listen(HouseSession, "before_flush", keep_aim)
event.listen(HouseSession, "do_orm_execute", lambda state: keep_aim(state.session))
event.listen(HouseSession, "after_transaction_end", _lower_aim)
event.listen(HouseSession, "before_commit", _only_edges)
