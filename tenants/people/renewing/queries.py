"""Renewals: open ones, whose they are, and what was said about them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, select

from maagal import clock
from maagal.db import db
from maagal.questions import Question, among
from tenants.people.models import Person
from tenants.people.renewing.electing import Electorate, electorates
from tenants.people.renewing.models import Renewal, RenewalVoice

OPEN_STATES = ("asked", "agreed")
SHOWN = 50


class Line(NamedTuple):
    """A renewal in a list, with whoever may make sure of its owner."""

    id: UUID
    person_id: UUID
    name: str
    state: str
    asked_at: datetime
    expires_at: datetime
    opens_at: datetime | None
    electorate: Electorate


COLUMNS: Any = (
    Renewal.id, Renewal.person_id, Person.first_name, Person.last_name, Renewal.state, Renewal.asked_at, Renewal.expires_at,
    Renewal.opens_at,
)  # fmt: skip
LISTED = select(*COLUMNS).join(Person, Person.id == Renewal.person_id)
STILL_OPEN = (among(Renewal.state, "states", OPEN_STATES), Renewal.expires_at > bindparam("now"))
OPEN = Question(LISTED.where(*STILL_OPEN).order_by(Renewal.asked_at))


def by_id(renewal_id: UUID) -> Renewal | None:
    """Return a renewal, or None."""
    return db.session.get(Renewal, renewal_id)


def living() -> ColumnElement[bool]:
    """Return the condition of renewals that are not over."""
    return Renewal.state.in_(OPEN_STATES) & (Renewal.expires_at > clock.now())


def open_of(person_id: UUID) -> Renewal | None:
    """Return what somebody asked for and is not over."""
    return db.session.scalar(select(Renewal).where(Renewal.person_id == person_id, living()))


def last_of(person_id: UUID) -> Renewal | None:
    """Return the last one that somebody asked for, over or not."""
    theirs = select(Renewal).where(Renewal.person_id == person_id)
    return db.session.scalar(theirs.order_by(Renewal.asked_at.desc(), Renewal.id.desc()).limit(1))


def by_link(digest: bytes) -> Renewal | None:
    """Return the renewal whose link this is, while it can be used."""
    now = clock.now()
    ready = (Renewal.state == "agreed", Renewal.opens_at <= now, Renewal.expires_at > now)
    return db.session.scalar(select(Renewal).where(Renewal.link_hash == digest, *ready))


def locked(renewal_id: UUID) -> Renewal | None:
    """Return a renewal that is not over, for us alone until the commit."""
    mine = select(Renewal).where(Renewal.id == renewal_id, living())
    return db.session.scalar(mine.with_for_update().execution_options(populate_existing=True))


def voices_of(renewal_id: UUID) -> Sequence[RenewalVoice]:
    """Return what was said, in order."""
    said = select(RenewalVoice).where(RenewalVoice.renewal_id == renewal_id)
    return db.session.scalars(said.order_by(RenewalVoice.at, RenewalVoice.id)).all()


def open_lines(rows: Sequence[Any] | None = None) -> list[Line]:
    """Return what is open, the oldest first."""
    return _lines(OPEN.rows(now=clock.now()) if rows is None else rows)


def past_lines() -> list[Line]:
    """Return what is over, the newest first."""
    over = LISTED.where(~living()).order_by(Renewal.asked_at.desc()).limit(SHOWN)
    return _lines(db.session.execute(over).all())


def state_of(renewal: Any) -> str:
    """Return where it stands at this moment: time alone ends one, and opens the link of one."""
    now = clock.now()
    if renewal.state in OPEN_STATES and renewal.expires_at <= now:
        return "expired"
    return "ready" if renewal.state == "agreed" and renewal.opens_at <= now else str(renewal.state)


def _lines(rows: Sequence[Any]) -> list[Line]:
    chosen = electorates({row.person_id for row in rows})
    return [_line(row, chosen[row.person_id]) for row in rows]


def _line(row: Any, chosen: Electorate) -> Line:
    name = f"{row.first_name} {row.last_name}".strip()
    return Line(row.id, row.person_id, name, row.state, row.asked_at, row.expires_at, row.opens_at, chosen)
