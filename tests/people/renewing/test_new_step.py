"""The new second step itself: sealed until it stands, by a link that grows old; and the list of who waits for one."""

from datetime import timedelta

from sqlalchemy import func, select

from maagal.db import commit, db
from tenants.people.models import SignedIn
from tenants.people.renewing import actions, queries
from tenants.people.renewing.electing import electorate
from tests.circle import make_person
from tests.counting import statements
from tests.people.renewing.lost import NIGHT, asked, at_the_door, link_in, renewal_of
from tests.people.signing_in.door import found, post_form


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
