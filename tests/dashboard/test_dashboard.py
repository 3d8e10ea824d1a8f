"""What a coordinator sees first."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from maagal import clock
from maagal.db import commit, db, within
from maagal.ids import new_id
from maagal.tenancy import Tenant
from tenants.audit.models import AuditEntry
from tenants.communities import actions as communities
from tenants.dashboard import queries
from tenants.meetings.models import Meeting
from tenants.pairing.models import Pair, PairStep
from tenants.safeguarding import actions as safeguarding
from tests.circle import Browser, Circle, make_person

Browse = Callable[..., Browser]


@pytest.fixture
def pair(circle: Circle) -> UUID:
    """Pnina and Miri, who last met twenty days ago."""
    now = clock.now()
    made = Pair(
        participant_id=circle.pnina, mentor_id=circle.miri, community_id=circle.community, state="active",
        started_at=now - timedelta(days=60), last_held_at=now - timedelta(days=20),
    )  # fmt: skip
    db.session.add(made)
    commit()
    return made.id


def plan(pair: UUID, days: float) -> None:
    at = clock.now() + timedelta(days=days)
    db.session.add(Meeting(pair_id=pair, starts_at=at, ends_at=at + timedelta(hours=1)))
    commit()


def test_where_nothing_needs_anybody_it_says_so(circle: Circle, browse: Browse) -> None:
    shown = browse(circle.dana).get("/dashboard")
    assert shown.status_code == 200
    assert 'id="exceptions"' in shown.text
    assert 'class="empty"' in shown.text.split('id="exceptions"')[1].split("</section>")[0]


def test_exceptions_stand_before_everything_and_the_gravest_first(circle: Circle, pair: UUID, browse: Browse) -> None:
    concern = safeguarding.raise_concern(new_id(), circle.miri, 3, "").id
    commit()
    shown = browse(circle.dana).get("/dashboard").text
    grave = shown.index(f"/concerns/{concern}")
    assert grave < shown.index('class="card late"') < shown.index('class="board"')


def test_a_coordinator_never_reads_of_a_concern_about_herself(circle: Circle, browse: Browse) -> None:
    concern = safeguarding.raise_concern(new_id(), circle.miri, 2, "…", about_id=circle.dana).id
    commit()
    assert str(concern) not in browse(circle.dana).get("/dashboard").text
    assert str(concern) in browse(circle.gil).get("/dashboard").text


def test_others_have_no_dashboard(circle: Circle, browse: Browse) -> None:
    assert browse(circle.miri).get("/dashboard").status_code == 404
    assert browse(circle.pnina).get("/dashboard").status_code == 404
    assert browse(circle.adam).get("/dashboard/exceptions").status_code == 404
    assert browse().get("/dashboard").status_code == 303


def test_it_counts_seats(circle: Circle, pair: UUID) -> None:
    found = queries.overview({circle.community}).pairs
    assert (found.by_state, found.seats) == ({"active": 1}, {circle.community: 1})


def test_a_pair_that_has_gone_quiet_stands_once_on_the_page_among_the_exceptions(
    circle: Circle, pair: UUID, browse: Browse
) -> None:
    link = f'/pairs/{pair}/meetings"'
    shown = browse(circle.dana).get("/dashboard").text
    assert shown.count(link) == 1
    assert f'/pairs/{pair}"' not in shown
    assert "Pnina Tal" in shown
    db.session.execute(db.update(Pair).values(last_held_at=clock.now() - timedelta(days=13)))
    commit()
    assert link not in browse(circle.dana).get("/dashboard").text


def test_a_change_of_state_is_a_word_too(circle: Circle, pair: UUID, browse: Browse) -> None:
    link = f"/pairs/{pair}/meetings"
    for state, quiet in (("trial", True), ("active", False)):
        at = clock.now() - timedelta(days=16 if quiet else 1)
        db.session.add(PairStep(pair_id=pair, state=state, at=at))
        commit()
        assert (link in browse(circle.dana).get("/dashboard/exceptions", headers={"HX-Request": "true"}).text) is quiet
        assert (link in browse(circle.dana).get("/dashboard").text) is quiet
        db.session.remove()


def test_whoever_has_a_mentor_does_not_wait(circle: Circle, pair: UUID) -> None:
    assert queries.overview({circle.community}).waiting == {circle.community: (0, None)}
    make_person("Rut", "Gal", "participant", circle.community)
    commit()
    waits = queries.overview({circle.community}).waiting[circle.community]
    assert waits.number == 1
    assert waits.since is not None
    assert waits.since.date().isoformat() in ("2025-12-31", "2026-01-01")  # since she joined, in the tenant's zone


def test_meetings_of_the_coming_week_are_listed_and_no_others(circle: Circle, pair: UUID) -> None:
    for days in (-1, 2, 8):
        plan(pair, days)
    found = queries.overview({circle.community}).meetings
    assert [round((one.starts_at - clock.now()).total_seconds() / 86400) for one in found] == [2]


def test_another_community_and_the_house_next_door_stay_out_of_it(
    circle: Circle, pair: UUID, elm: Tenant, browse: Browse
) -> None:
    place = communities.open_community("מעגל אחר")
    far = make_person("Tal", "Far", "coordinator", place.id)
    commit()
    shown = browse(far).get("/dashboard").text
    assert "Pnina" not in shown
    assert "מעגל בדיקה" not in shown
    with within(elm):
        assert queries.overview({circle.community}).pairs.by_state == {}


def test_the_page_asks_every_minute_and_hears_only_what_changed(circle: Circle, browse: Browse) -> None:
    client = browse(circle.dana)
    first = client.get("/dashboard/exceptions", headers={"HX-Request": "true"})
    assert first.status_code == 200
    assert first.text.lstrip().startswith('<section id="exceptions"')
    same = {"HX-Request": "true", "If-None-Match": first.headers["ETag"]}
    again = client.get("/dashboard/exceptions", headers=same)
    assert (again.status_code, again.headers["HX-Reswap"]) == (304, "none")
    db.session.remove()
    safeguarding.raise_concern(new_id(), circle.miri, 2, "…")
    commit()
    assert client.get("/dashboard/exceptions", headers=same).status_code == 200
    assert client.get("/dashboard/exceptions").location == "/dashboard"


def test_reading_it_is_written_down_and_polling_is_not(circle: Circle, browse: Browse) -> None:
    client = browse(circle.dana)
    client.get("/dashboard")
    client.get("/dashboard/exceptions", headers={"HX-Request": "true"})
    entries = db.session.execute(db.select(AuditEntry.actor_id, AuditEntry.action, AuditEntry.subject)).all()
    assert [tuple(entry) for entry in entries] == [(circle.dana, "read", "dashboard")]
