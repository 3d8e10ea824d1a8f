"""A certificate is got for hosts that are ours; only the proxy is told which these are."""

import pytest

from maagal import register
from maagal.config import Settings
from maagal.provisioning import connect, resume, settle_host, suspend
from tests.circle import Browser
from tests.counting import statements
from tests.shipping.conftest import BASE

PROXY = {"REMOTE_ADDR": "172.18.0.1"}


@pytest.fixture
def ask(behind):
    """Ask as the proxy does whether a domain is ours."""
    app = behind(1, certificates_asked_from="127.0.0.1, 172.16.0.0/12")

    def asked(domain, environ=PROXY, **headers):
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        query = {} if domain is None else {"domain": domain}
        answer = Browser(app).get(
            "/certificate", query_string=query, base_url="http://web:8000", headers=told, environ_overrides=environ
        )
        return answer.status_code

    asked.app = app
    return asked


def test_ours_are_the_house_the_console_open_organisations_and_their_own_hosts(ask):
    with connect(Settings()) as connection:
        settle_host(connection, "oak", "support.oak.example")
        register.forget()
        try:
            ours = (BASE, f"console.{BASE}", f"oak.{BASE}", f"OAK.{BASE}", "support.oak.example", f"elm.{BASE}")
            assert {domain: ask(domain) for domain in ours} == dict.fromkeys(ours, 200)
        finally:
            settle_host(connection, "oak", None)
            register.forget()


@pytest.mark.parametrize(
    "domain",
    [None, "", "evil.example", f"nobody.{BASE}", f"x.oak.{BASE}", "oak", f"oak.{BASE}:8000", f"oak.{BASE}.", f"*.{BASE}",
     "127.0.0.1", "[::1]", "a\0b", "x" * 5000, f"www.{BASE}", "oak.evil.example", f"{BASE}.evil.example", "' or true --"],
)  # fmt: skip
def test_anything_else_is_not(ask, domain):
    assert ask(domain) == 404


def test_a_suspended_organisation_gets_no_certificate(ask):
    with connect(Settings()) as connection:
        suspend(connection, "oak")
        register.forget()
        try:
            assert ask(f"oak.{BASE}") == 404
        finally:
            resume(connection, "oak")
            register.forget()
    assert ask(f"oak.{BASE}") == 200


@pytest.mark.parametrize(
    ("environ", "headers"),
    [
        ({"REMOTE_ADDR": "8.8.8.8"}, {}),
        ({"REMOTE_ADDR": ""}, {}),
        (PROXY, {"X_Forwarded_For": "8.8.8.8"}),
        (PROXY, {"X_Forwarded_For": "127.0.0.1"}),
        ({"REMOTE_ADDR": "8.8.8.8"}, {"X_Forwarded_For": "172.18.0.1"}),
        (PROXY, {"Forwarded": "for=127.0.0.1"}),
    ],
)
def test_a_stranger_cannot_tell_ours_from_others(ask, environ, headers):
    assert ask(f"oak.{BASE}", environ, **headers) == ask("evil.example", environ, **headers) == 404


def test_a_house_that_is_told_of_no_proxy_answers_nobody(behind):
    app = behind(1)
    answer = Browser(app).get(
        "/certificate", query_string={"domain": BASE}, base_url="http://web:8000", environ_overrides={"REMOTE_ADDR": "127.0.0.1"}
    )
    assert answer.status_code == 404


def test_asking_again_costs_no_question_to_the_database_and_no_limit(ask):
    ask(f"oak.{BASE}"), ask(f"nobody.{BASE}")
    with ask.app.app_context(), statements() as asked:
        answers = [ask(f"{name}.{BASE}") for name in ("oak", "nobody") for _ in range(350)]
    assert answers == [200] * 350 + [404] * 350
    assert asked == []
