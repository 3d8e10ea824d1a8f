"""The inbox: what somebody was told, what is new, and what they want by mail."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from maagal.db import commit, db, within
from maagal.tenancy import Tenant
from tenants.notifications import actions
from tenants.notifications.models import Channel, Notice
from tests.circle import Circle

TRIAL = "notifications/trial"
Browse = Callable[..., FlaskClient]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def miris(circle: Circle) -> UUID:
    """Return the id of the one notice that Miri has."""
    actions.tell(circle.miri, TRIAL, once="a")
    commit()
    found: UUID | None = db.session.scalar(db.select(Notice.id))
    db.session.rollback()
    assert found is not None
    return found


def posted(
    client: FlaskClient, path: str, data: dict[str, str] | None = None, headers: dict[str, str] | None = None
) -> tuple[int, str]:
    """Post with the token that the accessibility page's form carries."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/accessibility").text)
    assert token is not None
    answer = client.post(path, data={"csrf_token": token[1]} | (data or {}), headers=headers)
    return answer.status_code, answer.text


def test_the_inbox_shows_ones_own_notices_and_the_menu_their_number(circle: Circle, miris: UUID, browse: Browse) -> None:
    text = browse(circle.miri).get("/notices").text
    assert str(miris) in text
    assert '<span class="count">1</span>' in text
    other = browse(circle.pnina).get("/notices").text
    assert str(miris) not in other
    assert '<span class="count">' not in other


def test_nobody_else_marks_a_notice_as_read(circle: Circle, miris: UUID, elm: Tenant, browse: Browse) -> None:
    assert posted(browse(circle.dana), f"/notices/{miris}/read")[0] == 404
    assert browse(None).get("/notices").status_code == 303
    assert browse(None, elm).get("/notices").status_code == 303
    assert posted(browse(circle.miri), f"/notices/{circle.dana}/read")[0] == 404


def test_reading_one_without_javascript_sends_back_to_the_inbox(circle: Circle, miris: UUID, browse: Browse) -> None:
    client = browse(circle.miri)
    assert [posted(client, f"/notices/{miris}/read")[0] for _twice in range(2)] == [303, 303]
    assert '<span class="count">' not in client.get("/notices").text


def test_reading_all_with_htmx_answers_the_list_alone(circle: Circle, miris: UUID, browse: Browse) -> None:
    status, text = posted(browse(circle.miri), "/notices/read", headers=HTMX)
    assert status == 200
    assert text.lstrip().startswith("<section")
    assert str(miris) not in text


def test_asking_for_news_costs_nothing_until_there_are_some(
    circle: Circle, miris: UUID, oak: Tenant, browse: Browse
) -> None:
    client = browse(circle.miri)
    text = client.get("/notices").text
    url = re.search(r'hx-get="([^"]+)" hx-trigger="every 60s"', text)
    tag = re.search(r"If-None-Match&#34;: &#34;\\&#34;(\w+)|\"If-None-Match\": \"\\\"(\w+)", text)
    assert url is not None
    assert tag is not None
    known = HTMX | {"If-None-Match": f'"{tag[1] or tag[2]}"'}
    quiet = client.get(url[1].replace("&amp;", "&"), headers=known)
    assert (quiet.status_code, quiet.data, quiet.headers["HX-Reswap"]) == (304, b"", "none")
    with within(oak):
        actions.tell(circle.miri, TRIAL, once="b")
        commit()
    told = client.get(url[1].replace("&amp;", "&"), headers=known)
    assert told.status_code == 200
    assert 'href="/notices"' in told.text
    assert told.text.count("<h1") == 0


def test_a_kind_is_switched_off_and_on_again(circle: Circle, miris: UUID, oak: Tenant, browse: Browse) -> None:
    client = browse(circle.miri)
    assert f'value="{TRIAL}"' in client.get("/notices/mail").text
    for wanted, data in ((False, {}), (True, {"by_mail": TRIAL})):
        assert posted(client, "/notices/mail", data)[0] == 303
        with within(oak):
            assert list(db.session.scalars(db.select(Channel.by_mail))) == [wanted]


def test_a_kind_that_was_never_told_cannot_be_chosen(circle: Circle, miris: UUID, browse: Browse) -> None:
    assert posted(browse(circle.miri), "/notices/mail", {"by_mail": "people/secret"})[0] == 422


def test_a_trial_is_sent_once_a_minute(circle: Circle, oak: Tenant, browse: Browse) -> None:
    client = browse(circle.adam)
    assert [posted(client, "/notices/mail/trial")[0] for _twice in range(2)] == [303, 303]
    with within(oak):
        assert db.session.scalar(db.select(db.func.count()).select_from(Notice)) in (1, 2)  # the minute may turn between
