"""Pairs, offers and rounds; hot pages get plain rows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from maagal import clock, sealing, tenancy
from maagal.db import db, rows
from maagal.questions import Asking, Question, among, reader
from tenants.communities.models import Community
from tenants.communities.queries import held_on
from tenants.pairing import gather
from tenants.pairing.models import LIVE, SEATED, Never, Pair, PairAnswer, PairStep, Round
from tenants.pairing.path import LIFTABLE
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


class Place(NamedTuple):
    """A participant who belongs to a community, as matching looks at them."""

    id: UUID
    name: str
    community_id: UUID

    @property
    def file_of(self) -> UUID:
        """Whose file this is."""
        return self.id

    @property
    def participant_id(self) -> UUID:
        """Whom it is about: nobody matches themself."""
        return self.id


def place_of(person_id: UUID, among: Collection[UUID] = ()) -> Place | None:
    """Return where somebody takes part today: of several places one of those named, if they are in any of them."""
    held = (Membership.person_id == person_id, Membership.role == "participant")
    wanted: Any = (
        select(Person.id, _name(Person), Membership.community_id)
        .join(Membership, Membership.person_id == Person.id)
        .where(*held, held_on(clock.today(tenancy.current().zone)), Person.state == "active")
        .order_by(Membership.community_id.in_(among).desc(), Membership.since, Membership.id)
    )
    found: Any = db.session.execute(wanted).first()
    return Place(*found) if found else None


class Barred(NamedTuple):
    """A mentor with whom a participant must not be paired; `liftable`: a coordinator said so and may take it back."""

    id: UUID
    participant_id: UUID
    mentor: str
    code: str
    note: str
    liftable: bool


def barred(participant_ids: Collection[UUID]) -> list[Barred]:
    """List whom participants must not be paired with, by name; the notes are open."""
    wanted: Any = (
        select(Never.id, Never.participant_id, _name(Mentoring).label("mentor"), Never.code, Never.note)
        .join(Mentoring, Mentoring.id == Never.mentor_id)
        .where(Never.participant_id.in_(participant_ids))
        .order_by(_name(Mentoring), Never.code)
    )
    return [
        Barred(row.id, row.participant_id, row.mentor, row.code, _note(row), row.code in LIFTABLE) for row in rows(wanted)
    ]


def _note(never: Any) -> str:
    return sealing.unseal_or_empty(never.note, sealing.Place("nevers", never.id, "note"))


def never_of(person_id: UUID, never_id: UUID) -> Never | None:
    """Return what a coordinator said of a participant and a mentor, to take it back."""
    theirs = (Never.id == never_id, Never.participant_id == person_id, Never.code.in_(LIFTABLE))
    return db.session.scalar(select(Never).where(*theirs))


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


def mentors_in(community_id: UUID) -> list[tuple[UUID, str]]:
    """List the mentors of a community today, with their names."""
    held = (Membership.community_id == community_id, Membership.role == "mentor")
    wanted: Any = select(Person.id, _name(Person)).join(Membership, Membership.person_id == Person.id)
    today = clock.today(tenancy.current().zone)
    return [tuple(row) for row in rows(wanted.where(*held, held_on(today), Person.state == "active"))]


def names(person_ids: Collection[UUID]) -> dict[str, str]:
    """Return id as text -> name."""
    wanted: Any = select(Person.id, Person.first_name, Person.last_name).where(Person.id.in_(person_ids))
    return {str(row.id): f"{row.first_name} {row.last_name}".strip() for row in rows(wanted)}


def community_names(community_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return id -> name, by name."""
    wanted: Any = select(Community.id, Community.name).where(Community.id.in_(community_ids)).order_by(Community.name)
    return {row.id: row.name for row in rows(wanted)}


def coordinators(community_id: UUID) -> list[UUID]:
    """Return the ids of those who coordinate a community today, in one order for everyone."""
    today = clock.today(tenancy.current().zone)
    held = (Membership.community_id == community_id, Membership.role == "coordinator", held_on(today))
    return list(db.session.scalars(select(Membership.person_id).where(*held).order_by(Membership.person_id)))


def seats_taken(community_ids: Collection[UUID] | None = None) -> dict[UUID, int]:
    """Count seats taken or held in communities (all, unless named); one without any is left out."""
    counted: Any = select(Pair.community_id, func.count()).where(Pair.state.in_(SEATED)).group_by(Pair.community_id)
    if community_ids is not None:
        counted = counted.where(Pair.community_id.in_(community_ids))
    found: Any = rows(counted)
    return dict(found)


class Capacity(NamedTuple):
    """One community's seats and waiting list. The two `missing` hold codes that someone waiting needs and no mentor has."""

    taken: int
    held: int
    free: int
    waiting: int
    longest_wait_days: int
    missing_languages: tuple[str, ...]
    missing_genders: tuple[str, ...]


def capacity(community_ids: Collection[UUID]) -> dict[UUID, Capacity]:
    """Return each community's seats and who waits. `held`, by offers, is a part of `taken`. Three round trips at most."""
    gathered = gather.gather(community_ids)
    places = _states_by_community(community_ids)
    mentors = {one.id: one for one in gathered.mentors}
    return {
        place: _capacity(
            places.get(place, {}),
            [one for one in gathered.participants if gathered.community_of[one.id] == place],
            [mentors[each] for each in gathered.mentors_of.get(place, ())],
        )
        for place in community_ids
    }


def _capacity(states: dict[str, int], waiting: Sequence[Any], mentors: Sequence[Any]) -> Capacity:
    spoken = {code for mentor in mentors for code in mentor.languages}
    alone = {code for one in waiting if spoken.isdisjoint(one.languages) for code in one.languages}
    wanted = {one.gender_preference for one in waiting if one.gender_preference}
    return Capacity(
        taken=sum(states.values()),
        held=states.get("offered", 0),
        free=sum(max(mentor.capacity - mentor.load, 0) for mentor in mentors),
        waiting=len(waiting),
        longest_wait_days=gather.longest_wait(waiting),
        missing_languages=tuple(sorted(alone)),
        missing_genders=tuple(sorted(wanted - {mentor.gender for mentor in mentors})),
    )


def _states_by_community(community_ids: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    counted: Any = (
        select(Pair.community_id, Pair.state, func.count())
        .where(Pair.community_id.in_(community_ids), Pair.state.in_(SEATED))
        .group_by(Pair.community_id, Pair.state)
    )
    counts: Any = rows(counted)
    found: dict[UUID, dict[str, int]] = {}
    for place, state, number in counts:
        found.setdefault(place, {})[state] = number
    return found


class Overlooked(NamedTuple):
    """What a coordinator should not overlook. `training` rows: person_id, name, until; the earliest first."""

    ending: list[PairRow]
    waiting_again: list[PairRow]
    training: list[Any]


@reader
def overlooked(community_ids: Collection[UUID], soon: datetime, lately: datetime, by: date) -> Asking[Overlooked]:
    """Find offers that end by `soon`, offers that came to nothing since `lately`, and training that ends by a day."""
    here = list(community_ids)
    ending, ended, training = yield [
        ENDING.of(communities=here, soon=soon),
        ENDED.of(communities=here, lately=lately),
        TRAINING.of(communities=here, by=by, today=clock.today(tenancy.current().zone)),
    ]
    return Overlooked([PairRow(*row) for row in ending], [PairRow(*row) for row in ended], training)


def _training() -> Any:
    """Select mentors of today whose training ends by a day or has ended."""
    return (
        select(Person.id.label("person_id"), _name(Person).label("name"), Profile.training_valid_until.label("until"))
        .join(Membership, Membership.person_id == Person.id)
        .join(Profile, Profile.person_id == Person.id)
        .where(Membership.role == "mentor", among(Membership.community_id, "communities"), held_on(bindparam("today")))
        .where(Person.state == "active", Profile.training_valid_until <= bindparam("by"))
        .distinct()
        .order_by(Profile.training_valid_until, Person.id)
    )


def _ended() -> Any:
    """Select offers that were refused, taken back or ran out since a moment, and whose participant waits again."""
    other = aliased(Pair)
    seated = (other.participant_id == Pair.participant_id, other.lead, among(other.state, "seated", SEATED))
    ended = (Pair.state == "declined", Pair.closed_at >= bindparam("lately"), Pair.started_at.is_(None))
    return _newest(among(Pair.community_id, "communities"), *ended, ~select(other.id).where(*seated).exists())


def _ending() -> Any:
    """Select offers about to end."""
    ends = (Pair.state == "offered", Pair.expires_at <= bindparam("soon"))
    return _newest(among(Pair.community_id, "communities"), *ends)


def _page() -> Any:
    """Select a pair with its path, the latest step first."""
    steps = func.json_agg(
        aggregate_order_by(func.json_build_array(PairStep.state, PairStep.reason, PairStep.at), PairStep.at.desc())
    )
    path = select(steps).where(PairStep.pair_id == Pair.id).correlate(Pair).scalar_subquery()
    told = (PairAnswer.side, PairAnswer.agreed, PairAnswer.how, func.coalesce(_name(Speaking), ""), PairAnswer.at)
    answers = func.json_agg(aggregate_order_by(func.json_build_array(*told), PairAnswer.at))
    said = select(answers).outerjoin(Speaking, Speaking.id == PairAnswer.said_by).where(PairAnswer.pair_id == Pair.id)
    columns = (path.label("steps"), said.correlate(Pair).scalar_subquery().label("answers"))
    return _pairs().add_columns(*columns).where(Pair.id == bindparam("pair"))


def _name(person: Any) -> ColumnElement[str]:
    name: ColumnElement[str] = func.trim(person.first_name + " " + person.last_name)
    return name


def _pairs() -> Any:
    """Select the columns of PairRow, in its order."""
    return (
        select(
            Pair.id, Pair.participant_id, Pair.mentor_id, Pair.community_id, Pair.state, Pair.lead,
            _name(Two).label("participant"), _name(Mentoring).label("mentor"),
            Mentoring.first_name.label("mentor_first"), Community.name.label("community"), Pair.offered_at, Pair.expires_at,
            Pair.mentor_said_yes_at, Pair.started_at, Pair.closed_at, Pair.close_reason, Pair.close_initiator,
            Pair.stopped_at, Pair.last_held_at, Pair.version,
        )
        .join(Two, Two.id == Pair.participant_id)
        .join(Mentoring, Mentoring.id == Pair.mentor_id)
        .join(Community, Community.id == Pair.community_id)
    )  # fmt: skip


def _newest(*conditions: Any) -> Any:
    return _pairs().where(*conditions).order_by(Pair.offered_at.desc(), Pair.id.desc()).limit(SHOWN)


def _listed(*conditions: Any) -> list[PairRow]:
    found: Any = rows(_newest(*conditions))
    return [PairRow(*row) for row in found]


PAGE, ENDING, ENDED, TRAINING = Question(_page()), Question(_ending()), Question(_ended()), Question(_training())
