"""Who may know whether the house is ready: anybody, in words; and how an answer comes although a part hangs."""

import json
import signal
import time
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy.engine import make_url

from maagal import clock, health
from maagal.bootstrap import plain
from maagal.config import Settings, settings
from maagal.db import db
from maagal.embedded import Servers
from maagal.readiness import CHECKS, LATE, Readiness
from maagal.tour.house import House
from tests.circle import Browser
from tests.operation.conftest import MARK, Ask


@pytest.fixture
def client(house, monkeypatch):
    monkeypatch.setattr(health, "_readiness", Readiness())
    made = Browser(house)
    made.origin = "http://localhost:8000"
    return made


@pytest.fixture
def administrator(oak, elm):
    db.session.remove()
    with psycopg.connect(plain(make_url(Settings().database_url)), autocommit=True) as connection:
        connection.execute("delete from control.due")
        yield connection
        connection.execute("delete from control.due")


def asked(client, path="/readyz"):
    health._readiness.at = float("-inf")
    answer = client.get(path)
    return answer.status_code, answer.json["checks"]


def test_a_house_that_is_well_says_so_in_four_words(client, administrator):
    assert asked(client) == (200, dict.fromkeys(CHECKS, "ok"))
    assert asked(client, "/readyz?check=database&check=valkey") == (200, {"database": "ok", "valkey": "ok"})
    assert client.get("/readyz?check=everything").status_code == 404


def test_one_tenant_that_is_behind_makes_it_not_ready_and_is_not_named(client, administrator, oak):
    administrator.execute("update control.tenants set revision = '0001_floor' where id = %s", [oak.id])
    try:
        assert asked(client) == (503, dict.fromkeys(CHECKS, "ok") | {"revisions": "bad"})
        text = client.get("/readyz").text
    finally:
        administrator.execute("update control.tenants set revision = %s where id = %s", [oak.revision, oak.id])
    assert not any(word in text for word in (oak.slug, str(oak.id), oak.schema, "0001"))


@pytest.mark.parametrize("column", ["at", "oldest"])
def test_work_that_nobody_finishes_is_seen_although_it_is_handed_out_again_and_again(client, administrator, oak, column):
    long_ago = clock.now() - LATE - timedelta(seconds=5)
    values = {"at": clock.now() + timedelta(seconds=50), "oldest": None} | {column: long_ago}
    insert = "insert into control.due (tenant_id, what, at, oldest) values (%(id)s, 'outbox', %(at)s, %(oldest)s)"
    administrator.execute(insert, values | {"id": oak.id})
    assert asked(client) == (503, dict.fromkeys(CHECKS, "ok") | {"work": "bad"})
    administrator.execute("update control.due set at = now(), oldest = now()")
    assert asked(client)[0] == 200


def test_parts_that_are_away_are_words_and_never_a_failure(client, administrator, monkeypatch):
    monkeypatch.setattr(settings(), "redis_url", "redis://127.0.0.1:1")
    assert asked(client) == (503, dict.fromkeys(CHECKS, "ok") | {"valkey": "bad"})
    monkeypatch.setattr(settings(), "app_url", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert asked(client) == (503, {"database": "bad", "valkey": "bad", "revisions": "unknown", "work": "unknown"})


def test_a_valkey_that_hangs_holds_neither_the_answer_nor_a_page(client, administrator, servers: Servers, oak):
    process = servers.valkey.process
    assert process
    visitor = Browser(client.application)
    visitor.origin = "http://oak.localhost:8000"
    assert visitor.get("/statement").status_code == 200
    process.send_signal(signal.SIGSTOP)
    try:
        started = time.monotonic()
        assert asked(client)[1]["valkey"] == "bad"
        assert visitor.get("/statement").status_code == 200
        assert time.monotonic() - started < 10
    finally:
        process.send_signal(signal.SIGCONT)


def test_asking_without_end_asks_the_database_once_a_second(client, administrator, monkeypatch):
    number = []
    monkeypatch.setattr("maagal.readiness.of_the_database", lambda: number.append(1) or dict.fromkeys(CHECKS, "ok"))
    health._readiness.at = float("-inf")
    for _ in range(50):
        client.get("/readyz")
    assert len(number) <= 2


def test_a_running_house_becomes_ready_and_tells_a_stranger_nothing_more(running: House, ask: Ask) -> None:
    deadline = time.monotonic() + 60
    while True:
        status, _headers, body = ask("/readyz", Host=f"localhost:{running.port}")
        if status == 200 or time.monotonic() > deadline:
            break
        time.sleep(0.5)
    assert (status, json.loads(body)) == (200, {"ready": True, "checks": dict.fromkeys(CHECKS, "ok")})
    assert MARK not in body
