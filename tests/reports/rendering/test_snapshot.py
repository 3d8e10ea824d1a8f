"""What is frozen stays as it was."""

import dataclasses
from datetime import UTC, datetime

import pytest

from tenants.reports.rendering.snapshot import Figure, Section, from_json, to_data, to_json
from tests.reports.rendering.world import report


def test_a_snapshot_comes_back_from_json_as_it_was() -> None:
    assert from_json(to_json(report())) == report()


def test_a_snapshot_of_the_whole_tenant_comes_back_too() -> None:
    assert from_json(to_json(report(community_name=None))).community_name is None


def test_nothing_in_a_snapshot_can_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        report().revision = 3  # type: ignore[misc]  # that it is refused is the point


def test_a_snapshot_of_an_unknown_version_is_refused() -> None:
    text = to_json(report(version=2))
    with pytest.raises(ValueError, match="version 2"):
        from_json(text)


def test_a_number_that_is_none_of_json_s_is_refused() -> None:
    odd = report(sections=(Section("people", (Figure("mentor", float("nan")),)),))
    with pytest.raises(ValueError, match="JSON"):
        to_json(odd)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        report(made_at=datetime(2026, 12, 1, tzinfo=UTC).replace(tzinfo=None))


def test_the_data_holds_no_word_of_a_language() -> None:
    sections = str(to_data(report())["sections"]).replace("חיפה (Haifa)", "").replace("באר שבע", "")
    assert not any("א" <= sign <= "ת" for sign in sections.replace("תל אביב-יפו", ""))
