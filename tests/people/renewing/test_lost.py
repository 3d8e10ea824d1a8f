"""Whoever lost their second step gets in by two other people: never by one, never by themself, after a night, refusable."""

from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from maagal import clock, tenancy
from maagal.db import commit, db
from tenants.audit.models import AuditEntry
from tenants.communities.models import Community
from tenants.notifications.models import Notice
from tenants.people.models import Account, Membership, SignedIn
from tenants.people.renewing import actions, queries
from tenants.people.renewing.electing import concerned, electorate
from tenants.people.renewing.models import Renewal, RenewalVoice
from tests.circle import make_person
from tests.counting import statements
from tests.people.signing_in.door import csrf, found, path_in, plain, post_form

NIGHT = timedelta(hours=12, minutes=1)


def at_the_door(browse, work_off, letters, address):
    """Come as far as the second step: the mailbox was shown."""
    client = browse()
    post_form(client, "/sign-in", address=address)
    work_off()
    mine = [letter for letter in letters if letter["To"] == address and "/sign-in/" in plain(letter)]
    assert post_form(client, path_in(mine[-1])).location == "/sign-in/second"
    return client


def asked(browse, work_off, letters, who="dana.rak"):
    client = at_the_door(browse, work_off, letters, f"{who}@example.org")
    assert "/sign-in/lost" in client.get("/sign-in/second").text
    assert post_form(client, "/sign-in/lost", why="lost").status_code == 303
    work_off()
    return client, db.session.scalars(select(Renewal.id).order_by(Renewal.asked_at.desc())).first()


def confirm(client, renewal_id, code, how="met"):
    return post_form(client, f"/second-steps/{renewal_id}/voices", token_from=f"/second-steps/{renewal_id}", how=how, code=code)


def renewal_of(renewal_id):
    db.session.remove()
    return queries.by_id(renewal_id)


def link_in(letters):
    return next(path for letter in reversed(letters) if (path := _link(plain(letter))))


def _link(text):
    return found(r"(/sign-in/new-step/\S{43})", text) if "/sign-in/new-step/" in text else ""


def enrol_by(client, path):
    """Press the button, read the secret, show a first code."""
    shown = post_form(client, path)
    secret = found(r'<code dir="ltr">([A-Z2-7 ]+)</code>', shown.text).replace(" ", "")
    code = pyotp.TOTP(secret).generate_otp(int(clock.now().timestamp()) // 30)
    token = found(r'name="csrf_token"[^>]* value="([^"]+)"', shown.text)
    return client.post(f"{path}/code", data={"csrf_token": token, "code": code})


def test_two_others_a_night_and_a_link_and_every_old_session_is_over(circle, ella, app_of, browse, work_off, letters, pass_by):
    lost_phone = browse(circle.dana)
    door, renewal = asked(browse, work_off, letters)
    assert confirm(browse(circle.gil), renewal, app_of(circle.gil)).status_code == 303
    assert renewal_of(renewal).state == "asked"
    assert confirm(browse(ella), renewal, app_of(ella), "called").status_code == 303
    work_off()
    assert renewal_of(renewal).state == "agreed"
    assert not any("/sign-in/new-step/" in plain(letter) for letter in letters)
    pass_by(NIGHT)
    work_off()
    path = link_in(letters)
    assert "/sign-in/new-step/" not in door.get(path).headers.get("Location", "")
    assert lost_phone.get("/dashboard").status_code == 200
    fresh = browse()
    assert enrol_by(fresh, path).location == "/dashboard"
    assert fresh.get("/dashboard").status_code == 200
    assert lost_phone.get("/dashboard").status_code == 303
    assert renewal_of(renewal).state == "done"
    assert fresh.post(path, data={"csrf_token": csrf(fresh, "/accessibility")}).status_code == 422
    work_off()
    told = select(Notice.about["state"].astext).where(Notice.person_id == circle.dana).order_by(Notice.created_at)
    assert list(db.session.scalars(told)) == ["asked", "agreed", "done"]
    steps = select(AuditEntry.action).where(AuditEntry.subject == "renewal", AuditEntry.action != "read")
    assert sorted(db.session.scalars(steps)) == ["asked", "confirmed", "confirmed", "renewed", "sent"]


def test_one_alone_is_not_enough_and_a_day_later_it_is_over(circle, ella, app_of, browse, work_off, letters, pass_by):
    door, renewal = asked(browse, work_off, letters)
    confirm(browse(ella), renewal, app_of(ella))
    assert "1" in door.get("/sign-in/lost").text
    pass_by(timedelta(hours=24, minutes=1))
    assert confirm(browse(circle.gil), renewal, app_of(circle.gil)).status_code == 409
    assert queries.open_of(circle.dana) is None
    again = asked(browse, work_off, letters)[1]
    assert again != renewal
    assert renewal_of(renewal).state == "expired"


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


@pytest.mark.parametrize("when", ["asked", "agreed", "ready"])
def test_anybody_concerned_refuses_until_the_new_step_stands(circle, ella, app_of, browse, work_off, letters, pass_by, when):
    _door, renewal = asked(browse, work_off, letters)
    if when != "asked":
        confirm(browse(ella), renewal, app_of(ella))
        confirm(browse(circle.gil), renewal, app_of(circle.gil))
    if when == "ready":
        pass_by(NIGHT)
        work_off()
    refused = post_form(browse(ella), f"/second-steps/{renewal}/refusal", token_from=f"/second-steps/{renewal}")
    assert refused.status_code == 303
    pass_by(NIGHT)
    work_off()
    assert renewal_of(renewal).state == "refused"
    if when == "ready":
        assert post_form(browse(), link_in(letters), token_from="/sign-in").status_code == 422
    else:
        assert not any("/sign-in/new-step/" in plain(letter) for letter in letters)
    late = post_form(browse(circle.gil), f"/second-steps/{renewal}/refusal", token_from=f"/second-steps/{renewal}")
    assert late.status_code == 409
    account = db.session.scalars(select(Account).where(Account.person_id == circle.dana)).one()
    assert account.totp_confirmed_at is not None


def test_whoever_finds_the_app_takes_it_back_at_the_door_or_signed_in(circle, ella, app_of, browse, work_off, letters):
    door, renewal = asked(browse, work_off, letters)
    assert post_form(door, "/sign-in/lost/withdrawal", token_from="/sign-in/lost").location == "/sign-in/second"
    assert renewal_of(renewal).state == "withdrawn"
    post_form(door, "/sign-in/lost", why="new")
    work_off()
    mine = browse(circle.dana)
    again = queries.open_of(circle.dana).id
    assert f"/second-steps/{again}" in mine.get("/dashboard").text
    assert post_form(mine, f"/second-steps/{again}/refusal", token_from=f"/second-steps/{again}").status_code == 303
    assert renewal_of(again).state == "withdrawn"


def test_the_door_names_nobody_and_asking_twice_is_asking_once(circle, ella, app_of, browse, work_off, letters):
    door, renewal = asked(browse, work_off, letters)
    confirm(browse(circle.gil), renewal, app_of(circle.gil))
    seen = door.get("/sign-in/lost").text
    assert "Gil" not in seen
    assert renewal_of(renewal).reference in seen
    token = csrf(door, "/sign-in/lost")
    assert door.post("/sign-in/lost", data={"csrf_token": token, "why": "other"}).status_code == 303
    assert db.session.scalar(select(func.count(Renewal.id))) == 1


def test_without_the_mailbox_nothing_can_be_asked_and_nothing_is_told(circle, browse, work_off, letters):
    visitor = browse()
    told = {"csrf_token": csrf(visitor, "/sign-in"), "why": "lost"}
    assert visitor.get("/sign-in/lost").location == "/sign-in"
    assert visitor.post("/sign-in/lost", data=told).location == "/sign-in"
    assert visitor.post("/sign-in/lost/withdrawal", data=told).location == "/sign-in"
    assert db.session.scalar(select(func.count(Renewal.id))) == 0


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


def test_the_new_secret_is_sealed_and_the_old_one_holds_until_it_is_confirmed(
    circle, ella, app_of, browse, work_off, letters, pass_by
):
    _door, renewal = asked(browse, work_off, letters)
    actions.confirm(renewal, circle.gil, "met")
    actions.confirm(renewal, ella, "met")
    commit()
    pass_by(NIGHT)
    work_off()
    client, path = browse(), link_in(letters)
    secret = found(r'<code dir="ltr">([A-Z2-7 ]+)</code>', post_form(client, path).text).replace(" ", "")
    kept = renewal_of(renewal)
    assert secret.encode() not in kept.totp
    assert actions.secret_of(kept) == secret
    still = at_the_door(browse, work_off, letters, "dana.rak@example.org")
    assert post_form(still, "/sign-in/second", code=app_of(circle.dana)).status_code == 303
    assert db.session.scalar(select(func.count(SignedIn.id)).where(SignedIn.ended_at.is_(None))) >= 1


def test_a_link_that_nobody_used_is_too_old_after_a_day(circle, ella, app_of, browse, work_off, letters, pass_by):
    _door, renewal = asked(browse, work_off, letters)
    actions.confirm(renewal, circle.gil, "met")
    actions.confirm(renewal, ella, "met")
    commit()
    pass_by(NIGHT)
    work_off()
    path = link_in(letters)
    pass_by(timedelta(days=1))
    assert post_form(browse(), path, token_from="/sign-in").status_code == 422


def test_a_long_list_asks_no_more_than_a_short_one(circle, ella):
    actions.ask(circle.dana, "lost")
    commit()
    db.session.remove()
    with statements() as of_one:
        assert [line.name.split()[0] for line in queries.open_lines()] == ["Dana"]
    others = [make_person(f"C{at}", "Far", "coordinator", circle.community) for at in range(6)]
    for each in others:
        actions.ask(each, "lost")
    commit()
    db.session.remove()
    with statements() as of_seven:
        lines = queries.open_lines()
    assert len(lines) == 7
    assert len(of_seven) == len(of_one)
    assert all(line.electorate == electorate(line.person_id) for line in lines)
