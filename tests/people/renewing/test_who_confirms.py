"""Who may confirm somebody’s new second step: never one alone, never themself, never administration alone of a coordinator."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from maagal import clock, tenancy
from maagal.db import commit, db
from tenants.communities.models import Community
from tenants.people.models import Membership
from tenants.people.renewing import actions, queries
from tenants.people.renewing.electing import concerned, electorate
from tenants.people.renewing.models import RenewalVoice
from tests.circle import make_person
from tests.people.renewing.lost import asked, confirm, renewal_of
from tests.people.signing_in.door import csrf


def test_nobody_confirms_twice_nor_for_themself(circle, ella, app_of, browse, work_off, letters):
    _door, renewal = asked(browse, work_off, letters)
    gil = browse(circle.gil)
    token = csrf(gil, f"/second-steps/{renewal}")
    first, second = (
        gil.post(f"/second-steps/{renewal}/voices", data={"csrf_token": token, "how": "met", "code": app_of(circle.gil)})
        for _again in range(2)
    )
    assert (first.status_code, second.status_code) == (303, 409)
    assert renewal_of(renewal).state == "asked"
    dana = browse(circle.dana)
    told = {"csrf_token": csrf(dana, "/accessibility"), "how": "met", "code": app_of(circle.dana)}
    assert dana.post(f"/second-steps/{renewal}/voices", data=told).status_code == 404
    for by in (circle.dana, circle.gil):
        db.session.add(RenewalVoice(renewal_id=renewal, for_id=circle.dana, by_id=by, role="coordinator", how="met"))
        with pytest.raises(IntegrityError):
            db.session.flush()
        db.session.rollback()


def test_a_wrong_code_of_ones_own_confirms_nothing(circle, ella, app_of, browse, work_off, letters):
    _door, renewal = asked(browse, work_off, letters)
    answer = confirm(browse(ella), renewal, "000000")
    assert (answer.status_code, 'id="code-error"' in answer.text) == (422, True)
    unsure = confirm(browse(ella), renewal, app_of(ella), how="")
    assert (unsure.status_code, 'id="how-error"' in unsure.text) == (422, True)
    assert queries.voices_of(renewal) == []
    codes = [confirm(browse(ella), renewal, "000000").status_code for _ in range(10)]
    assert codes[-1] == 429


def test_of_a_coordinator_the_administration_alone_is_never_enough(circle, ella, app_of, browse, work_off, letters):
    other = make_person("Noga", "Min", "administrator", None)
    commit()
    _door, renewal = asked(browse, work_off, letters)
    for administrator in (ella, other):
        actions.confirm(renewal, administrator, "met")
        commit()
    assert renewal_of(renewal).state == "asked"
    actions.confirm(renewal, circle.gil, "met")
    commit()
    assert renewal_of(renewal).state == "agreed"


def test_who_may_confirm_follows_from_who_there_is(circle, ella):
    elsewhere = Community(name="אחר")
    db.session.add(elsewhere)
    db.session.flush()
    zohar = make_person("Zohar", "Far", "coordinator", elsewhere.id)
    commit()
    of_dana = electorate(circle.dana)
    assert (set(of_dana.people), of_dana.must, of_dana.operators) == ({circle.gil, ella}, "coordinator", 0)
    of_zohar = electorate(zohar)  # no colleague there: those of the other community
    assert (set(of_zohar.people), of_zohar.must) == ({circle.dana, circle.gil, ella}, "coordinator")
    alone = electorate(ella)  # the only administrator: an operator and one who coordinates
    assert (set(alone.people), alone.must, alone.operators) == ({circle.dana, circle.gil, zohar}, None, 1)
    second = make_person("Noga", "Min", "administrator", None)
    two = electorate(ella)
    assert (second in two.people, circle.dana in two.people, two.must, two.operators) == (True, True, "administrator", 0)
    third = make_person("Ziv", "Min", "administrator", None)
    assert set(electorate(ella).people) == {second, third}


def test_an_employers_administration_has_no_part_in_a_coordinators_step(circle, ella, oak):
    with tenancy.entered(replace(oak, kind="business")):
        of_dana = electorate(circle.dana)
        assert (set(of_dana.people), of_dana.must, of_dana.operators) == ({circle.gil}, "coordinator", 1)
        assert concerned(circle.dana) == {circle.gil}


def test_where_there_is_nobody_else_two_operators_are_needed(oak):
    only = make_person("Ella", "Min", "administrator", None)
    commit()
    assert (electorate(only).people, electorate(only).operators) == ({}, 2)


def test_a_stranger_neither_sees_nor_confirms(circle, ella, app_of, browse, work_off, letters):
    elsewhere = Community(name="אחר")
    db.session.add(elsewhere)
    db.session.flush()
    zohar = make_person("Zohar", "Far", "coordinator", elsewhere.id)
    commit()
    _door, renewal = asked(browse, work_off, letters)
    for person in (zohar, circle.miri, circle.pnina):
        client = browse(person)
        told = {"csrf_token": csrf(client, "/accessibility"), "how": "met"}
        assert client.get(f"/second-steps/{renewal}").status_code == 404
        assert client.post(f"/second-steps/{renewal}/voices", data=told).status_code == 404
        assert client.post(f"/second-steps/{renewal}/refusal", data=told).status_code == 404
    assert "Dana" not in browse(zohar).get("/second-steps").text
    assert "Dana" in browse(circle.gil).get("/second-steps").text


def test_whoever_lost_the_role_meanwhile_confirms_nothing(circle, ella, app_of, browse, work_off, letters):
    _door, renewal = asked(browse, work_off, letters)
    db.session.execute(db.update(Membership).where(Membership.person_id == circle.gil).values(until=clock.today()))
    commit()
    with pytest.raises(actions.NotNow):
        actions.confirm(renewal, circle.gil, "met")
    db.session.rollback()
