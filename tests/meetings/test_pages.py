"""Lists of meetings, and arranging them by hand."""

from datetime import timedelta
from typing import Any

import pytest

from maagal.db import commit, db
from tenants.meetings import queries
from tenants.meetings.actions import series
from tenants.meetings.weeks import Slot
from tenants.pairing.models import Pair
from tests.circle import token
from tests.meetings.conftest import FIRST, Two, meeting_of

SLOT = {"weekday": "2", "starts": "18:30", "minutes": "45", "place": "הספרייה"}
MOVED = {"day": "2026-11-23", "hour": "20:00", "minutes": "60", "place": "", "seen": "1"}


def test_each_sees_their_own_meetings_and_coordinators_those_of_their_community(two: Two, browse: Any) -> None:
    for person in (two.circle.miri, two.circle.pnina, two.circle.dana):
        assert str(two.meeting) in browse(person).get("/meetings").text
    assert "<bdi>Pnina Tal</bdi>" in browse(two.circle.miri).get("/meetings").text
    assert browse(two.circle.adam).get("/meetings").status_code == 404
    assert browse().get("/meetings").status_code == 303


def test_the_next_meetings_are_those_ahead_the_nearest_first(two: Two) -> None:
    found = queries.next_meetings([two.circle.community], most=2)
    assert [meeting.starts_at for meeting in found] == [FIRST, FIRST + timedelta(weeks=1)]
    assert queries.next_meetings([two.zohar]) == []


def test_today_shows_the_next_meeting_and_then_asks_how_it_was(two: Two, now: Any, browse: Any) -> None:
    assert "המפגש הבא" in browse(two.circle.pnina).get("/today").text
    now.move_to(FIRST + timedelta(hours=2))
    assert f"/meetings/{two.meeting}/log" in browse(two.circle.pnina).get("/today").text


def test_the_pair_sets_another_weekly_hour(two: Two, browse: Any) -> None:
    miri, address = browse(two.circle.miri), f"/pairs/{two.pair}/series"
    seen = str(queries.series_of(two.pair).id)  # type: ignore[union-attr]  # the test made one
    db.session.rollback()
    assert "09:00" in miri.get(address).text
    for _click in range(2):
        assert miri.post(address, data=SLOT | {"seen": seen, "csrf_token": token(miri)}).status_code == 303
    weekly = queries.series_of(two.pair)
    assert weekly is not None
    assert (weekly.weekday, weekly.starts.hour, weekly.length, weekly.place) == (2, 18, 45, "הספרייה")


def test_an_hour_that_somebody_else_set_meanwhile_is_shown_first(two: Two, browse: Any) -> None:
    seen = str(queries.series_of(two.pair).id)  # type: ignore[union-attr]  # the test made one
    series.set_series(db.session.get_one(Pair, two.pair), Slot(4, FIRST.time()))
    commit()
    miri = browse(two.circle.miri)
    answer = miri.post(f"/pairs/{two.pair}/series", data=SLOT | {"seen": seen, "csrf_token": token(miri)})
    assert answer.status_code == 409
    assert "יום חמישי" in answer.text
    assert 'value="18:30"' in answer.text


def test_a_wrong_hour_keeps_what_was_typed(two: Two, browse: Any) -> None:
    dana = browse(two.circle.dana)
    answer = dana.post(f"/pairs/{two.pair}/series", data=SLOT | {"minutes": "5", "csrf_token": token(dana)})
    assert answer.status_code == 422
    assert "הספרייה" in answer.text


def test_a_meeting_is_moved_and_a_stale_move_is_told_so(two: Two, browse: Any) -> None:
    pnina, address = browse(two.circle.pnina), f"/meetings/{two.meeting}/move"
    assert pnina.post(address, data=MOVED | {"csrf_token": token(pnina)}).status_code == 303
    assert meeting_of(two).starts_at == FIRST + timedelta(days=1, hours=11)
    db.session.rollback()
    again = pnina.post(address, data=MOVED | {"hour": "21:00", "csrf_token": token(pnina)})
    assert again.status_code == 409
    assert 'value="21:00"' in again.text


def test_a_meeting_is_not_moved_to_the_past_or_onto_another(two: Two, browse: Any) -> None:
    pnina, address = browse(two.circle.pnina), f"/meetings/{two.meeting}/move"
    for wrong in ({"day": "2026-11-01"}, {"day": "2026-11-18", "hour": "09:00"}, {"day": "2026-11-29", "hour": "09:00"}):
        assert pnina.post(address, data=MOVED | wrong | {"csrf_token": token(pnina)}).status_code == 422


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("0001-01-01", "היום הזה כבר עבר."),
        ("2026-11-17", "היום הזה כבר עבר."),
        ("2027-11-20", "יש לבחור יום בשנה הקרובה."),
        ("9999-12-31", "יש לבחור יום בשנה הקרובה."),
    ],
)
def test_a_day_that_can_only_be_a_slip_is_refused_beside_its_field(two: Two, browse: Any, day: str, said: str) -> None:
    pnina = browse(two.circle.pnina)
    answer = pnina.post(f"/meetings/{two.meeting}/move", data=MOVED | {"day": day, "csrf_token": token(pnina)})
    assert answer.status_code == 422
    assert said in answer.text


def test_a_meeting_is_called_off_with_a_reason(two: Two, browse: Any) -> None:
    dana, address = browse(two.circle.dana), f"/meetings/{two.meeting}/cancel"
    assert dana.post(address, data={"csrf_token": token(dana)}).status_code == 422
    assert dana.post(address, data={"reason": "illness", "csrf_token": token(dana)}).status_code == 303
    assert meeting_of(two).state == "cancelled"
    db.session.rollback()
    assert "מחלה" in dana.get(f"/meetings/{two.meeting}").text
    assert dana.post(address, data={"reason": "illness", "csrf_token": token(dana)}).status_code == 404


def test_others_arrange_nothing(two: Two, browse: Any) -> None:
    for stranger in (two.circle.adam, two.zohar):
        client = browse(stranger)
        for path in (f"/meetings/{two.meeting}/move", f"/pairs/{two.pair}/series"):
            assert client.get(path).status_code == 404
        sent = MOVED | {"csrf_token": token(client)}
        assert client.post(f"/meetings/{two.meeting}/move", data=sent).status_code == 404
