"""Who hears of a meeting, whether, and what."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from maagal import tenancy
from maagal.db import commit, db
from maagal.events import Outbox
from tenants.meetings import notices, overlooked, tasks
from tenants.meetings.actions import arranging, clocks, logs
from tenants.meetings.actions.logs import Said
from tenants.notifications.models import Notice
from tenants.pairing import actions as pairing
from tenants.pairing.models import Pair
from tests.meetings.conftest import FIRST, Two, after, meeting_of, work
from tests.notifications.conftest import deliver
from tests.smtp_sink import Sink


def told(kind: str) -> list[UUID]:
    return list(db.session.scalars(db.select(Notice.person_id).where(Notice.kind == kind).order_by(Notice.id)))


def asked(two: Two, name: str) -> list[datetime]:
    of_it = (Outbox.name == name, Outbox.body["meeting_id"].astext == str(two.meeting), Outbox.state == "pending")
    return list(db.session.scalars(db.select(Outbox.due_at).where(*of_it).order_by(Outbox.due_at)))


def test_reminders_are_due_at_six_the_evening_before_and_at_eight_that_morning(two: Two) -> None:
    assert asked(two, clocks.REMIND) == [FIRST - timedelta(hours=15), FIRST - timedelta(hours=1)]
    assert asked(two, clocks.ASK) == [FIRST + timedelta(hours=2)]


def test_the_two_are_told_once_though_the_job_runs_twice(two: Two, now: Any) -> None:
    now.move_to(FIRST - timedelta(hours=15))
    for _again in range(2):
        tasks.remind(str(two.meeting), clocks.DAY_BEFORE, FIRST.isoformat())
    assert sorted(told(notices.REMINDER)) == sorted([two.circle.miri, two.circle.pnina])


def test_a_reminder_for_tomorrow_that_comes_a_day_late_is_not_said(two: Two, now: Any) -> None:
    now.move_to(FIRST - timedelta(hours=2))
    meeting = meeting_of(two)
    assert not notices.whether(meeting, clocks.DAY_BEFORE, FIRST)
    assert notices.whether(meeting, clocks.MORNING, FIRST)
    now.move_to(FIRST)
    assert not notices.whether(meeting, clocks.MORNING, FIRST)


def test_a_meeting_that_moved_is_reminded_of_at_its_new_hour_alone_even_when_it_moves_back(two: Two, now: Any) -> None:
    meeting = meeting_of(two)
    arranging.move(meeting, FIRST + timedelta(days=1), 60, remote=False, place="")
    assert not notices.whether(meeting, clocks.DAY_BEFORE, FIRST)
    arranging.move(meeting, FIRST, 60, remote=False, place="")
    now.move_to(FIRST - timedelta(hours=14))
    work()
    assert len(told(notices.REMINDER)) == 2


def test_a_moved_meeting_has_both_reminders_before_its_new_hour(two: Two, now: Any) -> None:
    arranging.move(meeting_of(two), FIRST + timedelta(days=1), 60, remote=False, place="")
    for at, expected in ((timedelta(hours=8), 0), (timedelta(hours=10), 2), (timedelta(hours=23, minutes=30), 4)):
        now.move_to(FIRST + at)
        work()
        assert len(told(notices.REMINDER)) == expected


@pytest.mark.parametrize(("hour", "reminded"), [(time(8), time(7)), (time(7, 30), time(6, 30)), (time(20), time(8))])
def test_an_early_meeting_is_reminded_of_an_hour_before_and_never_not_at_all(
    two: Two, now: Any, hour: time, reminded: time
) -> None:
    zone, day = tenancy.current().zone, FIRST.date()
    arranging.move(meeting_of(two), datetime.combine(day, hour, zone), 60, remote=False, place="")
    now.move_to(datetime.combine(day, reminded, zone) - timedelta(minutes=1))
    work()
    evening = len(told(notices.REMINDER))
    now.shift(timedelta(minutes=1))
    work()
    assert len(told(notices.REMINDER)) - evening == 2


def test_a_meeting_that_was_lengthened_is_asked_about_once_it_is_over(two: Two, now: Any) -> None:
    arranging.move(meeting_of(two), FIRST, 180, remote=False, place="")
    now.move_to(FIRST + timedelta(hours=2, minutes=30))
    work()
    assert told(notices.HOW_WAS_IT) == []
    now.move_to(FIRST + timedelta(hours=4))
    work()
    assert sorted(told(notices.HOW_WAS_IT)) == sorted([two.circle.miri, two.circle.pnina])


def test_a_cancelled_meeting_is_not_reminded_of_and_the_two_hear_that_it_was_called_off(two: Two, now: Any) -> None:
    arranging.cancel(meeting_of(two), "illness", two.circle.pnina)
    now.move_to(FIRST - timedelta(minutes=30))
    work()
    assert told(notices.REMINDER) == []
    assert sorted(told(notices.CHANGED)) == sorted([two.circle.miri, two.circle.pnina])


def test_a_stopped_mentor_hears_nothing_more(two: Two) -> None:
    pairing.stop(db.session.get_one(Pair, two.pair))
    assert notices.who(db.session.get_one(Pair, two.pair)) == [two.circle.pnina]


def test_only_whoever_has_not_said_so_is_asked_how_it_was(two: Two, now: Any) -> None:
    now.move_to(FIRST + timedelta(minutes=50))
    logs.say(meeting_of(two), two.circle.miri, Said(held=True))
    now.move_to(after(meeting_of(two)))
    work()
    assert told(notices.HOW_WAS_IT) == [two.circle.pnina]


def test_two_misses_in_a_row_reach_both_coordinators_once(two: Two, now: Any) -> None:
    for number in range(3):
        now.move_to(after(meeting_of(two, number)))
        logs.say(meeting_of(two, number), two.circle.miri, Said(held=False))
        work()
        assert len(told(notices.MISSED_TWICE)) == (2 if number else 0)
    assert sorted(told(notices.MISSED_TWICE)) == sorted([two.circle.dana, two.circle.gil])


def test_misses_that_are_told_the_newest_first_reach_the_coordinators_once(two: Two, now: Any) -> None:
    now.move_to(after(meeting_of(two, 3)))
    logs.say(meeting_of(two), two.circle.miri, Said(held=True))
    for number in (3, 2, 1):
        logs.say(meeting_of(two, number), two.circle.miri, Said(held=False))
        work()
    assert sorted(told(notices.MISSED_TWICE)) == sorted([two.circle.dana, two.circle.gil])


def test_a_meeting_between_two_misses_is_no_row(two: Two, now: Any) -> None:
    for number, held in enumerate((False, True, False)):
        now.move_to(after(meeting_of(two, number)))
        logs.say(meeting_of(two, number), two.circle.pnina, Said(held=held))
    work()
    assert told(notices.MISSED_TWICE) == []


def test_fourteen_silent_days_reach_both_coordinators_once_and_again_only_after_a_meeting(two: Two, now: Any) -> None:
    now.shift(timedelta(days=13))
    work()
    assert told(notices.SILENCE) == []
    now.shift(timedelta(days=1, minutes=1))
    work()
    tasks.look_after(str(two.pair))
    assert sorted(told(notices.SILENCE)) == sorted([two.circle.dana, two.circle.gil])
    logs.say(meeting_of(two, 1), two.circle.miri, Said(held=True))
    assert overlooked.overlooked([two.circle.community]).silent == []
    now.shift(timedelta(days=20))
    work()
    assert len(told(notices.SILENCE)) == 4


def test_a_summary_that_comes_late_is_a_word_and_no_second_silence(two: Two, now: Any) -> None:
    now.move_to(FIRST + timedelta(days=11))
    work()
    assert len(told(notices.SILENCE)) == 2
    now.shift(timedelta(days=6))
    logs.say(meeting_of(two), two.circle.miri, Said(held=True))
    for days in (0, 13):
        now.shift(timedelta(days=days))
        work()
        assert len(told(notices.SILENCE)) == 2
    now.shift(timedelta(days=1, minutes=1))
    work()
    assert len(told(notices.SILENCE)) == 4


def test_a_resting_pair_is_not_silent(two: Two, now: Any) -> None:
    pair = db.session.get_one(Pair, two.pair)
    pair.state = "active"
    pairing.pause(pair, "reserve_duty")
    now.shift(timedelta(days=15))
    work()
    assert told(notices.SILENCE) == []


def test_the_mail_is_hebrew_from_right_to_left_neutral_and_has_a_plain_part(two: Two, now: Any, sink: Sink) -> None:
    now.move_to(FIRST - timedelta(hours=15))
    work()
    deliver()
    letters = [caught.message for caught in sink.caught if str(caught.message["Subject"]) == "תזכורת לפגישה"]
    assert sorted(caught["To"] for caught in letters) == ["miri.lev@example.org", "pnina.tal@example.org"]
    plain, html = (letters[0].get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]  # the test made one
    assert 'dir="rtl"' in html
    assert "מחר יש פגישה" in plain
    assert f"http://oak.localhost:8000/meetings/{two.meeting}" in plain
    assert not any(word in plain + html for word in ("Pnina", "Miri", "ליווי"))


def test_each_letter_holds_one_link_of_its_own_that_works(two: Two, now: Any, sink: Sink, browse: Any) -> None:
    now.move_to(after(meeting_of(two)))
    work()
    deliver()
    letters = [caught.message for caught in sink.caught if str(caught.message["Subject"]) == "איך היה?"]
    links = set()
    for letter in letters:
        plain, html = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]  # the test made one
        link = next(word for word in plain.split() if "/how-was-it/" in word)
        assert link in html
        links.add(link)
    assert len(links) == 2
    for link in links:
        assert browse().get(link.partition(":8000")[2]).status_code == 200


def test_looking_into_the_inbox_makes_no_links(two: Two, now: Any, browse: Any) -> None:
    now.move_to(after(meeting_of(two)))
    work()
    commit()
    assert "איך היה המפגש" in browse(two.circle.pnina).get("/notices").text
    assert db.session.scalar(db.text("select count(*) from one_taps")) == 0
