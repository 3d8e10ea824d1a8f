"""What a coordinator should not overlook: silence, pairs without an hour, contradictions, meetings nobody told of."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, func, select
from sqlalchemy.orm import aliased, joinedload

from maagal import clock
from maagal.db import db
from maagal.questions import Asking, Question, among, reader
from tenants.meetings.models import Meeting, MeetingLog, Series
from tenants.meetings.queries import FORTNIGHT, MEETING_STATES, whose
from tenants.pairing.models import Pair, PairStep
from tenants.pairing.queries import full_name
from tenants.people.models import Person

UNSAID = timedelta(days=3)  # a meeting of which nobody said anything by then reaches the coordinator


class Overlooked(NamedTuple):
    """What a coordinator should not overlook, in rows with the names of the two (`mentor`, `participant`).

    And in `silent` pair_id and since (nothing heard for fourteen days, the longest first), in `without_hour` pair_id, in
    `contradicted` (told differently) meeting_id and starts_at, in `unsaid` starts_at; of both the oldest first.
    """

    silent: list[Any]
    without_hour: list[Any]
    contradicted: list[Any]
    unsaid: list[Any]


@reader
def overlooked(community_ids: Collection[UUID]) -> Asking[Overlooked]:
    """Find, in communities, silence, pairs without a weekly hour, contradictions, and meetings nobody told of."""
    here, now = list(community_ids), clock.now()
    return Overlooked(*(yield [
        SILENT.of(communities=here, before=now - FORTNIGHT),
        WITHOUT_HOUR.of(communities=here),
        CONTRADICTED.of(communities=here),
        UNSAID_OF.of(communities=here, before=now - UNSAID),
    ]))  # fmt: skip


def without_series(community_ids: Collection[UUID]) -> list[Pair]:
    """List pairs that should meet and have no weekly time."""
    mine = (Pair.community_id.in_(community_ids), _should_meet(), ~_has_an_hour())
    wanted = select(Pair).where(*mine).options(joinedload(Pair.mentor), joinedload(Pair.participant))
    return list(db.session.scalars(wanted.order_by(Pair.id)))


def unsaid(community_ids: Collection[UUID]) -> list[Meeting]:
    """List meetings of which nobody said anything for three days, in pairs that still meet, the oldest first."""
    unsaid = _is_unsaid(clock.now() - UNSAID)
    return list(db.session.scalars(whose(community_ids).where(unsaid).order_by(Meeting.starts_at)))


def contradicted(community_ids: Collection[UUID]) -> list[Meeting]:
    """List meetings that one side says took place and the other that they did not, the oldest first."""
    return list(db.session.scalars(whose(community_ids).where(Meeting.contradicted).order_by(Meeting.starts_at)))


def quiet_since(pair_id: UUID) -> datetime | None:
    """Return since when nothing was heard of a pair: its last meeting that took place, or its last change of state."""
    return db.session.scalar(select(_quiet()).where(Pair.id == pair_id))


def _quiet() -> Any:
    changed = select(func.max(PairStep.at)).where(PairStep.pair_id == Pair.id).scalar_subquery()
    return func.greatest(Pair.last_held_at, changed, Pair.started_at)


def _should_meet() -> ColumnElement[bool]:
    return and_(among(Pair.state, "meeting", MEETING_STATES), Pair.stopped_at.is_(None))


def _has_an_hour() -> ColumnElement[bool]:
    return select(Series.id).where(Series.pair_id == Pair.id, Series.until.is_(None)).exists()


def _is_unsaid(before: Any) -> ColumnElement[bool]:
    said = select(MeetingLog.id).where(MeetingLog.meeting_id == Meeting.id).exists()
    meets = among(Pair.state, "meeting", MEETING_STATES)
    return and_(Meeting.state == "planned", Meeting.ends_at <= before, meets, ~said)


def _named(*columns: Any, of: Any = Pair) -> Any:
    """Select columns with the names of the two, in communities."""
    mentor, participant = aliased(Person), aliased(Person)
    names = full_name(mentor).label("mentor"), full_name(participant).label("participant")
    wanted = select(*columns, *names).select_from(of)
    wanted = wanted if of is Pair else wanted.join(Pair, Pair.id == of.pair_id)
    both = wanted.join(mentor, mentor.id == Pair.mentor_id).join(participant, participant.id == Pair.participant_id)
    return both.where(among(Pair.community_id, "communities"))


def _silent() -> Any:
    silent = (_should_meet(), _quiet() <= bindparam("before"))
    return _named(Pair.id.label("pair_id"), _quiet().label("since")).where(*silent).order_by(_quiet(), Pair.id)


SILENT = Question(_silent())
WITHOUT_HOUR = Question(_named(Pair.id.label("pair_id")).where(_should_meet(), ~_has_an_hour()).order_by(Pair.id))
CONTRADICTED = Question(
    _named(Meeting.id.label("meeting_id"), Meeting.starts_at, of=Meeting)
    .where(Meeting.contradicted)
    .order_by(Meeting.starts_at)
)
UNSAID_OF = Question(
    _named(Meeting.starts_at, of=Meeting).where(_is_unsaid(bindparam("before"))).order_by(Meeting.starts_at)
)
