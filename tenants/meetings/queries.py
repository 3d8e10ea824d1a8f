"""Meetings, who says what of them, and what has gone unsaid."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from maagal import clock, tenancy
from maagal.db import db
from maagal.questions import Asking, Question, among, reader
from tenants.communities.queries import held_on
from tenants.meetings.models import LogDraft, Meeting, MeetingLog, OneTap, Series
from tenants.pairing.models import Pair, PairStep
from tenants.people.models import Membership, Person, Profile

MEETING_STATES = ("introduced", "trial", "active")  # pairs that meet: neither resting nor saying farewell
FORTNIGHT = timedelta(days=14)
UNSAID = timedelta(days=3)  # a meeting of which nobody said anything by then reaches the coordinator
SHOWN = 60
BOTH = (joinedload(Meeting.pair).joinedload(Pair.mentor), joinedload(Meeting.pair).joinedload(Pair.participant))


def by_id(meeting_id: UUID) -> Meeting | None:
    """Return a meeting with its pair, or None."""
    return db.session.scalar(select(Meeting).where(Meeting.id == meeting_id).options(*BOTH))


def pair_by_id(pair_id: UUID) -> Pair | None:
    """Return a pair, or None."""
    return db.session.get(Pair, pair_id)


def series_by_id(series_id: UUID) -> Series | None:
    """Return a weekly series, or None."""
    return db.session.get(Series, series_id)


def series_of(pair_id: UUID) -> Series | None:
    """Return a pair's weekly series of today, or None."""
    return db.session.scalar(select(Series).where(Series.pair_id == pair_id, Series.until.is_(None)))


def profiles_of(pair: Pair) -> tuple[Profile | None, Profile | None]:
    """Return what the mentor and the participant answered about themselves."""
    return db.session.get(Profile, pair.mentor_id), db.session.get(Profile, pair.participant_id)


def taken_hours(pair: Pair) -> list[tuple[int, int, int]]:
    """List the weekly hours at which one of the two meets somebody else: (weekday, first minute, minute after the last)."""
    either = or_(Pair.mentor_id.in_((pair.mentor_id, pair.participant_id)), Pair.participant_id == pair.participant_id)
    others = select(Series).join(Pair, Pair.id == Series.pair_id).where(Series.until.is_(None), either, Pair.id != pair.id)
    going_on = others.where(Pair.state.in_(MEETING_STATES))
    begins = [(each, each.starts.hour * 60 + each.starts.minute) for each in db.session.scalars(going_on)]
    return [(each.weekday, begin, min(begin + each.length, 24 * 60)) for each, begin in begins]


def of_pair(pair_id: UUID, most: int = SHOWN) -> list[Meeting]:
    """List a pair's meetings, the latest first."""
    mine = select(Meeting).where(Meeting.pair_id == pair_id).options(*BOTH)
    return list(db.session.scalars(mine.order_by(Meeting.starts_at.desc()).limit(most)))


def planned_after(pair_id: UUID, moment: datetime) -> list[Meeting]:
    """List a pair's planned meetings after a moment."""
    ahead = (Meeting.pair_id == pair_id, Meeting.state == "planned", Meeting.starts_at > moment)
    return list(db.session.scalars(select(Meeting).where(*ahead).order_by(Meeting.starts_at)))


def are_both_here(pair: Pair) -> bool:
    """Whether both of a pair still belong to the organisation: each holds a role today."""
    held = select(Membership.person_id).join(Person, Person.id == Membership.person_id).where(Person.state == "active")
    mine = (Membership.person_id.in_((pair.mentor_id, pair.participant_id)), held_on(clock.today(tenancy.current().zone)))
    return len(set(db.session.scalars(held.where(*mine)))) == 2


def meets(pair: Pair) -> bool:
    """Whether a pair meets now: it neither rests nor says farewell, and its mentor was not stopped."""
    return pair.state in MEETING_STATES and pair.stopped_at is None


def rested(pair_id: UUID, reasons: Collection[str]) -> list[Meeting]:
    """List a pair's coming meetings that were cancelled for one of these reasons."""
    mine = (Meeting.pair_id == pair_id, Meeting.state == "cancelled", Meeting.cancel_reason.in_(reasons))
    return list(db.session.scalars(select(Meeting).where(*mine, Meeting.starts_at > clock.now())))


def is_taken(pair_id: UUID, starts_at: datetime, but: UUID) -> bool:
    """Whether a pair has another meeting at the very same time."""
    same = (Meeting.pair_id == pair_id, Meeting.starts_at == starts_at, Meeting.id != but, Meeting.state != "cancelled")
    return db.session.scalar(select(Meeting.id).where(*same).limit(1)) is not None


def next_meetings(
    community_ids: Collection[UUID] | None = None, person_id: UUID | None = None, most: int = 20
) -> list[Meeting]:
    """List what is planned from now on, the nearest first: of communities, or of one person's pairs."""
    ahead = and_(Meeting.state == "planned", Meeting.ends_at > clock.now())
    return list(db.session.scalars(_whose(community_ids, person_id).where(ahead).order_by(Meeting.starts_at).limit(most)))


def past(community_ids: Collection[UUID] | None = None, person_id: UUID | None = None, most: int = 20) -> list[Meeting]:
    """List what is over or was cancelled, the latest first: of communities, or of one person's pairs."""
    behind = Meeting.starts_at <= clock.now()
    return list(db.session.scalars(_whose(community_ids, person_id).where(behind).order_by(Meeting.starts_at.desc()).limit(most)))


def to_log(person_id: UUID, most: int = 10) -> list[Meeting]:
    """List meetings of the last fortnight that are over and of which this person has said nothing, the latest first."""
    said = select(MeetingLog.id).where(MeetingLog.meeting_id == Meeting.id, MeetingLog.author_id == person_id).exists()
    over = (Meeting.ends_at <= clock.now(), Meeting.ends_at > clock.now() - FORTNIGHT, Meeting.state != "cancelled")
    wanted = _whose(None, person_id).where(*over, ~said, Pair.state.in_((*MEETING_STATES, "closing")))
    return list(db.session.scalars(wanted.order_by(Meeting.starts_at.desc()).limit(most)))


def unsaid(community_ids: Collection[UUID]) -> list[Meeting]:
    """List meetings of which nobody said anything for three days, in pairs that still meet, the oldest first."""
    unsaid = _is_unsaid(clock.now() - UNSAID)
    return list(db.session.scalars(_whose(community_ids).where(unsaid).order_by(Meeting.starts_at)))


def contradicted(community_ids: Collection[UUID]) -> list[Meeting]:
    """List meetings that one side says took place and the other that they did not, the oldest first."""
    return list(db.session.scalars(_whose(community_ids).where(Meeting.contradicted).order_by(Meeting.starts_at)))


def last_held(pair_id: UUID) -> Meeting | None:
    """Return a pair's last meeting that took place, or None."""
    held = select(Meeting).where(Meeting.pair_id == pair_id, Meeting.state == "held")
    return db.session.scalar(held.order_by(Meeting.starts_at.desc()).limit(1))


def missed_in_a_row(pair_id: UUID) -> list[Meeting]:
    """List the meetings missed since the last that took place, the oldest first."""
    told = (Meeting.pair_id == pair_id, Meeting.state.in_(("held", "missed")))
    latest = db.session.scalars(select(Meeting).where(*told).order_by(Meeting.starts_at.desc()).limit(50))
    run: list[Meeting] = []
    for meeting in latest:
        if meeting.state == "held":
            break
        run.append(meeting)
    return run[::-1]


def quiet_since(pair_id: UUID) -> datetime | None:
    """Return since when nothing was heard of a pair: its last meeting that took place, or its last change of state."""
    return db.session.scalar(select(_quiet()).where(Pair.id == pair_id))


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


class Told(NamedTuple):
    """What a timeline tells of a pair: `pair` (None: there is none), its latest `meetings`, and what was said, sealed."""

    pair: Any
    meetings: list[Any]
    said: list[Any]


@reader
def told_of(pair_id: UUID) -> Asking[Told]:
    """Read a pair's latest meetings, the latest first, and what was shared of those that took place, as it was said."""
    pair, meetings, said = yield [each.of(pair=pair_id) for each in (PAIR, LATEST, SHARED)]
    return Told(next(iter(pair), None), meetings, said)


def pairs_of(person_id: UUID) -> list[Pair]:
    """List the pairs of a person that meet now."""
    mine = or_(Pair.participant_id == person_id, and_(Pair.mentor_id == person_id, Pair.stopped_at.is_(None)))
    wanted = select(Pair).where(mine, Pair.state.in_(MEETING_STATES)).order_by(Pair.id)
    return list(db.session.scalars(wanted.options(joinedload(Pair.mentor), joinedload(Pair.participant))))


def logs_of(meeting_id: UUID) -> list[MeetingLog]:
    """List what was said of a meeting, in the order it was said."""
    return list(db.session.scalars(select(MeetingLog).where(MeetingLog.meeting_id == meeting_id).order_by(MeetingLog.id)))


def logs_by(person_id: UUID) -> list[tuple[MeetingLog, Meeting]]:
    """List everything somebody said of meetings, the oldest first."""
    mine = select(MeetingLog, Meeting).join(Meeting, Meeting.id == MeetingLog.meeting_id)
    found = db.session.execute(mine.where(MeetingLog.author_id == person_id).order_by(Meeting.starts_at))
    return [(row[0], row[1]) for row in found]


def log_of(meeting_id: UUID, author_id: UUID) -> MeetingLog | None:
    """Return what one person said of a meeting, or None."""
    mine = (MeetingLog.meeting_id == meeting_id, MeetingLog.author_id == author_id)
    return db.session.scalar(select(MeetingLog).where(*mine))


def draft_of(meeting_id: UUID, person_id: UUID) -> LogDraft | None:
    """Return what somebody had begun to say of a meeting, or None."""
    return db.session.get(LogDraft, (meeting_id, person_id))


def living_link(digest: bytes) -> OneTap | None:
    """Return the link of this hash while it can be used."""
    fresh = (OneTap.token_hash == digest, OneTap.spent_at.is_(None), OneTap.expires_at > clock.now())
    return db.session.scalar(select(OneTap).where(*fresh))


def _whose(community_ids: Collection[UUID] | None, person_id: UUID | None = None) -> Select[Any]:
    """Select meetings of communities, or of a person; those of a mentor who was stopped, or whose pair ended, are gone."""
    wanted = select(Meeting).join(Meeting.pair).options(*BOTH)
    if community_ids is not None:
        wanted = wanted.where(Pair.community_id.in_(community_ids))
    return wanted if person_id is None else wanted.where(_theirs(person_id))


def _theirs(person_id: UUID) -> ColumnElement[bool]:
    mentors = and_(Pair.mentor_id == person_id, Pair.stopped_at.is_(None), Pair.state.not_in(("closed", "declined")))
    return or_(Pair.participant_id == person_id, mentors)


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
    names = [func.trim(who.first_name + " " + who.last_name).label(part) for who, part in
             ((mentor, "mentor"), (participant, "participant"))]  # fmt: skip
    wanted = select(*columns, *names).select_from(of)
    wanted = wanted if of is Pair else wanted.join(Pair, Pair.id == of.pair_id)
    both = wanted.join(mentor, mentor.id == Pair.mentor_id).join(participant, participant.id == Pair.participant_id)
    return both.where(among(Pair.community_id, "communities"))


def _silent() -> Any:
    silent = (_should_meet(), _quiet() <= bindparam("before"))
    return _named(Pair.id.label("pair_id"), _quiet().label("since")).where(*silent).order_by(_quiet(), Pair.id)


def _latest() -> Any:
    columns = (Meeting.id, Meeting.starts_at, Meeting.state, Meeting.cancel_reason)
    return (
        select(*columns).where(Meeting.pair_id == bindparam("pair")).order_by(Meeting.starts_at.desc()).limit(SHOWN)
    )


def _shared() -> Any:
    latest = _latest().subquery()
    said = select(MeetingLog.id, MeetingLog.meeting_id, MeetingLog.shared).join(latest, latest.c.id == MeetingLog.meeting_id)
    return said.where(latest.c.state == "held", MeetingLog.shared.is_not(None)).order_by(MeetingLog.id)


STANDING: Any = select(Pair.participant_id, Pair.mentor_id, Pair.community_id, Pair.state, Pair.stopped_at)
PAIR = Question(STANDING.where(Pair.id == bindparam("pair")))
LATEST, SHARED, SILENT = Question(_latest()), Question(_shared()), Question(_silent())
WITHOUT_HOUR = Question(_named(Pair.id.label("pair_id")).where(_should_meet(), ~_has_an_hour()).order_by(Pair.id))
CONTRADICTED = Question(
    _named(Meeting.id.label("meeting_id"), Meeting.starts_at, of=Meeting)
    .where(Meeting.contradicted)
    .order_by(Meeting.starts_at)
)
UNSAID_OF = Question(
    _named(Meeting.starts_at, of=Meeting).where(_is_unsaid(bindparam("before"))).order_by(Meeting.starts_at)
)
