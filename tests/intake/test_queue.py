"""The queue: who waits there in which order, and what of it is an exception."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from maagal import clock
from maagal.db import commit, db
from maagal.ids import new_id
from tenants.intake import actions, cards, queries, queue
from tenants.intake.asked import Asked
from tenants.intake.models import HelpRequest
from tenants.people.models import Person
from tenants.people.viewer import Viewer
from tests.circle import Circle
from tests.intake.asking import reload

Browse = Callable[..., FlaskClient]


def viewer_of(person_id: UUID, community: UUID) -> Viewer:
    return Viewer(new_id(), new_id(), person_id, "", None, None, None, frozenset({("coordinator", community)}))


def test_an_ownerless_or_overdue_request_is_an_exception(house: Flask, circle: Circle, noa: UUID) -> None:
    dana = viewer_of(circle.dana, circle.community)
    with house.test_request_context("/"):
        assert [card.icon for card in cards.exceptions(dana)] == ["inbox"]
        assert cards.ownerless(dana) == 1
        actions.take(reload(noa), circle.dana)
        assert cards.exceptions(dana) == []
        reload(noa).asked_at = clock.now() - timedelta(days=4)
        db.session.flush()
        assert [card.icon for card in cards.exceptions(dana)] == ["hourglass"]


def test_the_queue_puts_ownerless_then_danger_then_overdue_then_age_first(circle: Circle) -> None:
    def sent(
        name: str, days: float, owner: UUID | None = None, risk: int | None = None, urgency: str = "normal"
    ) -> None:
        made = actions.submit(Asked(first_name=name, phone="+972521112233", urgency=urgency), new_id())
        made.asked_at, made.owner_id, made.risk = clock.now() - timedelta(days=days), owner, risk

    sent("taken", 0.5, circle.gil)
    sent("taken-risky", 0.1, circle.gil, 3)
    sent("late", 5, circle.gil)
    sent("fresh-ownerless", 0.1)
    sent("old-ownerless", 2)
    sent("danger", 0.01, urgency="danger")
    commit()
    found = queue.find(queue.Wanted(), circle.dana, [circle.community])
    order = ["danger", "old-ownerless", "fresh-ownerless", "taken-risky", "late", "taken"]
    assert [line.name for line in found.lines] == order


def test_somebody_without_a_name_can_be_clicked_all_the_same(circle: Circle, noa: UUID, browse: Browse) -> None:
    db.session.get_one(Person, reload(noa).person_id).first_name = ""
    commit()
    assert ">ללא שם</a>" in browse(circle.dana).get("/requests").text


def test_filters_live_in_the_address(circle: Circle, noa: UUID, browse: Browse) -> None:
    client = browse(circle.dana)
    assert "נועה" in client.get("/requests?owner=none&area=financial&q=052-111").text
    assert "נועה" in client.get(f"/requests?q={reload(noa).reference}").text
    assert "נועה" not in client.get("/requests?area=housing").text
    assert "נועה" not in client.get("/requests?owner=mine").text
    assert client.get("/requests?page=-3&show=nonsense&owner=1&q=%25").status_code == 200


def test_ten_thousand_requests_are_shown_a_page_at_a_time(circle: Circle, browse: Browse) -> None:
    people = [{"id": new_id(), "first_name": f"p{number}"} for number in range(10_000)]
    db.session.execute(insert(Person), people)
    db.session.execute(insert(HelpRequest), [{"person_id": person["id"]} for person in people])
    commit()
    client = browse(circle.dana)
    page = client.get("/requests?page=3").text
    assert page.count('class="title"') == queue.PAGE
    assert "page=4" in page
    assert client.get("/requests?page=9999").text.count('class="title"') == queue.PAGE


def test_the_waiting_list_goes_by_who_asked_first(circle: Circle) -> None:
    made = [actions.submit(Asked(first_name=str(number), phone="+972521112233"), new_id()) for number in range(3)]
    for number, each in enumerate(made):
        each.asked_at = clock.now() - timedelta(days=number)
        actions.begin(each, circle.dana)
        actions.waitlist(each, circle.dana, circle.community)
    commit()
    assert [queries.position(each) for each in made] == [3, 2, 1]
    assert [row.person_id for row in queries.waiting([circle.community])] == [each.person_id for each in reversed(made)]
    actions.accept(made[2], circle.dana, circle.community)
    assert queries.position(made[0]) == 2
