"""The reader's own display, kept in a cookie by a plain form."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from maagal import preferences
from maagal.preferences import CHOICES, COOKIE, Preferences


@pytest.fixture
def app() -> Flask:
    made = Flask("page", static_folder=None)
    made.register_blueprint(preferences.bp)
    return made


@pytest.fixture
def reader(app: Flask) -> FlaskClient:
    return app.test_client()


def chosen(reader: FlaskClient) -> Preferences:
    cookie = reader.get_cookie(COOKIE)
    assert cookie is not None
    return Preferences.parse(cookie.value)


def test_a_choice_is_kept_and_leads_back_to_where_the_reader_was(reader: FlaskClient) -> None:
    answer = reader.post("/accessibility", data={"size": "150", "scheme": "dark", "next": "/pairs?page=2"})
    assert (answer.status_code, answer.location) == (303, "/pairs?page=2")
    assert chosen(reader) == Preferences(size="150", scheme="dark")


def test_a_choice_on_the_first_page_leads_back_to_the_first_page(reader: FlaskClient) -> None:
    assert reader.post("/accessibility", data={"locale": "en", "next": "/?"}).location == "/"
    answer = reader.post("/accessibility", data={"next": "/?"}, environ_overrides={"SCRIPT_NAME": "/c/oak"})
    assert answer.location == "/c/oak/"


def test_one_choice_leaves_the_others_alone(reader: FlaskClient) -> None:
    reader.post("/accessibility", data={"size": "200", "keys": "off"})
    reader.post("/accessibility", data={"locale": "en"})
    assert chosen(reader) == Preferences(size="200", keys="off", locale="en")


def test_reset_forgets_everything(reader: FlaskClient) -> None:
    reader.post("/accessibility", data={"size": "200", "contrast": "more"})
    reader.post("/accessibility", data={"reset": "1"})
    assert chosen(reader) == Preferences()


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "/\r\n/evil.example", "evil", ""],
)
def test_nobody_is_led_to_another_site(reader: FlaskClient, elsewhere: str) -> None:
    assert reader.post("/accessibility", data={"next": elsewhere}).location == "/accessibility"


def test_under_a_path_the_cookie_and_the_way_back_stay_with_the_tenant(reader: FlaskClient) -> None:
    answer = reader.post("/accessibility", data={"next": "/today"}, environ_overrides={"SCRIPT_NAME": "/c/oak"})
    assert answer.location == "/c/oak/today"
    assert "Path=/c/oak;" in answer.headers["Set-Cookie"]


def test_whoever_keeps_accounts_hears_of_a_change(app: Flask, reader: FlaskClient) -> None:
    heard: list[Preferences] = []

    def listen(_sender: Flask, *, preferences: Preferences) -> None:
        heard.append(preferences)

    with preferences.changed.connected_to(listen, sender=app):
        reader.post("/accessibility", data={"contrast": "more"})
    assert heard == [Preferences(contrast="more")]


def test_the_page_carries_every_choice_as_an_attribute() -> None:
    assert Preferences.parse("125.more.light.off").attributes == {
        "data-size": "125", "data-contrast": "more", "data-scheme": "light", "data-keys": "off",
    }  # fmt: skip


@given(st.text())
def test_no_cookie_breaks_a_page(text: str) -> None:
    read = Preferences.parse(text)
    assert all(read.attributes[f"data-{name}"] in choices for name, choices in CHOICES.items())
    assert Preferences.parse(read.text) == read
