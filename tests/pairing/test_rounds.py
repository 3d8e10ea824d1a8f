"""The board: what a coordinator's hand changes, what is refused, and what publishing does."""

from datetime import timedelta

import pytest

from maagal import clock, tenancy
from maagal.db import commit, db
from maagal.ids import new_id
from tenants.communities.actions import join
from tenants.pairing import board, gather, offers, rounds, seats
from tenants.pairing.matching.locks import LockRefused
from tenants.pairing.models import Pair, Round
from tenants.pairing.path import NotNow, Unfounded
from tenants.people.models import Person, Profile, StaffRecord
from tests.at_once import together
from tests.circle import SINCE, make_person, token
from tests.counting import statements
from tests.pairing.conftest import SUMMARY, offer


@pytest.fixture
def four(circle):
    """Pnina and Rina wait; Miri and Yael could help either; Miri fits Pnina's needs."""
    people = {
        "pnina": str(circle.pnina),
        "miri": str(circle.miri),
        "rina": str(make_person("Rina", "Paz", "participant", circle.community)),
        "yael": str(make_person("Yael", "Dor", "mentor", circle.community)),
    }
    commit()
    return people


@pytest.fixture
def draft(circle, four):
    made = rounds.begin([circle.community], circle.dana)
    commit()
    db.session.refresh(made)
    return made


def texts(draft):
    return dict.fromkeys(rounds.suggested(draft), SUMMARY)


def again(draft):
    return db.session.get_one(Round, draft.id, populate_existing=True)


def change(client, draft, verb, **data):
    return client.post(f"/rounds/{draft.id}/{verb}", data={"version": draft.version, "csrf_token": token(client)} | data)


def test_everyone_who_waits_is_matched_at_once(draft, four):
    assert rounds.suggested(draft) == {four["pnina"]: four["miri"], four["rina"]: four["yael"]}


def test_the_board_shows_both_sides_with_reasons(draft, circle, browse):
    text = browse(circle.dana).get(f"/rounds/{draft.id}").text
    for words in ("Pnina Tal", "Miri Lev", "Rina Paz", "Yael Dor", 'class="receipt"'):
        assert words in text
    assert browse(circle.miri).get(f"/rounds/{draft.id}").status_code == 404


def test_a_swap_needs_a_reason_and_moves_the_other_along(draft, four, circle):
    with pytest.raises(Unfounded):
        rounds.lock(draft, four["pnina"], four["yael"])
    rounds.lock(draft, four["pnina"], four["yael"], reason="a quiet listener", actor_id=circle.dana)
    assert rounds.suggested(draft) == {four["pnina"]: four["yael"], four["rina"]: four["miri"]}
    assert draft.inputs["changes"][-1]["reason"] == "a quiet listener"
    rounds.unlock(draft, four["pnina"])
    assert rounds.suggested(draft)[four["pnina"]] == four["miri"]


def test_what_is_ruled_out_stays_out_until_it_is_taken_back(draft, four):
    rounds.forbid(draft, four["pnina"], four["miri"], reason="neighbours")
    assert rounds.suggested(draft)[four["pnina"]] == four["yael"]
    with pytest.raises(LockRefused):
        rounds.lock(draft, four["pnina"], four["miri"], reason="after all")
    rounds.allow(draft, four["pnina"], four["miri"])
    assert rounds.suggested(draft)[four["pnina"]] == four["miri"]


def test_the_board_changes_by_form_and_as_a_fragment(draft, four, circle, browse):
    client = browse(circle.dana)
    assert change(client, draft, "lock", participant=four["pnina"], mentor=four["miri"]).status_code == 303
    refused = change(client, again(draft), "lock", participant=four["pnina"], mentor=four["yael"], reason="")
    assert refused.status_code == 422
    sent = {"version": again(draft).version, "csrf_token": token(client), "participant": four["pnina"]}
    piece = client.post(f"/rounds/{draft.id}/unlock", data=sent, headers={"HX-Request": "true"})
    assert piece.status_code == 200
    assert piece.text.lstrip().startswith('<div id="board"')


def test_whom_the_round_does_not_know_cannot_be_ruled_out(draft, four, circle, browse):
    client = browse(circle.dana)
    for participant, mentor in ((four["pnina"], str(new_id())), (str(new_id()), four["miri"]), (four["miri"], four["pnina"])):
        answer = change(client, draft, "forbid", participant=participant, mentor=mentor, reason="relatives")
        assert answer.status_code == 422
    assert again(draft).inputs["terms"]["forbids"] == []


def test_a_board_that_changed_meanwhile_is_refused(draft, four, circle, browse):
    client = browse(circle.dana)
    change(client, draft, "lock", participant=four["pnina"], mentor=four["miri"])
    late = change(client, draft, "forbid", participant=four["rina"], mentor=four["yael"], reason="relatives")
    assert late.status_code == 409
    assert "Pnina Tal" in late.text
    assert again(draft).inputs["terms"]["forbids"] == []


@pytest.mark.parametrize("verb", ["forbid", "lock", "allow"])
@pytest.mark.parametrize("whom", ["nobody", "a stranger", "an unknown participant"])
def test_a_change_that_names_nobody_of_the_round_is_refused(draft, four, circle, browse, verb, whom):
    told = {
        "nobody": {"participant": four["pnina"], "mentor": ""},
        "a stranger": {"participant": four["pnina"], "mentor": str(circle.adam)},
        "an unknown participant": {"participant": "x", "mentor": four["miri"]},
    }[whom]
    assert change(browse(circle.dana), draft, verb, reason="neighbours", **told).status_code == 422
    assert again(draft).inputs["terms"]["forbids"] == []


def test_publishing_asks_each_mentor_once(draft, circle, browse):
    client = browse(circle.dana)
    page = client.get(f"/rounds/{draft.id}/publish").text
    assert page.count("<textarea") == 2
    data = {f"summary-{one}": SUMMARY for one in rounds.suggested(draft)} | {"send": list(rounds.suggested(draft))}
    assert change(client, draft, "publish", **data).status_code == 422
    assert change(client, draft, "publish", approved="y", **data).status_code == 200
    assert {pair.state for pair in db.session.scalars(db.select(Pair))} == {"offered"}
    assert change(client, again(draft), "publish", approved="y", **data).status_code == 409
    assert len(db.session.scalars(db.select(Pair)).all()) == 2


def test_a_text_that_names_its_person_stops_the_publishing(draft, four, circle, browse):
    data = {f"summary-{four['pnina']}": "Pnina has debts", "send": [four["pnina"]]}
    answer = change(browse(circle.dana), draft, "publish", approved="y", **data)
    assert answer.status_code == 422
    assert "Pnina has debts" in answer.text
    assert again(draft).state == "draft"


def test_whoever_is_not_ticked_is_left_for_later(draft, four):
    outcomes = rounds.publish(draft, {four["pnina"]: SUMMARY}, approved=True)
    assert {each.participant_id: each.why for each in outcomes} == {four["pnina"]: "", four["rina"]: "left_out"}


def test_a_pair_that_became_impossible_is_named_and_the_rest_goes(draft, four, circle):
    db.session.get_one(Profile, circle.miri).languages = ["ru"]
    commit()
    outcomes = {each.participant_id: each for each in rounds.publish(again(draft), texts(draft), approved=True)}
    assert outcomes[four["pnina"]].why == "language"
    assert outcomes[four["rina"]].pair_id is not None


def test_a_seat_that_went_meanwhile_is_named_and_the_rest_goes(draft, four, circle):
    hana = make_person("Hana", "Gal", "participant", circle.community)
    offer(circle, participant=hana)
    outcomes = {each.participant_id: each for each in rounds.publish(again(draft), texts(draft), approved=True)}
    assert outcomes[four["pnina"]].why == "capacity"
    assert outcomes[four["rina"]].pair_id is not None


def test_two_coordinators_publish_at_once_and_each_mentor_is_asked_once(draft, oak, house):
    draft_id, said_texts = draft.id, texts(draft)

    def publish():
        rounds.publish(db.session.get_one(Round, draft_id), said_texts, approved=True)

    assert together(house, oak, publish, publish) in (["StaleDataError", "done"], ["NotNow", "done"])
    assert len(db.session.scalars(db.select(Pair)).all()) == 2


def test_a_draft_that_was_set_aside_asks_nobody(draft):
    rounds.discard(draft)
    with pytest.raises(NotNow):
        rounds.publish(draft, texts(draft), approved=True)
    assert db.session.scalars(db.select(Pair)).all() == []


def test_unmatched_people_are_listed_with_what_excludes_most(four, circle):
    for mentor in (circle.miri, four["yael"]):
        db.session.get_one(Profile, mentor).languages = ["ru"]
    commit()
    left = board.board(rounds.begin([circle.community])).left
    assert len(left) == 2
    assert left[0].excluded[0][1] == 2


def test_whoever_is_not_screened_or_trained_is_never_suggested(four, circle):
    db.session.get_one(Profile, circle.miri).screened_at = None
    db.session.get_one(Profile, four["yael"]).training_valid_until = clock.today() - timedelta(days=1)
    commit()
    assert rounds.begin([circle.community]).result["served"] == 0


def test_a_manager_is_never_suggested_at_an_employer(circle, oak):
    for person_id, number in ((circle.miri, "1001"), (circle.pnina, "1002")):
        db.session.get_one(Person, person_id).employee_number = number
    db.session.add_all((
        StaffRecord(number="1001", first_name="א", last_name="ב"),
        StaffRecord(number="1002", first_name="ג", last_name="ד", manager_number="1001"),
    ))  # fmt: skip
    commit()
    assert rounds.begin([circle.community]).result["served"] == 1
    commit()
    employer = tenancy.Tenant(**{**vars(oak), "kind": "business"})
    with tenancy.entered(employer):
        left = rounds.begin([circle.community]).result["unmatched"]
    assert [row["reason"] for row in left] == ["reporting_line"]


def test_gathering_takes_few_round_trips(four, circle, oak):
    with statements() as asked:
        gather.gather([circle.community])
    assert len(asked) <= 3


def test_the_capacity_board_counts_seats_and_waits(four, circle):
    assert offer(circle).state == "offered"  # held is taken
    found = seats.capacity([circle.community])[circle.community]
    assert (found.taken, found.free, found.waiting) == (1, 1, 1)
    assert found.longest_wait_days == (clock.today(tenancy.current().zone) - SINCE).days
    assert seats.seats_taken() == {circle.community: 1}


def test_someone_who_mentors_and_asks_for_help_is_never_matched_with_themself(circle):
    join(circle.miri, "participant", circle.community)
    commit()
    assert rounds.suggested(rounds.begin([circle.community])) == {str(circle.pnina): str(circle.miri)}


def test_whoever_said_they_know_each_other_is_not_suggested_again(offered, circle):
    offers.mentor_declines(offered, "acquainted")
    commit()
    assert rounds.begin([circle.community]).result["unmatched"][0]["reason"] == "relation"
