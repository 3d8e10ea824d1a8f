"""A pair's series: from its introduction to its end."""

from datetime import time, timedelta
from typing import Any

from flask import Flask

from maagal import clock
from maagal.db import commit, db
from maagal.events import Outbox
from maagal.ids import new_id
from maagal.tenancy import Tenant
from tenants.meetings import labels, notices, queries, reactions, slots, tasks
from tenants.meetings.actions import arranging, clocks, series
from tenants.meetings.weeks import Slot
from tenants.notifications.models import Notice
from tenants.pairing import actions as pairing
from tenants.pairing.events import PairClosed, PairIntroduced, PairPaused, PairResumed, PairStopped
from tenants.pairing.models import Pair
from tenants.pairing.today import person_leaving
from tenants.people.actions import end_memberships_and_sessions
from tenants.people.models import Profile
from tenants.people.viewer import Viewer
from tests.at_once import one_while_the_other
from tests.circle import Circle, make_person
from tests.meetings.conftest import FIRST, Two, make_pair, meeting_of, work


def planned(two: Two) -> list[Any]:
    db.session.flush()
    return [meeting.starts_at for meeting in queries.planned_after(two.pair, FIRST - timedelta(days=30))]


def jobs(name: str) -> list[Outbox]:
    return list(db.session.scalars(db.select(Outbox).where(Outbox.name == name, Outbox.state == "pending")))


def test_an_introduced_pair_gets_five_weekly_meetings_at_its_common_hour(two: Two) -> None:
    assert planned(two) == [FIRST + timedelta(weeks=number) for number in range(5)]


def test_a_mentor_of_two_never_meets_both_at_the_same_hour(two: Two) -> None:
    rina = make_person("Rina", "Gad", "participant", two.circle.community)
    db.session.get_one(Profile, two.circle.miri).capacity = 2
    db.session.flush()
    second = Pair(
        id=new_id(), participant_id=rina, mentor_id=two.circle.miri, community_id=two.circle.community, state="trial"
    )
    db.session.add(second)
    db.session.flush()
    made = series.plan(second)
    assert made is not None
    first = queries.series_of(two.pair)
    assert first is not None
    assert made.weekday == first.weekday  # Sunday morning is all that either has
    assert abs(made.starts.hour - first.starts.hour) >= 1


def test_hearing_of_the_pair_twice_plans_nothing_twice(two: Two) -> None:
    reactions.plan(PairIntroduced(two.pair))
    reactions.plan(PairIntroduced(two.pair))
    assert len(planned(two)) == 5
    assert len(jobs(clocks.EXTEND)) == 1


def test_each_sunday_another_week_is_planned(two: Two, now: Any) -> None:
    job = jobs(clocks.EXTEND)[0]
    now.move_to(job.due_at)
    assert job.due_at < FIRST
    tasks.extend(**job.body)
    now.move_to(FIRST + timedelta(days=7))
    tasks.extend(**job.body)
    assert planned(two)[-1] == FIRST + timedelta(weeks=5)


def test_remote_where_one_of_the_two_cannot_meet_in_person(circle: Circle, now: Any) -> None:
    db.session.get_one(Profile, circle.pnina).mode = "remote"
    made = series.plan(make_pair(circle))
    assert made is not None
    assert (made.remote, made.place) == (True, "")


def test_without_a_common_hour_the_coordinator_is_shown_the_pair(circle: Circle, now: Any) -> None:
    db.session.get_one(Profile, circle.pnina).free_hours = [[5, 540, 600]]
    assert series.plan(make_pair(circle)) is None
    commit()
    cards = slots.exceptions(looking_as(circle.dana, circle))
    assert [card.title for card in cards if "series" in card.url] == ["לא נמצאה שעה משותפת"]


def test_another_hour_takes_the_place_of_the_former_one(two: Two) -> None:
    pair = db.session.get_one(Pair, two.pair)
    series.set_series(pair, Slot(2, time(18)))
    starts = planned(two)
    assert len(starts) == 5
    assert {moment.weekday() for moment in starts} == {1}
    assert series.set_series(pair, Slot(2, time(18))) is queries.series_of(two.pair)


def test_pressing_twice_in_the_same_moment_sets_the_hour_once(two: Two, oak: Tenant, house: Flask) -> None:
    def press() -> None:
        series.set_series(db.session.get_one(Pair, two.pair), Slot(2, time(18)))

    assert one_while_the_other(house, oak, press, press) == ["done", "done"]
    assert len(planned(two)) == 5


def test_the_same_hour_at_another_place_is_planned_again(two: Two) -> None:
    series.set_series(db.session.get_one(Pair, two.pair), Slot(0, time(9), place="הספרייה"))
    assert [meeting.place for meeting in queries.next_meetings(person_id=two.circle.miri)] == ["הספרייה"] * 5


def test_a_moved_meeting_is_not_planned_again_at_its_former_hour(two: Two) -> None:
    meeting = meeting_of(two)
    arranging.move(meeting, FIRST + timedelta(days=1), 60, remote=False, place="")
    series.extend(queries.series_of(two.pair))  # type: ignore[arg-type]  # the test made one
    assert planned(two)[0] == FIRST + timedelta(days=1)
    assert len(planned(two)) == 5


def test_a_pair_that_rests_meets_no_more_and_goes_on_as_before(two: Two) -> None:
    pair = db.session.get_one(Pair, two.pair)
    pair.state = "active"
    db.session.flush()
    arranging.cancel(meeting_of(two, 1), "illness")
    pairing.pause(pair, "illness")
    reactions.rest(PairPaused(two.pair))
    assert planned(two) == []
    pairing.resume(pair)
    reactions.wake(PairResumed(two.pair))
    assert planned(two) == [FIRST + timedelta(weeks=number) for number in (0, 2, 3, 4)]


def test_a_pair_that_was_stopped_and_then_ended_has_nothing_planned_and_no_reminders(two: Two) -> None:
    assert jobs(clocks.REMIND)
    pairing.stop(db.session.get_one(Pair, two.pair))
    reactions.stop(PairStopped(two.pair))
    reactions.end(PairClosed(two.pair))
    assert planned(two) == []
    assert jobs(clocks.REMIND) == []


def test_after_a_stop_is_taken_back_the_pair_meets_and_is_reminded_again(two: Two, now: Any) -> None:
    pairing.stop(db.session.get_one(Pair, two.pair))
    work()
    assert planned(two) == []
    assert {str(labels.WHY[meeting.cancel_reason]) for meeting in queries.of_pair(two.pair)} == {"המפגשים מושהים בינתיים"}
    now.move_to(FIRST + timedelta(days=1))  # the Sunday on which another week would have been planned
    work()
    pairing.let_back(db.session.get_one(Pair, two.pair), "It was somebody else.")
    work()
    assert planned(two) == [FIRST + timedelta(weeks=number) for number in (1, 2, 3, 4, 5)]
    reminders = sorted(job.due_at for job in jobs(clocks.REMIND) if job.due_at > clock.now())
    assert reminders[:2] == [FIRST + timedelta(days=7) - timedelta(hours=hours) for hours in (15, 1)]
    assert len(reminders) == 10
    now.move_to(FIRST + timedelta(weeks=2, hours=-1))
    work()
    assert planned(two)[-1] == FIRST + timedelta(weeks=6)  # and another week is planned each Sunday
    assert len(db.session.scalars(db.select(Notice).where(Notice.kind == notices.REMINDER)).all()) == 2


def test_a_pair_that_goes_on_after_a_pause_meets_only_once_the_stop_is_taken_back(two: Two) -> None:
    pair = db.session.get_one(Pair, two.pair)
    pair.state = "active"
    pairing.pause(pair, "illness")
    work()
    pairing.stop(pair)
    pairing.resume(pair)
    work()
    assert planned(two) == []
    pairing.let_back(db.session.get_one(Pair, two.pair), "It was somebody else.")
    work()
    assert len(planned(two)) == 5


def test_a_stopped_pair_gets_no_further_week(two: Two) -> None:
    pairing.stop(db.session.get_one(Pair, two.pair))
    reactions.stop(PairStopped(two.pair))
    series.extend(queries.series_of(two.pair))  # type: ignore[arg-type]  # the test made one
    assert planned(two) == []


def closing(two: Two, reason: str) -> None:
    pair = db.session.get_one(Pair, two.pair)
    pair.state = "active"
    pairing.close(pair, "coordinator", reason, two.circle.dana)
    work()


def called_off() -> list[tuple[Any, bool]]:
    wanted = db.select(Notice).where(Notice.kind == notices.CALLED_OFF)
    return [(each.person_id, "meeting_id" in each.about) for each in db.session.scalars(wanted)]


def test_a_pair_that_ends_by_agreement_meets_once_more_and_both_hear_of_it(two: Two, now: Any) -> None:
    closing(two, "goals_met")
    assert planned(two) == [FIRST]
    assert sorted(called_off()) == sorted([(two.circle.miri, True), (two.circle.pnina, True)])
    now.move_to(FIRST - timedelta(hours=1))
    work()
    assert len(db.session.scalars(db.select(Notice).where(Notice.kind == notices.REMINDER)).all()) == 2
    pairing.finish(db.session.get_one(Pair, two.pair))
    work()
    assert planned(two) == []


def test_a_pair_that_ends_over_somebodys_safety_does_not_meet_again(two: Two) -> None:
    closing(two, "safety")
    assert planned(two) == []
    assert jobs(clocks.REMIND) == []
    assert {has_farewell for _person, has_farewell in called_off()} == {False}


def test_where_one_of_the_two_left_nothing_stays_planned_and_the_other_hears_of_it(two: Two) -> None:
    pair = db.session.get_one(Pair, two.pair)
    pair.state = "active"
    db.session.flush()
    for leave in (person_leaving, end_memberships_and_sessions):
        leave(two.circle.miri)
    work()
    assert db.session.get_one(Pair, two.pair).state == "closing"
    assert planned(two) == []
    assert (two.circle.pnina, False) in called_off()


def test_where_a_mentor_leaves_while_the_two_get_to_know_each_other_the_participant_hears_of_it(two: Two) -> None:
    person_leaving(two.circle.miri)
    work()
    assert planned(two) == []
    assert called_off() == [(two.circle.pnina, False)]


def looking_as(person_id: Any, circle: Circle) -> Viewer:
    held = frozenset({("coordinator", circle.community)})
    nothing = {"gender": None, "locale": None, "timezone": None}
    return Viewer(session_id=person_id, account_id=person_id, person_id=person_id, name="", held=held, **nothing)
