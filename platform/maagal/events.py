"""What happened, and what is to be done later. Both are rows of the outbox, written in the transaction that made them true.

The publisher does not know who listens: the manifests do. After the commit one upsert tells the index of what is due;
the relay hands ids to Celery; a worker claims each row before it acts.
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, event, or_, text
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from maagal import activity, clock, due, logs
from maagal.db import HasId, HouseSession, Model, db

FACT, JOB = "fact", "job"
OPEN_STATES = ("pending", "handed", "claimed")


class Outbox(HasId, Model):
    """A fact to react to, or a job to do at its hour. `body` holds ids only; `once` makes a second one a no-op.

    `due_at` is when somebody must look again, so it moves with every lease; `ripe_at` is the hour that a row which is handed
    out was due at. `cause` is the id of the request that asked.
    """

    __tablename__ = "outbox"
    kind: Mapped[str]
    name: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    queue: Mapped[str] = mapped_column(default="facts")
    once: Mapped[str | None] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default="pending")
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    ripe_at: Mapped[datetime | None]
    cause: Mapped[str | None] = mapped_column(default=logs.request_id)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    done_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_outbox_due", "due_at", postgresql_where=text("state in ('pending', 'handed', 'claimed')")),
        Index("ix_outbox_failed", "done_at", postgresql_where=text("state = 'failed'")),
    )


def publish(happening: Any) -> None:
    """Write down a fact (a frozen dataclass of ids) so that whoever the manifests name will hear of it."""
    body = {key: str(value) if isinstance(value, UUID) else value for key, value in asdict(happening).items()}
    db.session.add(Outbox(kind=FACT, name=name_of(type(happening)), body=body, due_at=clock.now()))
    wake(clock.now())


def later(job: str, at: datetime, *, once: str | None = None, queue: str = "facts", **ids: UUID | str | int) -> None:
    """Ask for a job at its hour; a second with the same `once` is a no-op, so asking again is safe."""
    _ask(JOB, job, at, once, queue, ids)


def deliver(channel: str, at: datetime, *, once: str, queue: str = "delivery", **ids: UUID | str | int) -> None:
    """Ask a channel's deliverer to bring something outside, in batches; `once` as in `later`."""
    _ask(channel, channel, at, once, queue, ids)


def _ask(kind: str, name: str, at: datetime, once: str | None, queue: str, ids: dict[str, UUID | str | int]) -> None:
    body = {key: str(value) if isinstance(value, UUID) else value for key, value in ids.items()}
    values = {"kind": kind, "name": name, "body": body, "queue": queue, "once": once, "due_at": at}
    db.session.execute(insert(Outbox).values(**values).on_conflict_do_nothing(index_elements=["once"]))
    wake(at)


def drop(*once: str) -> None:
    """Forget jobs that were asked for and are no longer wanted; those already done stay as they are."""
    waiting = db.update(Outbox).where(Outbox.once.in_(once), Outbox.state.in_(OPEN_STATES))
    db.session.execute(waiting.values(state="dropped", done_at=clock.now()))


def name_of(kind: type) -> str:
    """Name a fact as the outbox stores it: module and class."""
    return f"{kind.__module__}.{kind.__name__}"


def wake(at: datetime, session: Session | None = None) -> None:
    """Let the relay look into this tenant at that moment, once the transaction is committed."""
    info = (session or db.session()).info
    info["wake"] = min(at, info.get("wake", at))


def revive(kind: type, body: dict[str, Any]) -> Any:
    """Make the fact again from what the outbox kept."""
    return kind(**{key: _as(kind.__annotations__[key], value) for key, value in body.items()})


def _as(wanted: Any, value: Any) -> Any:
    return UUID(value) if wanted in (UUID, "UUID") and value is not None else value


@dataclass
class Listeners:
    """Who reacts to what, gathered from the manifests."""

    facts: dict[str, tuple[type, list[Any]]] = field(default_factory=dict)
    jobs: dict[str, Any] = field(default_factory=dict)

    def listen(self, kind: type, reactions: tuple[Any, ...]) -> None:
        """Add the reactions of one manifest to a fact."""
        self.facts.setdefault(name_of(kind), (kind, []))[1].extend(reactions)


def _say_what_comes(session: Session) -> None:
    if "wake" in session.info and not session.in_nested_transaction():
        activity.note()


def _tell_the_relay(session: Session) -> None:
    if session.in_nested_transaction():  # a savepoint's end is no commit: nobody else sees the rows yet
        return
    if (at := session.info.pop("wake", None)) is not None:
        due.upsert(at)


def _forget(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.info.pop("wake", None)


event.listen(HouseSession, "before_commit", _say_what_comes)
event.listen(HouseSession, "after_commit", _tell_the_relay)
event.listen(HouseSession, "after_rollback", _forget)


def still_open(moment: datetime) -> Any:
    """Return the condition of rows that somebody must act on by a moment: due, or left behind with an expired lease."""
    return or_(Outbox.state == "pending", Outbox.state.in_(("handed", "claimed"))) & (Outbox.due_at <= moment)
