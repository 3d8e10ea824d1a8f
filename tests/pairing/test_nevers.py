"""What a coordinator said of two people for good: it holds in every matching, is listed, and can be taken back."""

import pytest
from sqlalchemy import select

from maagal.db import commit, db
from tenants.audit.models import AuditEntry
from tenants.communities.actions import join, open_community
from tenants.pairing import nevers, rounds
from tenants.pairing.models import Never, Round
from tests.circle import make_person, token


def post(client, address, **data):
    return client.post(address, data=data | {"csrf_token": token(client)})


def only_never():
    db.session.expire_all()
    return db.session.scalars(select(Never)).one()


def audited():
    wanted = select(AuditEntry.action, AuditEntry.actor_id).where(AuditEntry.action.in_(("forbade", "allowed")))
    return [tuple(row) for row in db.session.execute(wanted.order_by(AuditEntry.at))]


def test_a_mentor_is_ruled_out_for_good_listed_and_let_in_again(circle, browse):
    client, address = browse(circle.dana), f"/matching/people/{circle.pnina}"
    assert post(client, f"{address}/nevers", mentor=str(circle.miri), code="relation", note="גרו יחד").status_code == 303
    never = only_never()
    assert (never.code, never.said_by) == ("relation", circle.dana)
    assert "גרו יחד".encode() not in never.note
    page = client.get(address).text
    assert "גרו יחד" in page
    assert f"/mentors/{circle.miri}" not in page
    assert rounds.begin([circle.community]).result["unmatched"][0]["reason"] == "relation"
    db.session.rollback()
    assert post(client, f"{address}/nevers/{only_never().id}/revoke").status_code == 303
    assert f"/mentors/{circle.miri}" in client.get(address).text
    assert audited() == [("forbade", circle.dana), ("allowed", circle.dana)]


@pytest.mark.parametrize("missing", ["mentor", "code", "note"])
def test_all_of_it_is_asked_for(circle, browse, missing):
    told = {"mentor": str(circle.miri), "code": "never", "note": "שכנים"} | {missing: " " if missing == "note" else ""}
    answer = post(browse(circle.dana), f"/matching/people/{circle.pnina}/nevers", **told)
    assert answer.status_code == 422
    assert db.session.scalars(select(Never)).all() == []


def test_only_coordinators_of_the_community_say_so_and_only_of_its_mentors(circle, browse):
    stranger = make_person("Zohar", "Ash", "mentor", open_community("מעגל אחר").id)
    commit()
    told, address = {"mentor": str(circle.miri), "code": "never", "note": "שכנים"}, f"/matching/people/{circle.pnina}/nevers"
    for person in (circle.miri, circle.pnina, stranger):
        assert post(browse(person), address, **told).status_code == 404
    assert post(browse(circle.dana), address, **told | {"mentor": str(stranger)}).status_code == 422


def test_what_happened_between_two_is_listed_and_not_taken_back(circle, browse):
    nevers.forbid(circle.pnina, circle.miri, code="ended_badly", reason="mismatch")
    commit()
    never_id, address = only_never().id, f"/matching/people/{circle.pnina}"
    client = browse(circle.dana)
    assert "Miri Lev" in client.get(address).text.split('id="nevers"')[1].split("<details")[0]
    assert post(client, f"{address}/nevers/{never_id}/revoke").status_code == 404


def test_the_board_rules_out_for_good_too(circle, browse):
    draft = rounds.begin([circle.community], circle.dana)
    address, version = f"/rounds/{draft.id}", draft.version
    commit()
    client = browse(circle.dana)
    told = {"version": version, "participant": str(circle.pnina), "mentor": str(circle.miri), "reason": "שכנים"}
    assert post(client, f"{address}/forbid", **told, lasting="never").status_code == 303
    assert only_never().code == "never"
    assert f"/nevers/{only_never().id}/revoke" in client.get(address).text


def test_ruled_out_in_one_round_is_not_for_good(circle, browse):
    draft = rounds.begin([circle.community], circle.dana)
    address, version = f"/rounds/{draft.id}", draft.version
    commit()
    told = {"version": version, "participant": str(circle.pnina), "mentor": str(circle.miri), "reason": "שכנים"}
    assert post(browse(circle.dana), f"{address}/forbid", **told).status_code == 303
    assert db.session.scalars(select(Never)).all() == []


def test_who_takes_part_in_two_communities_is_found_by_both(circle, browse):
    other = open_community("מעגל אחר").id
    zohar = make_person("Zohar", "Ash", "coordinator", other)
    join(circle.pnina, "participant", other)
    commit()
    for coordinator in (circle.dana, zohar):
        client = browse(coordinator)
        assert f"/matching/people/{circle.pnina}" in client.get("/matching").text
        assert client.get(f"/matching/people/{circle.pnina}").status_code == 200


def test_a_second_click_finds_the_draft_that_is_open(circle, browse):
    client = browse(circle.dana)
    first, second = (post(client, "/matching/rounds", community=str(circle.community)) for _click in range(2))
    assert first.location == second.location
    assert len(db.session.scalars(select(Round)).all()) == 1
    post(client, f"{first.location}/discard")
    assert post(client, "/matching/rounds", community=str(circle.community)).location != first.location


def test_a_coordinator_who_takes_part_is_matched_by_the_other_one(circle, browse):
    join(circle.gil, "participant", circle.community)
    commit()
    address = f"/matching/people/{circle.gil}"
    for coordinator, status in ((circle.dana, 200), (circle.gil, 404)):
        client = browse(coordinator)
        assert client.get(address).status_code == status
        assert (address in client.get("/matching").text) == (status == 200)
