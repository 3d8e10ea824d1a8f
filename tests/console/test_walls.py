"""Nothing of the console is at an organisation's address, nothing of an organisation is at the console's."""

import json
import re

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from maagal import tenancy
from maagal.bootstrap import plain
from maagal.config import Settings
from maagal.db import Base, db, within
from maagal.permissions import OPERATOR, ROLES, VISITOR
from maagal.routes import routes as routes_as_json
from tests.circle import Browser, token

OPEN = {"console.sign_in", "console.try_password", "console.second", "console.try_code", "console.enrol", "console.confirm",
        "console.sign_out", "console.try_it", "console.enter_the_demo"}  # fmt: skip
ALSO = {"assets", "health", "preferences", "console"}
NOWHERE = "00000000-0000-7000-8000-000000000000"


def routes(house, *, console):
    for route in house.url_map.iter_rules():
        if (route.endpoint.partition(".")[0] == "console") == console:
            yield route


def address(route):
    values = {name: NOWHERE if name.endswith("_id") else "x" * 43 for name in route.arguments}
    return re.sub(r"<(int:)?[^>]*?(\w+)>", lambda found: "999999999" if found[1] else values[found[2]], route.rule)


def test_every_page_of_the_console_is_the_operators_alone_or_the_door(house):
    for route in routes(house, console=True):
        roles = house.view_functions[route.endpoint].needs.roles
        assert roles == ({*ROLES, VISITOR} if route.endpoint in OPEN else {OPERATOR}), route.endpoint


def test_no_page_of_an_organisation_lets_an_operator_in(house):
    assert not any(OPERATOR in house.view_functions[route.endpoint].needs.roles for route in routes(house, console=False))


@pytest.mark.parametrize("origin", ["http://oak.localhost:8000", "http://127.0.0.1:8000/c/oak", "http://elsewhere.example"])
def test_the_console_is_not_at_any_other_address(house, console, oak_and_elm, origin):
    cookie = console.get_cookie("maagal_console", domain="console.localhost", path="/").value
    client = Browser(house, use_cookies=True)
    client.origin, prefix = origin.removesuffix("/c/oak"), "/c/oak" if "/c/" in origin else ""
    for name in ("maagal", "maagal_oak", "maagal_console"):
        client.set_cookie(name, cookie, domain=origin.split("/")[2].split(":")[0], path=prefix or "/")
    data = {"csrf_token": token(client, f"{prefix}/accessibility")} if "oak" in origin else {}
    for route in routes(house, console=True):
        for method in route.methods & {"GET", "POST"}:
            answer = client.open(f"{prefix}{address(route)}", method=method, data=data)
            assert answer.status_code == (404 if data or method == "GET" else 400), (method, route.endpoint)


@pytest.mark.parametrize("origin", ["http://console.localhost:8000", "http://127.0.0.1:8000", "http://localhost:8000"])
def test_no_organisations_page_is_at_the_consoles_address(console, origin):
    for route in routes(console.application, console=False):
        if route.endpoint.partition(".")[0] not in ALSO and "GET" in route.methods and "<" not in route.rule:
            answer = console.get(route.rule, base_url=origin)
            to_the_console = route.rule == "/" and "console" in origin
            assert answer.status_code == (303 if to_the_console else 404), route.endpoint


def test_visitors_are_asked_to_sign_in_and_ids_tell_them_nothing(browser, house):
    client = browser()
    proof = token(client, "/console/sign-in")
    for route in routes(house, console=True):
        if route.endpoint not in OPEN:
            for method in route.methods & {"GET", "POST"}:
                answer = client.open(address(route), method=method, data={"csrf_token": proof})
                assert answer.location.startswith("/console/sign-in"), (method, route.endpoint)


def test_an_operator_sees_every_page_and_nothing_for_ids_that_nothing_has(console, oak_and_elm):
    proof = token(console)
    for route in routes(console.application, console=True):
        if route.endpoint in OPEN:
            continue
        for method in route.methods & {"GET", "POST"}:
            answer = console.open(address(route), method=method, data={"csrf_token": proof})
            expected = {404} if route.arguments else {200, 422}
            assert answer.status_code in expected, (method, route.endpoint)
            assert "no-store" in answer.headers["Cache-Control"]


def test_the_consoles_path_answers_on_this_machine_without_a_subdomain(house):
    client = house.test_client()
    assert client.get("http://127.0.0.1:8000/console/sign-in").status_code == 200
    assert client.get("http://localhost:8000/console/").location == "/console/sign-in?next=/console/"
    assert client.get("http://console.localhost:8000/").location == "/console/"


def test_an_operators_display_and_language_are_kept_in_their_cookie(console):
    answer = console.post("/accessibility", data={"csrf_token": token(console), "locale": "en", "next": "/console/health"})
    assert (answer.status_code, answer.location) == (303, "/console/health")
    assert 'lang="en"' in console.get("/console/health").text


@pytest.mark.parametrize(
    "statement",
    [
        'select * from "{schema}".people', 'set local role "{schema}"', "set local role maagal_owner",
        "create table control.mine ()",
        "create temporary table mine ()", "update control.operations set what = 'nothing'", "delete from control.operations",
        "truncate control.operations", "update control.tenants set state = 'open'",
        "update control.tenants set schema_name = 'x'",
        "delete from control.tenants", "update control.wishes set state = 'done'", "delete from control.wishes",
        "insert into control.wishes (id, what, slug, state) values (gen_random_uuid(), 'open', 'x', 'done')",
        "insert into control.operators (id, email, made_at) values (gen_random_uuid(), 'x', now())",
        "update control.operators set totp = null", "update control.operators set email = 'x'",
        "update control.usage set people = 0", "update control.retries set done_at = now()", "delete from control.due",
        "select * from control.blank_schemas", "select set_config('role', 'maagal_owner', true)",
    ],
)  # fmt: skip
def test_the_operators_login_may_not(context, oak_and_elm, statement):
    with within(None, "operator"), pytest.raises(DBAPIError) as refused:
        db.session.execute(text(statement.format(schema=oak_and_elm[0].schema)))
    assert refused.value.orig.sqlstate == "42501"


@pytest.mark.parametrize("table", ["operators", "operator_sessions", "operations", "wishes", "retries"])
def test_no_other_login_adds_what_is_the_operators(context, table):
    with within(None), pytest.raises(DBAPIError) as refused:
        db.session.execute(text(f"insert into control.{table} default values"))
    assert refused.value.orig.sqlstate == "42501"
    assert tenancy.current_or_none() is None


def test_the_models_of_the_control_schema_are_level_with_their_tables(house):
    with psycopg.connect(plain(make_url(Settings().database_url))) as connection:
        query = "select table_name, column_name, is_nullable = 'YES' from information_schema.columns where table_schema = %s"
        stands = set(connection.execute(query, ["control"]).fetchall())
    models = {table.name: table for table in Base.metadata.tables.values() if table.schema == "control"}
    assert len(models) > 6
    for name, table in models.items():
        assert {(name, column.name, bool(column.nullable)) for column in table.columns} <= stands


def test_the_list_of_addresses_names_the_operators(house):
    listed = json.loads(routes_as_json(house))
    console = {each["endpoint"]: each["roles"] for each in listed if each["endpoint"].startswith("console.")}
    assert console["console.suspend"] == console["console.journal"] == [OPERATOR]
    assert all(each["rule"] and each["sentence"] for each in listed)
