"""Two people at once: exactly one of them gets it, the other is told, and nothing is half done."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from maagal import clock
from maagal.db import commit, db
from tenants.pairing import actions, offers
from tenants.pairing.models import SEATED, Pair
from tests.at_once import together
from tests.circle import make_person
from tests.pairing.conftest import SUMMARY, offer, paired


def of(pair_id):
    return db.session.get_one(Pair, pair_id)


def seated():
    return db.session.scalar(db.select(db.func.count()).where(Pair.state.in_(SEATED)))


def asks(circle, participant, mentor):
    return lambda: offers.offer(participant, mentor, circle.community, summary=SUMMARY, approved=True)


@pytest.mark.parametrize("_time", range(5))
def test_the_last_seat_of_a_mentor_is_given_once(circle, oak, house, _time):
    rina = make_person("Rina", "Paz", "participant", circle.community)
    commit()
    said = together(house, oak, asks(circle, circle.pnina, circle.miri), asks(circle, rina, circle.miri))
    assert said == ["IntegrityError", "done"]
    assert seated() == 1


@pytest.mark.parametrize("_time", range(5))
def test_a_participant_gets_one_live_offer_from_two_coordinators(circle, oak, house, _time):
    yael = make_person("Yael", "Dor", "mentor", circle.community)
    commit()
    said = together(house, oak, asks(circle, circle.pnina, circle.miri), asks(circle, circle.pnina, yael))
    assert said == ["IntegrityError", "done"]
    assert seated() == 1


@pytest.mark.parametrize("_time", range(5))
def test_crosswise_offers_do_not_lock_each_other_up(circle, oak, house, _time):
    yael = make_person("Yael", "Dor", "mentor", circle.community)
    rina = make_person("Rina", "Paz", "participant", circle.community)
    commit()
    everyone = (circle.pnina, circle.miri, yael, rina)

    def both(*pairs):
        def ask_two():
            offers.hold_still(everyone)
            for participant, mentor in pairs:
                asks(circle, participant, mentor)()

        return ask_two

    said = together(house, oak, both((circle.pnina, yael), (rina, circle.miri)), both((rina, yael), (circle.pnina, circle.miri)))
    assert said == ["IntegrityError", "done"]
    assert seated() == 2


def test_room_for_two_is_given_twice_and_not_three_times(circle, oak, house):
    hana = make_person("Hana", "Gal", "mentor", circle.community, capacity=2)
    three = [make_person(name, "Paz", "participant", circle.community) for name in ("Rina", "Tali", "Orna")]
    commit()
    assert together(house, oak, *(asks(circle, each, hana) for each in three)) == ["IntegrityError", "done", "done"]


@pytest.mark.parametrize("_time", range(5))
def test_a_yes_and_a_no_at_once_leave_one_answer(offered, oak, house, _time):
    pair_id = offered.id
    said = together(
        house, oak,
        lambda: offers.mentor_accepts(of(pair_id)),
        lambda: offers.mentor_declines(of(pair_id), "no_time"),
    )  # fmt: skip
    assert said in (["StaleDataError", "done"], ["NotNow", "done"], ["done", "done"])  # yes, and only then no, is no
    found = of(pair_id)
    assert (found.state == "declined") or (found.mentor_said_yes_at is not None)
    if said == ["done", "done"]:
        assert found.state == "declined"


@pytest.mark.parametrize("_time", range(5))
def test_the_participant_says_yes_while_the_coordinator_takes_the_offer_back(offered, oak, house, _time):
    offers.mentor_accepts(offered)
    commit()
    pair_id = offered.id
    said = together(
        house, oak,
        lambda: offers.participant_accepts(of(pair_id)),
        lambda: offers.withdraw(of(pair_id)),
    )  # fmt: skip
    assert said in (["StaleDataError", "done"], ["NotNow", "done"])
    assert of(pair_id).state in ("introduced", "declined")


@pytest.mark.parametrize("_time", range(5))
def test_an_offer_that_runs_out_while_it_is_accepted_ends_one_way(offered, oak, house, _time):
    offers.mentor_accepts(offered)
    commit()
    pair_id = offered.id
    over = clock.now() + timedelta(days=6)

    def runs_out():
        found = of(pair_id)
        found.expires_at = over - timedelta(days=7)
        offers.expire(found)

    said = together(house, oak, lambda: offers.participant_accepts(of(pair_id)), runs_out)
    found = of(pair_id)
    assert found.state in ("introduced", "declined")
    assert "done" in said
    assert seated() == (found.state == "introduced")


def test_a_team_may_form_around_a_participant_who_has_one_lead_only(circle):
    yael = make_person("Yael", "Dor", "mentor", circle.community)
    paired(circle)
    assert offer(circle, mentor=yael, lead=False).state == "offered"
    with pytest.raises(IntegrityError, match="no seat is free"):
        offer(circle, mentor=circle.miri, lead=False)


def test_the_database_itself_refuses_a_way_back_from_the_end(circle):
    pair = paired(circle)
    actions.close(pair, "mentor", "moved")
    actions.finish(pair)
    commit()
    with pytest.raises(IntegrityError, match="this pair has ended"):
        db.session.execute(text("update pairs set state = 'active'"))


def test_a_mentor_without_a_profile_has_no_seat(circle):
    db.session.execute(text("delete from profiles where person_id = :who"), {"who": circle.miri})
    with pytest.raises(IntegrityError, match="no seat is free"):
        asks(circle, circle.pnina, circle.miri)()
