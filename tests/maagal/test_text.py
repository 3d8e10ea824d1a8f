"""Names, numbers and dates in sentences that run the other way."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from maagal import clock, text

NINE_IN_THE_EVENING = datetime(2026, 11, 22, 19, 30, tzinfo=UTC)


@pytest.fixture
def jerusalem() -> Iterator[Flask]:
    app = Flask("page")
    Babel(app, locale_selector=lambda: "he", timezone_selector=lambda: "Asia/Jerusalem")
    text.init_text(app)
    with app.test_request_context():
        yield app


def test_a_name_is_set_apart_and_cannot_bring_markup() -> None:
    assert text.bdi("<b>Dana") == "<bdi>&lt;b&gt;Dana</bdi>"


def test_plain_text_isolates_a_name_and_takes_out_marks_that_would_break_out() -> None:
    assert text.isolate("Da\u2069na\u202e") == "\u2068Dana\u2069"


def test_a_range_of_numbers_stays_left_to_right_in_plain_text() -> None:
    assert text.isolate_ltr("30–39") == "\u206630–39\u2069"


@pytest.mark.parametrize("written", ["+972521234567", "052-123-4567", "0521234567"])
def test_a_phone_number_is_shown_as_people_here_write_it_and_can_be_called(written: str) -> None:
    assert text.phone(written) == '<a href="tel:+972521234567"><bdi dir="ltr">052-123-4567</bdi></a>'


def test_a_number_from_abroad_keeps_its_country() -> None:
    assert "+44 20 7946 0958" in text.phone("+442079460958")


def test_what_is_no_number_is_shown_as_it_is_without_markup() -> None:
    assert '<bdi dir="ltr">ask &lt;Dana&gt;</bdi>' in text.phone("ask <Dana>")


def test_a_moment_is_told_in_the_readers_own_zone(jerusalem: Flask) -> None:
    assert text.hour(NINE_IN_THE_EVENING) == '<time datetime="2026-11-22T19:30:00+00:00">21:30</time>'
    assert "21:30" in text.moment(NINE_IN_THE_EVENING)


def test_a_day_is_told_in_the_readers_language(jerusalem: Flask) -> None:
    assert text.day(date(2026, 11, 22)) == '<time datetime="2026-11-22">22 בנובמבר 2026</time>'
    assert "יום ראשון" in text.weekday(date(2026, 11, 22))
    with force_locale("en"):
        assert "November 22, 2026" in text.day(date(2026, 11, 22))


def test_how_long_ago_is_counted_from_our_own_clock(jerusalem: Flask) -> None:
    with force_locale("en"):
        assert "3 days ago" in text.ago(clock.now() - timedelta(days=3))
        assert "in 2 hours" in text.ago(clock.now() + timedelta(hours=2, minutes=1))


def test_templates_have_the_filters(jerusalem: Flask) -> None:
    assert {"bdi", "isolate", "phone", "day", "weekday", "moment", "hour", "ago"} <= jerusalem.jinja_env.filters.keys()
