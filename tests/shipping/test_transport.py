"""Over TLS everywhere: what came in the clear is sent there or refused, and browsers are told to come by TLS alone."""

import pytest

from maagal import register
from maagal.config import Settings
from maagal.provisioning import connect, settle_host
from tests.circle import Browser, sign_in_as, token
from tests.shipping.conftest import BASE

TLS, CLEAR = {"X-Forwarded-Proto": "https"}, {"X-Forwarded-Proto": "http"}
OAK = f"http://oak.{BASE}"
OURS, THEIRS = "max-age=63072000; includeSubDomains", "max-age=63072000"


@pytest.fixture
def own_host(oak):
    """A host of oak's own for a while."""
    with connect(Settings()) as connection:
        settle_host(connection, "oak", "support.oak.example")
        yield "support.oak.example"
        settle_host(connection, "oak", None)
    register.forget()


def asset(client):
    page = client.get("/statement", base_url=OAK, headers=TLS).text
    return page.split('rel="stylesheet" href="')[1].split('"')[0]


def test_every_answer_over_tls_says_to_come_by_tls_alone(behind):
    client = Browser(behind(1))
    for path, status in [
        ("/statement", 200),
        ("/nowhere", 404),
        ("/people", 303),
        (asset(client), 200),
        ("/%00", 400),
        ("/healthz", 200),
    ]:
        answer = client.get(path, base_url=OAK, headers=TLS)
        assert (answer.status_code, answer.headers.getlist("Strict-Transport-Security")) == (status, [OURS]), path


@pytest.mark.parametrize("host", ["nobody.example", "a..b"])
def test_a_stranger_host_hears_nothing_of_hosts_below_it(behind, host):
    answer = Browser(behind(1)).get("/statement", base_url=OAK, headers=TLS | {"Host": host})
    assert answer.headers["Strict-Transport-Security"] == THEIRS


def test_an_organisations_own_host_speaks_for_itself_alone(behind, own_host):
    answer = Browser(behind(1)).get("/statement", base_url=f"http://{own_host}", headers=TLS)
    assert (answer.status_code, answer.headers["Strict-Transport-Security"]) == (200, THEIRS)
    assert "preload" not in answer.headers["Strict-Transport-Security"]


def test_in_the_clear_nothing_is_said_of_tls(behind):
    plain = Browser(behind(0, public_url=f"http://{BASE}"))
    assert "Strict-Transport-Security" not in plain.get("/statement", base_url=OAK, headers=TLS).headers
    assert "Strict-Transport-Security" not in Browser(behind(1)).get("/statement", base_url=OAK, headers=CLEAR).headers


@pytest.mark.parametrize("headers", [CLEAR, {}, {"X-Forwarded-Proto": "https, http"}])
def test_a_reader_in_the_clear_is_sent_to_the_stored_address_and_gets_no_cookie(behind, headers):
    answer = Browser(behind(1)).get("/sign-in?next=/me", base_url=f"{OAK}:80", headers=headers)
    assert (answer.status_code, answer.location) == (308, f"https://oak.{BASE}/sign-in?next=/me")
    assert answer.headers.getlist("Set-Cookie") == []


def test_a_host_of_nobody_is_sent_nowhere(behind):
    answer = Browser(behind(1)).get("/statement", base_url="http://evil.example", headers=CLEAR)
    assert answer.status_code == 404
    assert "evil" not in str(answer.headers)


def test_what_is_posted_in_the_clear_is_refused_also_with_a_good_token(behind, circle, oak):
    client = Browser(behind(1), use_cookies=True)
    client.origin = f"https://oak.{BASE}"
    client.environ_base["HTTP_X_FORWARDED_PROTO"] = "https"
    sign_in_as(client, circle.dana, oak)
    fields = {"csrf_token": token(client), "size": "150"}
    assert client.post("/accessibility", data=fields, headers=CLEAR).status_code == 400
    assert client.post("/accessibility", data=fields).status_code == 303


@pytest.mark.parametrize("path", ["/healthz", "/readyz?check=database"])
def test_the_health_check_asks_in_the_clear(behind, path):
    assert Browser(behind(1)).get(path, base_url="http://127.0.0.1:8000").status_code == 200
