"""What a sponsor reads: published figures by quarter, through a login that can read nothing else."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from maagal import tenancy
from maagal.db import commit, db
from maagal.tenancy import Tenant
from tenants.communities.actions import open_community
from tenants.people.models import Person
from tenants.reports import actions, queries
from tenants.reports.publishing import ACTIVITY, PEOPLE, blurred, publishable
from tests.circle import Circle, make_person

Browse = Callable[..., FlaskClient]
COUNTS = st.integers(0, 400)
KEYS = [(section, code, "") for code, section in (PEOPLE | ACTIVITY).items()]
SUMMER = date(2026, 7, 1)


@pytest.fixture
def sponsor(month: Circle) -> UUID:
    made = make_person("Pay", "Er", "sponsor", None)
    commit()
    return made


@given(st.fixed_dictionaries(dict.fromkeys(KEYS, COUNTS)), st.integers(0, 5), st.integers(0, 120))
def test_nothing_small_or_exact_is_ever_published(counted: dict, communities: int, eligible: int) -> None:
    figures = publishable(counted, communities, eligible)
    shown = [value for value in figures.values() if value is not None]
    assert all(value >= 10 and value % 5 == 0 for value in shown)
    assert set(figures) == set(PEOPLE) | set(ACTIVITY)
    if communities < 2 or eligible < 50:
        assert all(figures[code] is None for code in PEOPLE)


def test_no_two_published_figures_tell_that_one_to_seven_people_lie_between_them() -> None:
    """Every pair of true numbers behind two published ones, whichever quarters or categories they are of."""
    behind: dict[int | None, list[int]] = {}
    for true in range(153):
        behind.setdefault(blurred(true), []).append(true)
    for one in behind.values():
        for other in behind.values():
            differences = {b - a for a in one for b in other}
            assert not differences <= set(range(1, 8))
            assert not differences <= set(range(-7, 0))


def test_no_published_figure_is_the_sum_of_others(month: Circle) -> None:
    assert "people_total" not in PEOPLE
    assert "pairs_closed" not in PEOPLE


def grow(circle: Circle) -> None:
    """Make oak large enough for counts of people: two communities, fifty known people, twelve mentors."""
    second = open_community("מעגל אחר").id
    for number in range(11):
        make_person(f"Mentor{number}", "Lev", "mentor", second)
    db.session.add_all(Person(first_name=f"Known{number}") for number in range(50))
    commit()


def test_a_quarter_is_published_rounded_once_and_stays(month: Circle) -> None:
    grow(month)
    actions.publish_quarter(SUMMER)
    commit()
    before = queries.published()[SUMMER]
    assert (before["mentor"], before["participant"], before["pairs_started"]) == (10, None, None)
    for number in range(20):
        make_person(f"Late{number}", "Lev", "mentor", month.community)
    actions.publish_quarter(SUMMER)
    commit()
    assert queries.published() == {SUMMER: before}


def test_a_small_organisation_publishes_activity_only(month: Circle) -> None:
    for number in range(11):
        make_person(f"Mentor{number}", "Lev", "mentor", month.community)
    actions.publish_quarter(SUMMER)
    assert queries.published()[SUMMER]["mentor"] is None


def test_a_quarter_that_runs_is_not_published(month: Circle) -> None:
    with pytest.raises(actions.NotBegunError):
        actions.publish_quarter(date(2026, 10, 1))


def test_the_sponsor_reads_the_quarter(month: Circle, sponsor: UUID, browse: Browse) -> None:
    grow(month)
    actions.publish_quarter(SUMMER)
    commit()
    answer = browse(sponsor).get("/published")
    assert answer.status_code == 200
    assert "כ־10" in answer.text
    assert "לא מוצג" in answer.text


def test_others_do_not(month: Circle, browse: Browse) -> None:
    for person in (month.dana, month.miri, month.pnina, month.adam):
        assert browse(person).get("/published").status_code == 404
    assert browse().get("/published").status_code == 303


def test_the_sponsors_page_runs_as_a_role_that_reads_one_table(
    oak: Tenant, month: Circle, sponsor: UUID, browse: Browse, house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, object] = {}

    def probe() -> dict[date, dict[str, int | None]]:
        seen["login"], seen["role"] = tenancy.login(), db.session.scalar(text("select current_user"))
        for table in ("people", "pairs", "meeting_logs", "reports", "sessions", "outbox"):
            with pytest.raises(ProgrammingError, match="permission denied"), db.session.begin_nested():
                db.session.execute(text(f"select * from {table}"))
        return {}

    monkeypatch.setattr(queries, "published", probe)
    client = browse(sponsor)
    assert client.get("/published").status_code == 200
    assert seen == {"login": "sponsor", "role": f"{oak.schema}_sponsor"}
    assert client.get("/today").status_code == 200
