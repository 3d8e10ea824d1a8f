"""Whoever lost their second step gets in by two other people: never by one, after a night, refusable."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from maagal.db import db
from tenants.audit.models import AuditEntry
from tenants.notifications.models import Notice
from tenants.people.models import Account
from tenants.people.renewing import queries
from tenants.people.renewing.models import Renewal
from tests.people.renewing.lost import NIGHT, asked, confirm, enrol_by, link_in, renewal_of
from tests.people.signing_in.door import csrf, plain, post_form


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
