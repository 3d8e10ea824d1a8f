"""By when a concern waits for an answer."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tenants.safeguarding.clocks import answer_by

HERE = ZoneInfo("Asia/Jerusalem")
THURSDAY = datetime(2026, 11, 19, 20, 0, tzinfo=UTC)


def test_danger_waits_a_quarter_of_an_hour_and_a_risk_four_hours_whatever_the_day() -> None:
    assert answer_by(3, THURSDAY, HERE) == THURSDAY + timedelta(minutes=15)
    assert answer_by(2, THURSDAY, HERE) == THURSDAY + timedelta(hours=4)


def test_a_worry_of_thursday_waits_over_the_weekend_until_sunday_afternoon() -> None:
    assert answer_by(1, THURSDAY, HERE) == datetime(2026, 11, 22, 17, 0, tzinfo=HERE)


def test_the_day_is_the_one_of_the_tenant_and_not_of_greenwich() -> None:
    late_on_sunday = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # Monday here
    assert answer_by(1, late_on_sunday, HERE).date().isoformat() == "2026-11-24"
