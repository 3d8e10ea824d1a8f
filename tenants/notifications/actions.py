"""The verbs of notices: tell somebody once, note what was read, keep what is wanted by mail."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from maagal import clock
from maagal.db import db
from maagal.events import deliver
from maagal.ids import new_id
from tenants.notifications.models import Channel, Notice

MAIL = "mail"


def tell(person_id: UUID, kind: str, *, once: str, urgent: bool = False, **ids: UUID | str | int) -> None:
    """Tell somebody something: a line in their inbox, and a mail once this is committed.

    `kind` is "capability/name", as its templates are called. A second with the same person, kind and `once` is a no-op.
    Whether a mail goes out is worked out when it is sent.
    """
    notice_id = new_id()
    about = {name: str(value) if isinstance(value, UUID) else value for name, value in ids.items()}
    statement = insert(Notice).values(
        id=notice_id, person_id=person_id, kind=kind, about=about, once=f"{kind}:{person_id}:{once}", urgent=urgent
    )
    if db.session.scalar(statement.on_conflict_do_nothing(index_elements=["once"]).returning(Notice.id)) is None:
        return
    queue = "urgent" if urgent else "delivery"
    deliver(MAIL, clock.now(), once=f"mail:{notice_id}", queue=queue, notice=notice_id)


def try_out(person_id: UUID) -> None:
    """Send somebody a trial notice, at most one a minute."""
    tell(person_id, "notifications/trial", once=f"{clock.now():%Y-%m-%dT%H:%M}")


def mark_read(notice: Notice) -> None:
    """Note that a notice was read; the second time is a no-op."""
    notice.read_at = notice.read_at or clock.now()


def mark_all_read(person_id: UUID) -> None:
    """Note that everything in somebody's inbox was read."""
    unread = update(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    db.session.execute(unread.values(read_at=clock.now()))


def choose(person_id: UUID, kinds: Collection[str], by_mail: Collection[str]) -> None:
    """Keep which of these kinds somebody wants by mail."""
    for kind in sorted(kinds):
        statement = insert(Channel).values(person_id=person_id, kind=kind, by_mail=kind in by_mail)
        wanted = {"by_mail": statement.excluded.by_mail}
        db.session.execute(statement.on_conflict_do_update(index_elements=["person_id", "kind"], set_=wanted))
