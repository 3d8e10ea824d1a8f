"""Weekly hours: which one two people share, and when it falls."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from tenants.meetings import weeks

JERUSALEM = ZoneInfo("Asia/Jerusalem")


def test_the_hour_is_where_the_longest_stretch_they_share_begins() -> None:
    one = [(0, 540, 660), (2, 1020, 1320)]
    other = [(0, 540, 660), (2, 1080, 1320)]
    assert weeks.common_start(one, other, 60) == (2, time(18))


def test_of_equal_stretches_the_earliest_in_the_week_is_taken() -> None:
    assert weeks.common_start([(4, 600, 660), (1, 600, 660)], [(4, 600, 660), (1, 600, 660)], 60) == (1, time(10))


def test_hours_too_short_for_a_meeting_are_no_common_hour() -> None:
    assert weeks.common_start([(0, 540, 600)], [(0, 570, 660)], 60) is None


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (date(2026, 3, 22), [16, 15, 15]),  # summer time began on Friday, 27 March 2026: 18:00 is 15:00 UTC from then on
        (date(2026, 10, 18), [15, 16, 16]),  # and ended on Sunday, 25 October 2026
    ],
)
def test_the_wall_clock_stays_when_the_clocks_change(first: date, expected: list[int]) -> None:
    days = weeks.dates(0, first, 3)
    assert [weeks.moment(day, time(18), JERUSALEM).hour for day in days] == expected


def test_an_hour_that_the_clocks_skip_still_has_one_moment() -> None:
    skipped = weeks.moment(date(2026, 3, 27), time(2, 30), JERUSALEM)
    assert skipped == datetime(2026, 3, 27, 0, 30, tzinfo=UTC)


def test_holidays_are_left_out() -> None:
    assert weeks.dates(3, date(2026, 4, 15), 3) == [date(2026, 4, 15), date(2026, 4, 29)]  # 22 April: Independence Day


def test_weeks_begin_on_sunday() -> None:
    assert weeks.dates(0, date(2026, 11, 22), 1) == [date(2026, 11, 22)]
    assert weeks.dates(6, date(2026, 11, 22), 1) == [date(2026, 11, 28)]
    assert weeks.next_sunday(date(2026, 11, 22)) == date(2026, 11, 29)
    assert weeks.next_sunday(date(2026, 11, 21)) == date(2026, 11, 22)
