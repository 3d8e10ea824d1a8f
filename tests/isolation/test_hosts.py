"""Whose house a request is in is said by the host alone, and a forged one leads nowhere else."""

import re

import pytest

from maagal.addresses import host_of
from maagal.app import create_app
from maagal.config import settings
from maagal.db import db
from tests.circle import Browser, sign_in_as, token
from tests.isolation.rows import close_connections

PAGE = "/statement"
MARKS = {"oak": "אלון", "elm": "בוקיצה"}


@pytest.fixture
def ask(oak, elm, context):
    """Ask for a page with this host (or none) and these further words of the environment; tell status and whose it is."""

    def asked(host, path=PAGE, **environ):
        client = Browser(context, use_cookies=False)
        told = {"PATH_INFO": path, "RAW_URI": path, "REQUEST_URI": path} | environ
        answer = client.get("/", environ_overrides=told | {"HTTP_HOST": host})
        whose = {slug for slug, name in MARKS.items() if name in answer.text}
        assert answer.status_code < 500, answer.status
        assert "elm" not in str(answer.headers).replace(path, "")
        return answer.status_code, whose

    return asked


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTP_X_FORWARDED_HOST": "elm.localhost:8000"},
        {"HTTP_X_FORWARDED_HOST": "elm.localhost", "HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_PORT": "1"},
        {"HTTP_FORWARDED": "host=elm.localhost;proto=http"},
        {"HTTP_X_ORIGINAL_HOST": "elm.localhost", "HTTP_X_HOST": "elm.localhost"},
        {"HTTP_X_HTTP_HOST_OVERRIDE": "elm.localhost"},
        {"HTTP_X_FORWARDED_PREFIX": "/c/elm", "HTTP_X_SCRIPT_NAME": "/c/elm"},
        {"HTTP_X_FORWARDED_SERVER": "elm.localhost", "SERVER_NAME": "elm.localhost"},
        {"HTTP_X_ORIGINAL_URL": "http://elm.localhost/statement", "HTTP_X_REWRITE_URL": "/c/elm/statement"},
        {"HTTP_MAAGAL_SLUG": "elm"},
    ],
    ids="+".join,
)
def test_no_header_but_the_host_names_a_tenant(ask, environ):
    assert ask("oak.localhost:8000", **environ) == (200, {"oak"})


@pytest.mark.parametrize(
    ("netloc", "host"),
    [("OAK.localhost:8000", "oak.localhost"), ("oak.localhost:", "oak.localhost"), ("[::1]:80", "[::1]"), ("[::1]", "[::1]")],
)
def test_a_port_is_no_part_of_a_host_and_what_stands_in_brackets_is_no_port(netloc, host):
    assert host_of(netloc) == host


@pytest.mark.parametrize("host", ["OAK.LOCALHOST:8000", "Oak.LocalHost", "oak.localhost", "oak.localhost:65535"])
def test_case_and_port_do_not_change_whose_it_is(ask, host):
    assert ask(host) == (200, {"oak"})


@pytest.mark.parametrize(
    "host",
    [
        "oak.localhost.", "oak.localhost.:8000", "oak.localhost:", "oak.localhost:x", "oak.localhost:99999999",
        "oak.localhost:0", "oak.localhost, elm.localhost", "oak.localhost,elm.localhost", "elm.localhost@oak.localhost",
        "oak.localhost@elm.localhost", "elm.localhost#.oak.localhost", "elm.localhost/.oak.localhost",
        "elm.localhost\\.oak.localhost", "elm.localhost?oak.localhost", "oak.localhost:8000:elm.localhost",
        "oak.localhost elm.localhost", "oak.localhost\telm.localhost", "x.oak.localhost", "oak.elm.localhost", ".localhost",
        "..localhost", "localhost", "127.0.0.1", "[::1]:8000", "[elm.localhost]", "", " ", "%65lm.localhost",
        "elm%2elocalhost", "ｏak.localhost", "xn--4gb.localhost", "oak\u3002localhost", "oak.localhost\x00",
        "oak" * 40 + ".localhost", "oak." * 100 + "localhost",
        "oak.evil.example", "oak.localhost.evil.example", "evil.example", "oak_.localhost", "*.localhost", "'--.localhost",
    ],
    ids=lambda host: repr(host)[:40],
)  # fmt: skip
def test_an_odd_host_is_nowhere_or_where_it_says_and_never_somewhere_else(ask, host):
    status, whose = ask(host)
    assert whose <= {"oak"}
    assert status in {200, 400, 404}


@pytest.mark.parametrize(
    "path",
    [
        "http://elm.localhost:8000/statement", "//elm.localhost/statement", "/c/elm/statement", "/c/elm", "/c/ELM/statement",
        "c/elm/statement", "/./c/elm/statement", "/c/elm/../elm/statement", "/c//elm/statement", "/%63/elm/statement",
        "/statement/../c/elm/statement", "\\\\elm.localhost\\statement", "*",
    ],
)  # fmt: skip
def test_no_address_names_a_tenant_where_the_host_does(ask, path):
    status, whose = ask("oak.localhost:8000", path)
    assert status == 404
    assert whose <= {"oak"}


@pytest.mark.parametrize(
    "host", ["evil.example", "oak.localhost", "10.0.0.1", "localhost.evil.example", "127.0.0.1.evil.example", "::1"]
)
def test_a_prefix_names_a_tenant_on_this_machine_alone(ask, host):
    assert "elm" not in ask(host, "/c/elm/statement")[1]


@pytest.mark.parametrize(
    "path",
    [
        "/c/oak/c/elm/statement", "/c//statement", "/c/oak/../elm/statement", "/c/oak%2f../elm/statement", "/c/OAK/statement",
        "/c/", "/c/control/statement", "/c/t_000000000000/statement", "/c/oak'--/statement", "/c/oak\x00/statement",
    ],
)  # fmt: skip
def test_an_odd_prefix_is_nowhere(ask, path):
    status, whose = ask("localhost:8000", path)
    assert status in {400, 404}
    assert whose <= {"oak"}


@pytest.mark.parametrize("path", ["/help/resume/%00", "/demo/%00", "/%00"])
def test_a_path_that_postgresql_cannot_keep_is_refused_before_it_is_asked(circle, browse, path):
    assert browse(circle.dana).get(path).status_code == 400


@pytest.mark.parametrize("path", ["/people?q=%00", "/help?x=%00", "/sign-in?next=%00"])
def test_an_argument_that_postgresql_cannot_keep_reaches_nobody(circle, browse, path):
    assert browse(circle.dana).get(path).status_code in {200, 303}


def test_a_form_is_read_without_the_nul_in_it(circle, browse):
    client = browse(circle.dana)
    for fields in ({"first_name": "a\0b"}, {"first\0name": "a"}):
        assert client.post("/me", data={"csrf_token": token(client), **fields}).status_code in {303, 409, 422}


def test_path_mode_keeps_cookies_apart_by_name_and_path(oak, elm, circle, context):
    client = Browser(context, use_cookies=True)
    client.origin = "http://oak.localhost:8000"
    sign_in_as(client, circle.dana, oak)
    cookie = client.get_cookie("maagal", domain="oak.localhost").value
    for name in ("maagal", "maagal_oak", "maagal_elm", "__Host-maagal"):
        client.set_cookie(name, cookie, domain="localhost")
    assert client.get("/c/oak/notices", base_url="http://localhost:8000").status_code == 200
    assert client.get("/c/elm/notices", base_url="http://localhost:8000").status_code == 303


def test_what_is_sent_out_is_addressed_by_what_is_stored(oak, circle, browse):
    """A forged port is in no link, no redirect and no cookie; an address somebody typed leads to no other site."""
    client = browse(circle.dana)
    for path in ("/today", "/people", "/pairs"):
        assert "6666" not in client.get(path, base_url="http://oak.localhost:6666").text
    turned_away = browse().get("/pairs", base_url="http://oak.localhost:6666")
    assert turned_away.location.startswith("/sign-in?next=")
    for next_page in ("http://elm.localhost/", "//elm.localhost/", "/\\elm.localhost", "https:elm.localhost", "/c/elm/"):
        asked = browse().get("/sign-in", query_string={"next": next_page})
        assert 'href="http://elm' not in asked.text
        assert 'href="//elm' not in asked.text


@pytest.fixture
def behind_tls(house, oak, monkeypatch):
    """The house as it stands behind a proxy that ends TLS."""
    secure = settings().model_copy(update={"public_url": "https://localhost", "trusted_hops": 1})
    monkeypatch.setattr("maagal.cookies.settings", lambda: secure)
    monkeypatch.setattr("maagal.transport.settings", lambda: secure)
    db.session.remove()
    made = create_app(secure)
    yield made
    close_connections(made)


def test_behind_a_proxy_the_forwarded_host_is_not_believed_either(behind_tls, oak, elm):
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "10.1.1.1"}
    headers |= {"X-Forwarded-Host": "elm.localhost", "X-Forwarded-Prefix": "/c/elm"}
    answer = Browser(behind_tls).get(PAGE, base_url="http://oak.localhost", headers=headers)
    assert answer.status_code == 200
    assert MARKS["oak"] in answer.text
    assert MARKS["elm"] not in answer.text
    cookie = answer.headers.get("Set-Cookie", "__Host-maagal=; Secure; Path=/")
    assert cookie.startswith("__Host-maagal=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


def test_behind_a_proxy_a_form_is_accepted_from_a_browser_that_names_no_referrer(behind_tls, oak):
    """We ask browsers to name none (Referrer-Policy), so a form that insisted on one would never be accepted over TLS."""
    client, address = Browser(behind_tls), {"base_url": "https://oak.localhost", "headers": {"X-Forwarded-Proto": "https"}}
    shown = client.get("/accessibility", **address)
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    proof = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', shown.text)[1]
    assert client.post("/accessibility", data={"csrf_token": proof}, **address).status_code == 303
    assert client.post("/accessibility", data={"csrf_token": "x"}, **address).status_code == 400
