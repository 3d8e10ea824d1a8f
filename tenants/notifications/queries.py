"""What stands in an inbox, and what a mail needs to know of its reader."""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, func, select

from maagal.db import db
from maagal.questions import Asking, Question, among, reader
from tenants.notifications.models import Channel, Notice
from tenants.people.models import Person

SHOWN = 100
UNREAD = Question(
    select(func.count().label("number"))
    .select_from(Notice)
    .where(Notice.person_id == bindparam("person"), among(Notice.kind, "kinds"), Notice.read_at.is_(None))
)


class Told(NamedTuple):
    """A notice, whom it is for, and whether they want its kind by mail; None: they never said."""

    notice: Notice
    person: Person
    by_mail: bool | None


def by_id(notice_id: UUID) -> Notice | None:
    """Return a notice, or None."""
    return db.session.get(Notice, notice_id)


def inbox(person_id: UUID, kinds: Collection[str]) -> list[Notice]:
    """List somebody's latest notices of these kinds: unread first, then the newest."""
    order = (Notice.read_at.is_not(None), Notice.created_at.desc(), Notice.id.desc())
    return list(db.session.scalars(select(Notice).where(_of(person_id, kinds)).order_by(*order).limit(SHOWN)))


@reader
def unread(person_id: UUID, kinds: Collection[str]) -> Asking[int]:
    """Count what somebody has not read yet."""
    (found,) = yield [UNREAD.of(person=person_id, kinds=list(kinds))]
    number: int = found[0].number
    return number


def newest(person_id: UUID, kinds: Collection[str]) -> UUID | None:
    """Return the id of somebody's newest notice, or None."""
    order = (Notice.created_at.desc(), Notice.id.desc())
    return db.session.scalar(select(Notice.id).where(_of(person_id, kinds)).order_by(*order).limit(1))


def wishes(person_id: UUID) -> dict[str, bool]:
    """Tell, for each kind of notice somebody ever got, whether they want it by mail; urgent ones are no matter of wishes."""
    chosen = and_(Channel.person_id == Notice.person_id, Channel.kind == Notice.kind)
    kinds = (
        select(Notice.kind, func.coalesce(func.bool_and(Channel.by_mail), True))
        .outerjoin(Channel, chosen)
        .where(Notice.person_id == person_id, Notice.urgent.is_(False))
        .group_by(Notice.kind)
        .order_by(Notice.kind)
    )
    return {row[0]: row[1] for row in db.session.execute(kinds)}


def told(notice_ids: Sequence[UUID]) -> dict[UUID, Told]:
    """Fetch notices with their readers and wishes, in one statement."""
    chosen = and_(Channel.person_id == Notice.person_id, Channel.kind == Notice.kind)
    found = (
        select(Notice, Person, Channel.by_mail)
        .join(Person, Person.id == Notice.person_id)
        .outerjoin(Channel, chosen)
        .where(Notice.id.in_(notice_ids))
    )
    return {row[0].id: Told(*row) for row in db.session.execute(found)}


def _of(person_id: UUID, kinds: Collection[str]) -> ColumnElement[bool]:
    return and_(Notice.person_id == person_id, Notice.kind.in_(kinds))
