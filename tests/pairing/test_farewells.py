"""A role that ends takes its pairs along: the farewell begins, the other one and the coordinators hear of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from maagal import clock, tenancy
from maagal.config import settings
from maagal.db import db
from maagal.events import Outbox
from tenants.communities.actions import join, leave
from tenants.communities.events import MembershipEnded
from tenants.communities.queries import membership
from tenants.notifications.models import Notice
from tenants.pairing import actions, notices, reactions, tasks
from tenants.pairing.events import PairLeft
from tests.pairing.conftest import offer, paired


def ends(circle, person_id, role, until=None):
    held = membership(person_id, role, circle.community)
    leave(held, until=until)
    db.session.flush()
    happened = MembershipEnded(held.id, person_id, circle.community)
    reactions.let_go(happened)
    db.session.flush()
    return happened


def told():
    return {(notice.person_id, notice.kind) for notice in db.session.scalars(select(Notice))}


@pytest.mark.parametrize(("state", "after"), [("active", "closing"), ("trial", "declined"), ("introduced", "declined")])
def test_a_mentor_who_stops_begins_the_farewell(circle, state, after):
    pair = paired(circle, state)
    ends(circle, circle.miri, "mentor")
    assert (pair.state, pair.close_initiator) == (after, "mentor")
    assert [name for name in db.session.scalars(select(Outbox.name)) if name.endswith("PairLeft")]
    notices.tell_of_the_farewell(PairLeft(pair.id, circle.miri))
    assert told() == {
        (circle.pnina, "pairing/farewell"), (circle.dana, "pairing/left"), (circle.gil, "pairing/left"),
    }  # fmt: skip


def test_a_participant_who_leaves_does_too_and_the_mentor_hears_it(circle):
    pair = paired(circle)
    ends(circle, circle.pnina, "participant")
    assert (pair.state, pair.close_initiator) == ("closing", "participant")
    notices.tell_of_the_farewell(PairLeft(pair.id, circle.pnina))
    assert (circle.miri, "pairing/farewell") in told()


def test_an_offer_is_taken_back(circle):
    pair = offer(circle)
    ends(circle, circle.miri, "mentor")
    assert pair.state == "declined"


def test_another_role_of_theirs_ends_nothing(circle):
    pair = paired(circle)
    join(circle.miri, "advisor", circle.community)
    ends(circle, circle.miri, "advisor")
    assert pair.state == "active"


def test_a_role_that_was_given_back_meanwhile_ends_nothing(circle):
    pair = paired(circle)
    held = membership(circle.miri, "mentor", circle.community)
    leave(held)
    db.session.flush()
    join(circle.miri, "mentor", circle.community)
    reactions.let_go(MembershipEnded(held.id, circle.miri, circle.community))
    assert pair.state == "active"


def test_a_farewell_that_began_goes_on_as_it_was(circle):
    pair = paired(circle)
    actions.close(pair, "participant", "goals_met")
    ends(circle, circle.miri, "mentor")
    assert (pair.state, pair.close_reason) == ("closing", "goals_met")


def test_a_role_that_ends_on_a_day_to_come_takes_the_pair_along_on_that_day(circle):
    pair = paired(circle)
    last = clock.today(tenancy.current().zone) + timedelta(days=10)
    happened = ends(circle, circle.miri, "mentor", until=last)
    assert pair.state == "active"
    job = db.session.scalars(select(Outbox).where(Outbox.name == reactions.ROLE_ENDS)).one()
    assert job.due_at.astimezone(tenancy.current().zone).date() == last
    try:
        clock.set_to(job.due_at + timedelta(minutes=1), settings().clock_file)
        tasks.role_ends(**job.body)
    finally:
        settings().clock_file.unlink()
    assert (pair.state, happened.person_id) == ("closing", circle.miri)
