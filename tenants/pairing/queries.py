"""Pairs, offers and rounds; hot pages get plain rows."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from maagal import clock, sealing, tenancy
from maagal.db import db, rows
from maagal.questions import Question
from tenants.communities.models import Community
from tenants.communities.queries import held_on
from tenants.pairing.models import LIVE, SEATED, Pair, PairAnswer, PairStep, Round
from tenants.people.models import Membership, Person, Profile

Two, Mentoring = aliased(Person, name="participant"), aliased(Person, name="mentor")
Speaking = aliased(Person, name="speaking")
SHOWN = 200


class Step(NamedTuple):
    """A state a pair came into."""

    state: str
    reason: str | None
    at: datetime


class Answer(NamedTuple):
    """What one of the two said to the offer; `how` and `by` (a name) where a coordinator wrote it down for them."""

    side: str
    agreed: bool
    how: str | None
    by: str
    at: datetime


@dataclass(frozen=True)
class PairRow:
    """A pair with names, as its page and lists show it. `steps` and `answers` are empty in lists."""

    id: UUID
    participant_id: UUID
    mentor_id: UUID
    community_id: UUID
    state: str
    lead: bool
    participant: str
    mentor: str
    mentor_first: str
    community: str
    offered_at: datetime | None
    expires_at: datetime | None
    mentor_said_yes_at: datetime | None
    started_at: datetime | None
    closed_at: datetime | None
    close_reason: str | None
    close_initiator: str | None
    stopped_at: datetime | None
    last_held_at: datetime | None
    version: int
    steps: tuple[Step, ...] = ()
    answers: tuple[Answer, ...] = ()

    @property
    def file_of(self) -> UUID:
        """Whose file this belongs to: the participant's."""
        return self.participant_id


def by_id(pair_id: UUID) -> Pair | None:
    """Return a pair to act on."""
    return db.session.get(Pair, pair_id)


def page_row(pair_id: UUID) -> PairRow | None:
    """Return all that a pair's own page shows of it, in one round trip."""
    found = PAGE.rows(pair=pair_id)
    if not found:
        return None
    *columns, steps, answers = found[0]
    walked = tuple(Step(state, why, datetime.fromisoformat(at)) for state, why, at in steps or ())
    said = tuple(Answer._make((*told, datetime.fromisoformat(at))) for *told, at in answers or ())
    return PairRow(*(*columns, walked, said))


def pairs_of(person_id: UUID) -> list[PairRow]:
    """List the pairs somebody is in and may open, the newest first."""
    as_mentor = and_(Pair.mentor_id == person_id, Pair.state.in_(LIVE), Pair.stopped_at.is_(None))
    as_participant = and_(Pair.participant_id == person_id, Pair.state.in_((*LIVE, "closed")))
    return _listed(or_(as_mentor, as_participant))


def pairs_in(community_ids: Collection[UUID], states: Collection[str] = LIVE) -> list[PairRow]:
    """List pairs of communities in these states, the newest first."""
    return _listed(Pair.community_id.in_(community_ids), Pair.state.in_(states))


def offers_to(person_id: UUID) -> list[PairRow]:
    """List the offers that somebody is asked about just now."""
    mentor = and_(Pair.mentor_id == person_id, Pair.mentor_said_yes_at.is_(None))
    participant = and_(Pair.participant_id == person_id, Pair.mentor_said_yes_at.is_not(None))
    return _listed(or_(mentor, participant), Pair.state == "offered", Pair.expires_at > clock.now(), Pair.stopped_at.is_(None))


def live_pair_of_participant(person_id: UUID) -> Pair | None:
    """Return a participant's lead pair that holds a seat, offers included."""
    return db.session.scalar(select(Pair).where(Pair.participant_id == person_id, Pair.lead, Pair.state.in_(SEATED)))


def seated_with(person_id: UUID) -> list[Pair]:
    """Return every pair in which somebody holds or gives a seat."""
    either = or_(Pair.participant_id == person_id, Pair.mentor_id == person_id)
    return list(db.session.scalars(select(Pair).where(either, Pair.state.in_(SEATED)).order_by(Pair.id)))


def out_of_role(person_id: UUID, community_id: UUID) -> list[Pair]:
    """Return the seated pairs of a community in which somebody has a part that they do not hold there today."""
    today = clock.today(tenancy.current().zone)
    held = (Membership.person_id == person_id, Membership.community_id == community_id, held_on(today))
    roles = set(db.session.scalars(select(Membership.role).where(*held)))
    mine = [pair for pair in seated_with(person_id) if pair.community_id == community_id]
    return [pair for pair in mine if ("mentor" if pair.mentor_id == person_id else "participant") not in roles]


def profile_of(person_id: UUID) -> Profile:
    """Return what somebody told about themselves; nothing where they told nothing."""
    empty = Profile(languages=[], skills=[], experience=[])
    return db.session.get(Profile, person_id) or empty


def person(person_id: UUID) -> Person:
    """Return somebody of a pair."""
    return db.session.get_one(Person, person_id)


def first_name(person_id: UUID) -> str:
    """Return somebody's first name."""
    return db.session.get_one(Person, person_id).first_name


def summary_of(pair: Any) -> str:
    """Open the summary of an offer; empty where there is none."""
    sealed = db.session.scalar(select(Pair.summary).where(Pair.id == pair.id))
    return sealing.unseal_or_empty(sealed, sealing.Place("pairs", pair.id, "summary"))


def round_by_id(round_id: UUID) -> Round | None:
    """Return a round."""
    return db.session.get(Round, round_id)


def drafts_in(community_ids: Collection[UUID]) -> list[Round]:
    """List draft rounds that are wholly in these communities, the newest first."""
    drafts = select(Round).where(Round.state == "draft", Round.community_ids.contained_by(list(community_ids)))
    return list(db.session.scalars(drafts.order_by(Round.made_at.desc())))


def _page() -> Any:
    """Select a pair with its path, the latest step first."""
    steps = func.json_agg(
        aggregate_order_by(func.json_build_array(PairStep.state, PairStep.reason, PairStep.at), PairStep.at.desc())
    )
    path = select(steps).where(PairStep.pair_id == Pair.id).correlate(Pair).scalar_subquery()
    told = (PairAnswer.side, PairAnswer.agreed, PairAnswer.how, func.coalesce(full_name(Speaking), ""), PairAnswer.at)
    answers = func.json_agg(aggregate_order_by(func.json_build_array(*told), PairAnswer.at))
    said = select(answers).outerjoin(Speaking, Speaking.id == PairAnswer.said_by).where(PairAnswer.pair_id == Pair.id)
    columns = (path.label("steps"), said.correlate(Pair).scalar_subquery().label("answers"))
    return _pairs().add_columns(*columns).where(Pair.id == bindparam("pair"))


def full_name(person: Any) -> ColumnElement[str]:
    """Select first and last name of somebody as one text."""
    name: ColumnElement[str] = func.trim(person.first_name + " " + person.last_name)
    return name


def _pairs() -> Any:
    """Select the columns of PairRow, in its order."""
    return (
        select(
            Pair.id, Pair.participant_id, Pair.mentor_id, Pair.community_id, Pair.state, Pair.lead,
            full_name(Two).label("participant"), full_name(Mentoring).label("mentor"),
            Mentoring.first_name.label("mentor_first"), Community.name.label("community"), Pair.offered_at, Pair.expires_at,
            Pair.mentor_said_yes_at, Pair.started_at, Pair.closed_at, Pair.close_reason, Pair.close_initiator,
            Pair.stopped_at, Pair.last_held_at, Pair.version,
        )
        .join(Two, Two.id == Pair.participant_id)
        .join(Mentoring, Mentoring.id == Pair.mentor_id)
        .join(Community, Community.id == Pair.community_id)
    )  # fmt: skip


def newest(*conditions: Any) -> Any:
    """Select rows of PairRow under conditions, the newest first."""
    return _pairs().where(*conditions).order_by(Pair.offered_at.desc(), Pair.id.desc()).limit(SHOWN)


def _listed(*conditions: Any) -> list[PairRow]:
    found: Any = rows(newest(*conditions))
    return [PairRow(*row) for row in found]


PAGE = Question(_page())
