"""How many people, and how much of files, there is room for where the platform's operators set a limit.

Somebody who asks for help is never refused for it: the limit holds where the organisation adds people by itself.
"""

from sqlalchemy import Integer, func, select, text

from maagal import tenancy, usage
from maagal.db import db
from tenants.people.importing.states import COMMITTING, PEOPLE
from tenants.people.models import ImportBatch, Person

ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended(current_user || '/import', 0))")


class NoRoomError(ValueError):
    """The organisation may not hold as much; `left` people, or bytes, would still fit."""

    def __init__(self, left: int) -> None:
        super().__init__(f"the organisation's limit leaves room for {left}")
        self.left = left


def make_sure_of_people(number: int) -> None:
    """Raise NoRoomError unless so many more people fit, counting those on their way; nobody else adds any until we commit."""
    most = tenancy.current().most_people
    if most is None:
        return
    db.session.execute(ONE_AT_A_TIME)
    left = max(0, most - _people() - _on_their_way())
    if number > left:
        raise NoRoomError(left)


def make_sure_of_bytes(number: int) -> None:
    """Raise NoRoomError unless so many more bytes fit."""
    if not usage.room_for(number):
        raise NoRoomError(0)


def counts() -> dict[str, int]:
    """Count people, and the bytes of sheets at rest."""
    kept = func.coalesce(func.octet_length(ImportBatch.sheet), 0) + func.coalesce(func.octet_length(ImportBatch.verdict), 0)
    return {"people": _people(), "bytes": db.session.scalar(select(func.coalesce(func.sum(kept), 0))) or 0}


def _people() -> int:
    return db.session.scalar(select(func.count()).select_from(Person).where(Person.state == "active")) or 0


def _on_their_way() -> int:
    """Count the rows of sheets that are coming in at this moment."""
    total, done = (ImportBatch.counts[name].astext.cast(Integer) for name in ("total", "done"))
    coming = (ImportBatch.state == COMMITTING, ImportBatch.kind == PEOPLE)
    return db.session.scalar(select(func.coalesce(func.sum(total - done), 0)).where(*coming)) or 0
