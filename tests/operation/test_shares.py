"""One tenant's flood takes its share of a process and no more; whoever comes too much is put off kindly and at once."""

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from maagal import errors, tenancy
from maagal.access import ASKED, Asked
from maagal.app import before_the_app
from maagal.config import settings
from maagal.db import db
from maagal.emergency import NUMBERS
from maagal.shares import PUT_OFF, FairShares, Shares
from maagal.tenancy import Tenant
from tests.circle import Browser

OAK, ELM = "http://oak.localhost:8000", "http://elm.localhost:8000"


@pytest.fixture
def narrow(context: Flask, oak: Tenant, elm: Tenant, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The house where a tenant may have two requests at a time and, beside a neighbour, next to nothing of a thread."""
    monkeypatch.setattr(settings(), "tenant_requests", 2)
    monkeypatch.setattr(settings(), "tenant_waiting", 0)
    monkeypatch.setattr(settings(), "tenant_thread", 0.001)
    monkeypatch.setattr("maagal.shares.STORE", 0.001)
    db.session.remove()
    monkeypatch.setattr(context, "wsgi_app", before_the_app(context, settings(), Flask.wsgi_app.__get__(context)))
    errors._busy_page.cache_clear()
    assert client(context, ELM).get("/statement").status_code == 200
    return context


class Reader(Browser):
    """A client that reads each answer to its end, as a server does."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        return super().open(*args, buffered=True, **kwargs)


def client(app: Flask, origin: str) -> Browser:
    made = Reader(app)
    made.origin = origin
    return made


def test_a_tenant_has_its_share_at_a_time_and_the_next_one_is_let_in_when_one_leaves() -> None:
    shares, oak, elm = Shares(2, 0), uuid4(), uuid4()
    assert [shares.take(oak) for _ in range(3)] == [True, True, False]
    assert shares.take(elm)
    shares.leave(oak, 0.1)
    assert shares.take(oak)


def test_a_few_wait_for_their_turn_and_those_behind_them_are_put_off_at_once() -> None:
    shares, oak, elm = Shares(1, 0, may_wait=1), uuid4(), uuid4()
    assert shares.take(oak)
    with ThreadPoolExecutor(1) as thread:
        second = thread.submit(shares.take, oak)
        while not shares.waiting:
            pass
        assert not shares.take(oak)
        assert shares.take(elm)
        shares.leave(elm, 0.1)
        assert not second.done(), "a neighbour's turn is not ours"
        shares.leave(oak, 0.1)
        assert second.result(2)
    shares.leave(oak, 0.1)
    assert not shares.busy
    assert not shares.waiting


def test_who_waited_too_long_is_put_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("maagal.shares.PATIENCE", 0.1)
    shares, oak = Shares(1, 0, may_wait=1), uuid4()
    assert [shares.take(oak) for _ in range(2)] == [True, False]
    assert not shares.waiting


def test_what_is_left_of_a_share_is_not_remembered_for_ever() -> None:
    shares, oak = Shares(2, 0), uuid4()
    shares.take(oak)
    shares.leave(oak, 0.1)
    assert not shares.busy


@pytest.mark.parametrize(("seconds", "most"), [(0.01, 100), (0.1, 10)])
def test_beside_a_neighbour_a_burst_is_served_and_a_flood_is_not_and_slow_pages_are_fewer(seconds: float, most: int) -> None:
    shares, oak, elm = Shares(0, 0.01), uuid4(), uuid4()
    shares.take(elm)
    served = 0
    while shares.take(oak):
        shares.leave(oak, seconds)
        served += 1
    assert most <= served <= most + 2
    assert shares.take(elm)


def test_whoever_is_alone_may_have_all_the_time_there_is() -> None:
    shares, oak = Shares(1, 0.01), uuid4()
    for _ in range(500):
        assert shares.take(oak)
        shares.leave(oak, 0.5)
    shares.take(uuid4())
    assert shares.take(oak), "what was taken while nobody wanted it is not held against them"


def test_whoever_asks_one_thing_after_the_other_is_slowed_down_and_never_put_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("maagal.shares.STORE", 0.1)
    shares, oak = Shares(1, 1.0, may_wait=1), uuid4()
    shares.take(uuid4())
    began = time.monotonic()
    for _ in range(5):
        assert shares.take(oak)
        shares.leave(oak, 0.2)
    assert time.monotonic() - began > 0.5, "the time that was had beyond the store had to gather first"


def test_whoever_uploads_by_a_slow_phone_closes_the_house_to_nobody() -> None:
    shares, oak = Shares(2, 0.3), uuid4()
    shares.take(uuid4())
    shares.take(oak)
    shares.leave(oak, 600.0)
    assert shares.take(oak)


def test_who_is_put_off_is_told_when_to_come_again_and_whom_to_call_in_danger(narrow: Flask) -> None:
    answers = [client(narrow, OAK).get("/statement") for _ in range(10)]
    assert answers[0].status_code == 200
    refused = answers[-1]
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
    assert 'lang="he" dir="rtl"' in refused.text
    assert "יש כאן עכשיו הרבה אנשים" in refused.text
    assert all(f"tel:{number.digits}" in refused.text for number in NUMBERS)
    assert len(re.findall("<h1>", refused.text)) == 1
    assert refused.headers["Content-Security-Policy"]
    assert refused.headers["Cache-Control"] == "no-store"


def test_the_neighbours_the_assets_and_signs_of_life_are_served_meanwhile(narrow: Flask) -> None:
    for _ in range(10):
        client(narrow, OAK).get("/statement")
    assert client(narrow, OAK).get("/statement").status_code == 503
    assert client(narrow, ELM).get("/statement").status_code == 200
    assert client(narrow, OAK).get("/healthz").status_code == 200
    assert client(narrow, OAK).get("/assets/x/house.css").status_code == 200


def test_who_is_put_off_reads_it_as_they_chose_and_nobody_elses_token_is_in_it(narrow: Flask) -> None:
    for _ in range(10):
        client(narrow, OAK).get("/statement")
    english = client(narrow, OAK)
    english.set_cookie("maagal_display", "150.more.dark.on.en", domain="oak.localhost")
    page = english.get("/statement").text
    assert 'lang="en" dir="ltr" data-size="150" data-contrast="more" data-scheme="dark"' in page
    assert "csrf" not in page


def test_a_post_is_put_off_before_anybody_reads_what_it_carries(narrow: Flask) -> None:
    for _ in range(10):
        client(narrow, OAK).get("/statement")
    answer = client(narrow, OAK).post("/sign-in", data=b"x" * 100, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 503, "400 would mean that its token was looked for"


def test_requests_that_hang_are_counted_while_they_hang(narrow: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "tenant_thread", 0.0)
    monkeypatch.setattr(narrow, "wsgi_app", before_the_app(narrow, settings(), Flask.wsgi_app.__get__(narrow)))
    hang, hanging = Event(), []
    view = narrow.view_functions["house.statement"]

    def wait() -> object:
        hanging.append(1)
        hang.wait(20)
        return view()

    monkeypatch.setitem(narrow.view_functions, "house.statement", wait)
    with ThreadPoolExecutor(2) as threads:
        slow = [threads.submit(client(narrow, OAK).get, "/statement") for _ in range(2)]
        while len(hanging) < 2:
            pass
        assert client(narrow, OAK).get("/privacy").status_code == 503
        assert client(narrow, ELM).get("/privacy").status_code == 200
        hang.set()
        assert [each.result().status_code for each in slow] == [200, 200]
    assert client(narrow, OAK).get("/privacy").status_code == 200


@pytest.mark.parametrize("ending", ["closed", "forgotten", "failed"])
def test_a_share_is_given_back_however_an_answer_ends(ending: str) -> None:
    oak, asked = uuid4(), {"PATH_INFO": "/", ASKED: Asked(0.0, "GET")}

    def application(*_asked: object) -> list[bytes]:
        if ending == "failed":
            raise OSError
        return [b"a", b"b"]

    fair = FairShares(application, lambda _environ: oak, Shares(1, 0))
    for _ in range(3):
        with suppress(OSError):
            body: Any = fair(dict(asked), lambda *_: None)
            next(body)
            body = body.close() if ending == "closed" else None
        assert PUT_OFF not in asked
        assert not fair.shares.busy


def test_a_question_that_takes_too_long_is_cut_off_and_says_come_again(
    context: Flask, oak: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow() -> str:
        db.session.execute(text("set local statement_timeout = 50"))
        db.session.execute(text("select pg_sleep(5)"))
        return ""

    slow.needs = context.view_functions["house.statement"].needs  # type: ignore[attr-defined]  # a view carries who may see it
    monkeypatch.setitem(context.view_functions, "house.statement", slow)
    monkeypatch.setitem(context.config, "PROPAGATE_EXCEPTIONS", False)
    db.session.remove()
    answer = client(context, OAK).get("/statement")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")


@pytest.mark.parametrize(("login", "name", "said"), [
    ("app", "statement_timeout", "15s"), ("app", "lock_timeout", "5s"), ("app", "idle_in_transaction_session_timeout", "2min"),
    ("sponsor", "statement_timeout", "15s"), ("operator", "statement_timeout", "15s"),
])  # fmt: skip
def test_every_login_of_pages_and_tasks_is_cut_off_by_the_database(
    context: Flask, oak: Tenant, login: str, name: str, said: str
) -> None:
    db.session.remove()
    tenant = None if login == "operator" else oak
    with tenancy.entered(tenant, login), db.engines[None if login == "app" else login].begin() as connection:
        assert connection.scalar(text("select current_setting(:name)"), {"name": name}) == said


def test_a_body_that_is_too_large_is_refused(context: Flask, oak: Tenant) -> None:
    db.session.remove()
    answer = client(context, OAK).post("/sign-in", data={"email": "x" * 7 * 2**20})
    assert answer.status_code == 413
