"""Meetings, who says what of them, and what has gone unsaid."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import joinedload

from maagal import clock, tenancy
from maagal.db import db
from tenants.communities.queries import held_on
from tenants.meetings.models import Meeting, MeetingLog, Series
from tenants.pairing.models import Pair
from tenants.people.models import Membership, Person, Profile

MEETING_STATES = ("introduced", "trial", "active")  # pairs that meet: neither resting nor saying farewell
FORTNIGHT = timedelta(days=14)
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
    return list(db.session.scalars(whose(community_ids, person_id).where(ahead).order_by(Meeting.starts_at).limit(most)))


def past(community_ids: Collection[UUID] | None = None, person_id: UUID | None = None, most: int = 20) -> list[Meeting]:
    """List what is over or was cancelled, the latest first: of communities, or of one person's pairs."""
    behind = Meeting.starts_at <= clock.now()
    return list(db.session.scalars(whose(community_ids, person_id).where(behind).order_by(Meeting.starts_at.desc()).limit(most)))


def to_log(person_id: UUID, most: int = 10) -> list[Meeting]:
    """List meetings of the last fortnight that are over and of which this person has said nothing, the latest first."""
    said = select(MeetingLog.id).where(MeetingLog.meeting_id == Meeting.id, MeetingLog.author_id == person_id).exists()
    over = (Meeting.ends_at <= clock.now(), Meeting.ends_at > clock.now() - FORTNIGHT, Meeting.state != "cancelled")
    wanted = whose(None, person_id).where(*over, ~said, Pair.state.in_((*MEETING_STATES, "closing")))
    return list(db.session.scalars(wanted.order_by(Meeting.starts_at.desc()).limit(most)))


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


def pairs_of(person_id: UUID) -> list[Pair]:
    """List the pairs of a person that meet now."""
    mine = or_(Pair.participant_id == person_id, and_(Pair.mentor_id == person_id, Pair.stopped_at.is_(None)))
    wanted = select(Pair).where(mine, Pair.state.in_(MEETING_STATES)).order_by(Pair.id)
    return list(db.session.scalars(wanted.options(joinedload(Pair.mentor), joinedload(Pair.participant))))


def whose(community_ids: Collection[UUID] | None, person_id: UUID | None = None) -> Select[Any]:
    """Select meetings of communities, or of a person; those of a mentor who was stopped, or whose pair ended, are gone."""
    wanted = select(Meeting).join(Meeting.pair).options(*BOTH)
    if community_ids is not None:
        wanted = wanted.where(Pair.community_id.in_(community_ids))
    return wanted if person_id is None else wanted.where(_theirs(person_id))


def _theirs(person_id: UUID) -> ColumnElement[bool]:
    mentors = and_(Pair.mentor_id == person_id, Pair.stopped_at.is_(None), Pair.state.not_in(("closed", "declined")))
    return or_(Pair.participant_id == person_id, mentors)
