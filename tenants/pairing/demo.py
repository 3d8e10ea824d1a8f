"""The pairs of three months: a round in each community, answers over the following days, and what became of them since."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from maagal.db import db
from maagal.demo import World
from tenants.pairing import actions, labels, offers, rounds
from tenants.pairing.models import Pair, Round
from tenants.people.models import Membership

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


def demo(world: World) -> None:
    """Match each community in its second week; today one offer waits in each, and the busiest has a round on the table."""
    places = _coordinators()
    for place, who in places.items():
        _first_round(world, place, who)
        _what_became_of_them(world, place, who)
        _one_offer_today(world, place, who)
    busiest = _busiest()
    with world.at(world.now - timedelta(hours=2)):
        rounds.begin([busiest], places[busiest])
    _name_people(world, busiest, places[busiest])


def _busiest() -> UUID:
    active = select(Pair.community_id).where(Pair.state == "active").group_by(Pair.community_id)
    found = db.session.scalars(active.order_by(func.count().desc(), Pair.community_id).limit(1)).one()
    db.session.rollback()
    return found


def _name_people(world: World, place: UUID, who: UUID) -> None:
    """Let visitors try a coordinator, a mentor and a participant who know each other and have something to do."""
    active = select(Pair.mentor_id, Pair.participant_id).where(Pair.community_id == place, Pair.state == "active")
    mentor, participant = db.session.execute(active.order_by(Pair.id.desc()).limit(1)).one()
    world.people |= {"coordinator": str(who), "mentor": str(mentor), "participant": str(participant)}
    db.session.rollback()


def _first_round(world: World, place: UUID, who: UUID) -> None:
    with world.at(world.begin + WEEK):
        draft = rounds.begin([place], who)
        summaries = _summaries(draft)
        kept = dict(list(summaries.items())[: max(4, len(summaries) - 3)])  # some stay for the offer and the round of today
        sent = [outcome.pair_id for outcome in rounds.publish(draft, kept, approved=True, actor_id=who) if outcome.pair_id]
    for number, pair_id in enumerate(sent):
        _answer(world, pair_id, declines=number == len(sent) // 2)


def _answer(world: World, pair_id: UUID, *, declines: bool) -> None:
    """Let both answer within days; one mentor of each round cannot."""
    day = world.begin + WEEK + DAY * world.dice.uniform(0.5, 2)
    with world.at(day):
        pair = db.session.get_one(Pair, pair_id)
        if declines:
            offers.mentor_declines(pair, "no_time", pair.mentor_id)
            return
        offers.mentor_accepts(pair, pair.mentor_id)
    steps = ((offers.participant_accepts, 1.0), (actions.start_trial, 4.0), (actions.activate, 25.0))
    for verb, days in steps:
        with world.at(day + DAY * (days + world.dice.random())):
            pair = db.session.get_one(Pair, pair_id)
            verb(pair, pair.participant_id)


def _what_became_of_them(world: World, place: UUID, who: UUID) -> None:
    """One pair reached its goals, one rests for reserve duty; the others go on."""
    active = select(Pair.id).where(Pair.community_id == place, Pair.state == "active").order_by(Pair.id)
    found = list(db.session.scalars(active.limit(2)))
    db.session.rollback()
    if len(found) == 2:
        with world.at(world.now - WEEK * 2):
            actions.close(db.session.get_one(Pair, found[0]), "participant", "goals_met", who)
        with world.at(world.now - WEEK * 2 + DAY):
            actions.finish(db.session.get_one(Pair, found[0]), who)
        with world.at(world.now - DAY * 9):
            actions.pause(db.session.get_one(Pair, found[1]), "reserve_duty", who)


def _one_offer_today(world: World, place: UUID, who: UUID) -> None:
    with world.at(world.now - DAY):
        draft = rounds.begin([place], who)
        summaries = _summaries(draft)
        rounds.publish(draft, dict(list(summaries.items())[:1]), approved=True, actor_id=who)


def _summaries(draft: Round) -> dict[str, str]:
    """Write what each participant of a draft would approve."""
    participants, _mentors, _settings, terms = rounds.people_of(draft)
    return {one: labels.neutral_summary(participants[one], terms.on.year) for one in rounds.suggested(draft)}


def _coordinators() -> dict[UUID, UUID]:
    held = select(Membership.community_id, Membership.person_id).where(Membership.role == "coordinator")
    return {row.community_id: row.person_id for row in db.session.execute(held.order_by(Membership.id.desc()))}
