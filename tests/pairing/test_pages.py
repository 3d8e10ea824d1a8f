"""What coordinators, mentors and participants see and do on the pages of pairing, and what nobody else does."""

import pytest

from maagal.db import commit, db, within
from tenants.audit.models import AuditEntry
from tenants.communities import actions as communities
from tenants.notifications.models import Notice
from tenants.pairing import actions, labels, notices, offers, queries
from tenants.pairing.matching.people import Participant
from tenants.pairing.models import Pair
from tenants.people.models import Profile
from tests.circle import make_person, token
from tests.counting import statements
from tests.pairing.conftest import SUMMARY, paired


def post(client, address, **data):
    return client.post(address, data=data | {"csrf_token": token(client)})


def only_pair():
    db.session.expire_all()
    return db.session.scalars(db.select(Pair)).one()


def test_who_fits_names_the_mentor_and_says_why(circle, browse):
    answer = browse(circle.dana).get(f"/matching/people/{circle.pnina}")
    assert answer.status_code == 200
    assert "<bdi>Miri Lev</bdi>" in answer.text
    assert str(labels.CRITERIA["skills"]) in answer.text
    assert 'class="receipt"' in answer.text


def test_where_nobody_fits_the_page_says_what_is_missing(circle, browse):
    db.session.get(Profile, circle.miri).languages = ["ru"]
    commit()
    answer = browse(circle.dana).get(f"/matching/people/{circle.pnina}")
    assert str(labels.CONSTRAINTS["language"]) in answer.text


def test_an_offer_takes_two_clicks_and_needs_the_participants_approval(circle, browse):
    client = browse(circle.dana)
    address = f"/matching/people/{circle.pnina}/mentors/{circle.miri}"
    shown = client.get(address)
    assert "Pnina" not in shown.text.split("<textarea")[1].split("</textarea>")[0]
    refused = post(client, address, summary="a text of my own")
    assert refused.status_code == 422
    assert "a text of my own" in refused.text
    assert post(client, address, summary=SUMMARY, approved="y").status_code == 303
    assert only_pair().state == "offered"
    assert queries.summary_of(only_pair()) == SUMMARY


def test_ages_of_a_summary_stay_in_order_in_a_hebrew_line():
    line = labels.neutral_summary(Participant(id="p", birth_year=1990), 2026)
    assert "\u206630–39\u2069" in line


def test_a_summary_with_the_name_in_it_is_refused(circle, browse):
    address = f"/matching/people/{circle.pnina}/mentors/{circle.miri}"
    answer = post(browse(circle.dana), address, summary="Pnina, who needs help", approved="y")
    assert answer.status_code == 422


@pytest.mark.parametrize("sent", [{"summary": "   ", "approved": "y"}, {"summary": SUMMARY, "approved": "false"}])
def test_blanks_are_no_text_and_a_false_is_no_approval(circle, browse, sent):
    address = f"/matching/people/{circle.pnina}/mentors/{circle.miri}"
    assert post(browse(circle.dana), address, **sent).status_code == 422
    assert db.session.scalars(db.select(Pair)).all() == []


def test_the_mentor_reads_the_summary_alone_and_the_participant_is_not_asked_yet(circle, offered, browse):
    shown = browse(circle.miri).get(f"/offers/{offered.id}")
    assert SUMMARY in shown.text
    assert "Pnina" not in shown.text
    assert browse(circle.pnina).get(f"/offers/{offered.id}").status_code == 404
    assert browse(circle.miri).get(f"/pairs/{offered.id}").status_code == 404


def test_both_say_yes_and_are_introduced(circle, offered, browse):
    assert post(browse(circle.miri), f"/offers/{offered.id}/yes").status_code == 303
    asked = browse(circle.pnina).get(f"/offers/{offered.id}")
    assert "<bdi>Miri</bdi>" in asked.text
    assert "Lev" not in asked.text
    assert post(browse(circle.pnina), f"/offers/{offered.id}/yes").status_code == 303
    assert only_pair().state == "introduced"
    assert "Pnina Tal" in browse(circle.miri).get(f"/pairs/{offered.id}").text
    assert "Miri Lev" in browse(circle.pnina).get("/my-pair", follow_redirects=True).text


def test_a_second_tap_on_yes_changes_nothing(circle, offered, browse):
    client = browse(circle.miri)
    post(client, f"/offers/{offered.id}/yes")
    before = only_pair().version
    assert post(client, f"/offers/{offered.id}/yes").status_code == 303
    assert only_pair().version == before


def test_a_no_needs_a_reason_and_neither_learns_whose_it_was(circle, offered, browse):
    client = browse(circle.miri)
    assert post(client, f"/offers/{offered.id}/no").status_code == 422
    assert post(client, f"/offers/{offered.id}/no", reason="no_time").status_code == 303
    assert client.get(f"/offers/{offered.id}").status_code == 404
    notices.tell_it_came_to_nothing(actions.events.OfferDeclined(offered.id))
    commit()
    told = {notice.person_id for notice in db.session.scalars(db.select(Notice))}
    assert told == {circle.dana, circle.gil}


def test_a_mentor_who_said_yes_hears_the_same_words_whoever_declined(circle, offered):
    offers.mentor_accepts(offered)
    offers.participant_declines(offered, "other")
    notices.tell_it_came_to_nothing(actions.events.OfferDeclined(offered.id))
    commit()
    kinds = db.session.scalars(db.select(Notice.kind).where(Notice.person_id == circle.miri)).all()
    assert kinds == ["pairing/ended"]


def test_an_answer_after_the_end_is_refused_plainly(circle, offered, browse):
    offered.expires_at = offered.offered_at
    commit()
    db.session.refresh(offered)
    assert post(browse(circle.miri), f"/offers/{offered.id}/yes").status_code == 409
    assert only_pair().mentor_said_yes_at is None


def test_others_see_neither_offer_nor_pair(circle, elm, browse):
    eve = make_person("Eve", "Out", "mentor", circle.community)
    pair = paired(circle)
    for person in (circle.adam, eve):
        assert browse(person).get(f"/pairs/{pair.id}").status_code == 404
        assert browse(person).get(f"/offers/{pair.id}").status_code == 404
        assert browse(person).get(f"/matching/people/{circle.pnina}").status_code == 404
        assert browse(person).get("/pairs").status_code == 404
    assert browse().get(f"/pairs/{pair.id}").status_code == 303
    db.session.remove()
    with within(elm):
        assert queries.page_row(pair.id) is None


def test_a_coordinator_of_another_community_sees_nothing_of_it(circle, browse):
    other = communities.open_community("מעגל אחר")
    zohar = make_person("Zohar", "Ash", "coordinator", other.id)
    pair = paired(circle)
    client = browse(zohar)
    assert client.get(f"/pairs/{pair.id}").status_code == 404
    assert "Pnina" not in client.get("/pairs").text
    assert client.get(f"/matching/people/{circle.pnina}").status_code == 404


def test_a_stopped_pair_is_gone_for_its_mentor_on_the_very_next_request(circle, browse):
    pair = paired(circle)
    client, coordinator = browse(circle.miri), circle.dana
    assert client.get(f"/pairs/{pair.id}").status_code == 200
    actions.stop(db.session.get_one(Pair, pair.id), coordinator)
    commit()
    assert client.get(f"/pairs/{pair.id}").status_code == 404
    assert "Pnina" not in client.get("/my-pair").text
    assert browse(circle.pnina).get(f"/pairs/{pair.id}").status_code == 200


def test_each_look_at_a_pair_is_written_down(circle, browse):
    pair = paired(circle)
    assert browse(circle.dana).get(f"/pairs/{pair.id}").status_code == 200
    looks = db.select(AuditEntry).where(AuditEntry.action == "read", AuditEntry.subject_id == pair.id)
    found = db.session.scalars(looks).one()
    assert (found.actor_id, found.person_id, found.community_id) == (circle.dana, circle.pnina, circle.community)


@pytest.mark.parametrize(
    ("state", "verb", "data", "after"),
    [
        ("introduced", "trial", {}, "trial"),
        ("trial", "activate", {}, "active"),
        ("active", "pause", {"reason": "illness"}, "paused"),
        ("active", "close", {"initiator": "mentor", "close_reason": "moved"}, "closing"),
        ("trial", "close", {"initiator": "mentor", "close_reason": "moved"}, "declined"),
    ],
)
def test_a_coordinator_takes_a_pair_on(circle, browse, state, verb, data, after):
    pair = paired(circle, state)
    assert post(browse(circle.miri), f"/pairs/{pair.id}/{verb}", **data).status_code == 404
    assert post(browse(circle.dana), f"/pairs/{pair.id}/{verb}", **data).status_code == 303
    assert only_pair().state == after


def test_what_cannot_be_done_from_here_is_refused_and_changes_nothing(circle, browse):
    pair = paired(circle, "introduced")
    assert post(browse(circle.dana), f"/pairs/{pair.id}/finish").status_code == 409
    assert post(browse(circle.dana), f"/pairs/{pair.id}/pause", reason="nonsense").status_code == 422
    assert only_pair().state == "introduced"


def test_the_list_is_narrowed_down_by_its_address(circle, browse):
    paired(circle)
    client = browse(circle.dana)
    assert "Pnina Tal" in client.get("/pairs?state=active").text
    assert "Pnina Tal" not in client.get("/pairs?state=paused").text
    piece = client.get("/pairs?state=active", headers={"HX-Request": "true"}).text
    assert "Pnina Tal" in piece
    assert "<html" not in piece


def test_today_asks_whoever_is_asked_and_nobody_else(circle, offered, browse):
    address = f"/offers/{offered.id}"
    assert address in browse(circle.miri).get("/today").text
    assert address not in browse(circle.pnina).get("/today").text


def test_someone_with_a_live_offer_no_longer_waits(circle, offered, browse):
    assert "Pnina" not in browse(circle.dana).get("/matching").text.split("<main")[1]
    assert post(browse(circle.dana), f"/matching/people/{circle.pnina}/mentors/{circle.miri}", summary=SUMMARY,
                approved="y").status_code == 409  # fmt: skip


def test_the_page_of_a_pair_takes_few_round_trips(circle, browse):
    pair, client = paired(circle), browse(circle.dana)
    client.get(f"/pairs/{pair.id}")
    with statements() as asked:
        client.get(f"/pairs/{pair.id}")
    assert len(asked) <= 9, asked
