"""What the web floor promises: over TLS, under attack by header and field, and while PostgreSQL is away."""

from collections.abc import Callable, Iterator
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from sqlalchemy.engine import make_url

from maagal import provisioning, register
from maagal.app import create_app
from maagal.bootstrap import plain
from maagal.config import Settings, settings
from maagal.db import db
from maagal.headers import POLICY
from maagal.tenancy import Tenant
from tests.circle import Browser, Circle, sign_in_as, token

Browse = Callable[..., Browser]


@pytest.fixture
def over_tls(house: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The house as it stands behind a proxy that ends TLS."""
    monkeypatch.setenv("MAAGAL_PUBLIC_URL", "https://maagal.example")
    settings.cache_clear()
    made = create_app()
    with made.app_context():
        yield made
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
    monkeypatch.undo()
    settings.cache_clear()


def secure(app: Flask, tenant: Tenant, person_id: UUID | None = None) -> Browser:
    client = Browser(app, use_cookies=True)
    client.origin = f"https://{tenant.slug}.maagal.example"
    client.environ_base["HTTP_X_FORWARDED_PROTO"] = "https"
    if person_id:
        sign_in_as(client, person_id, tenant)
    return client


def test_over_tls_a_form_with_its_token_is_taken_without_a_referer(over_tls: Flask, circle: Circle, oak: Tenant) -> None:
    client = secure(over_tls, oak)
    fields = {"csrf_token": token(client, "/accessibility"), "size": "150"}
    answer = client.post("/accessibility", data=fields)
    assert answer.status_code == 303
    assert client.post("/accessibility", data={"size": "150"}).status_code == 400


def test_over_tls_the_cookie_keeps_to_its_host_and_the_browser_to_tls(over_tls: Flask, circle: Circle, oak: Tenant) -> None:
    answer = secure(over_tls, oak).get("/sign-in")
    cookie = next(each for each in answer.headers.getlist("Set-Cookie") if each.startswith("__Host-maagal="))
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")


def test_over_tls_no_path_leads_into_a_tenant(over_tls: Flask, oak: Tenant) -> None:
    client = Browser(over_tls)
    assert client.get("/c/oak/statement", base_url="https://maagal.example").status_code == 404


def test_every_page_forbids_foreign_and_inline_script_and_is_kept_nowhere(circle: Circle, browse: Browse) -> None:
    answer = browse(circle.miri).get("/today")
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert "unsafe" not in POLICY
    assert "default-src 'none'" in POLICY
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("trick", [{}, {"List-Unsubscribe": "One-Click"}])
def test_a_post_that_another_site_began_is_refused_whatever_it_carries(
    circle: Circle, browse: Browse, trick: dict[str, str]
) -> None:
    client = browse(circle.miri)
    fields = {"csrf_token": token(client), "size": "150"} | trick
    assert client.post("/accessibility", data=fields, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400
    assert client.post("/accessibility", data=fields, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".localhost", "oak.localhost:port", "oak localhost", "evil/", ""])
def test_a_host_that_no_host_can_have_is_a_plain_refusal(house: Flask, oak: Tenant, host: str) -> None:
    assert house.test_client().get("/statement", headers={"Host": host}).status_code in {400, 404}


@pytest.mark.parametrize("slug", ["%0d%0ax", "a;b", "%00", "Oak", "a--b"])
def test_a_path_that_names_no_slug_is_nowhere(house: Flask, oak: Tenant, slug: str) -> None:
    answer = house.test_client().get(f"/c/{slug}/statement", base_url="http://localhost:8000")
    assert answer.status_code == (400 if slug == "%00" else 404)
    assert [each for each in answer.headers.getlist("Set-Cookie") if not each.startswith("maagal_console=")] == []


def test_a_character_that_no_text_column_holds_is_left_out(circle: Circle, browse: Browse) -> None:
    client = browse(circle.dana)
    assert client.get("/people?q=Mi%00ri").status_code == 200
    assert "Miri" in client.get("/people?q=Mi%00ri").text


def test_a_suspended_tenant_is_away_also_for_whoever_is_signed_in(circle: Circle, browse: Browse, oak: Tenant) -> None:
    client = browse(circle.dana)
    assert client.get("/me").status_code == 200
    db.session.remove()
    with provisioning.connect(Settings()) as connection:
        provisioning.suspend(connection, oak.slug)
        try:
            for address in ("/me", "/people", "/nowhere"):
                assert client.get(address).status_code == 503, address
        finally:
            provisioning.resume(connection, oak.slug)
            register.forget()
    assert client.get("/me").status_code == 200


def test_a_restart_of_postgresql_costs_nobody_a_page(circle: Circle, browse: Browse) -> None:
    client = browse(circle.dana)
    assert client.get("/me").status_code == 200
    db.session.remove()
    with psycopg.connect(plain(make_url(Settings().database_url)), autocommit=True) as administrator:
        administrator.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'maagal_app'")
    register.forget()  # asking whose house it is comes first, on a connection of its own
    assert [client.get("/me").status_code for _ in range(8)] == [200] * 8


def test_a_page_of_failure_asks_the_database_nothing(
    circle: Circle, browse: Browse, context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browse(circle.dana)

    def away(*_arguments: object, **_named: object) -> object:
        raise psycopg.OperationalError

    monkeypatch.setattr("maagal.register._ask", away)
    register.forget()
    monkeypatch.setitem(context.config, "PROPAGATE_EXCEPTIONS", False)
    assert client.get("/me").status_code == 500
    assert client.get("/healthz").status_code == 200
    assert client.get("/assets/x/house.css").status_code == 200
