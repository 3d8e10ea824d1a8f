"""Coming in at the console: invited, with a password and a code, and never by guessing."""

import re
import secrets
from datetime import timedelta

import pyotp
import pytest

from maagal import clock
from maagal.config import Settings, settings
from tests.console.conftest import EMAIL, PASSWORD, Ada, post, sign_in


def test_an_invitation_is_good_once(invitation, ada, browser):
    again = browser().get(invitation)
    assert again.status_code == 200
    assert ada.secret not in again.text.replace(" ", "")
    assert "הקישור כבר שימש" in again.text
    assert post(browser(), invitation, token_from="/console/sign-in", password=PASSWORD, code=ada.code(1)).status_code == 422


def test_an_invitation_is_good_for_a_day(invitation, browser, pass_by):
    assert 'class="qr"' in browser().get(invitation).text
    pass_by(timedelta(hours=25))
    assert 'class="qr"' not in browser().get(invitation).text


def test_a_short_password_or_a_wrong_code_spends_nothing(invitation, browser):
    assert post(browser(), invitation, password="short", code="000000").status_code == 422
    assert post(browser(), invitation, password=PASSWORD, code="000000").status_code == 422
    assert 'class="qr"' in browser().get(invitation).text


def test_password_and_code_open_the_console_and_signing_out_closes_it(ada, browser):
    client = browser()
    assert client.get("/console/").location.startswith("/console/sign-in")
    assert post(client, "/console/sign-in", email=EMAIL.upper(), password=PASSWORD).location == "/console/second"
    assert client.get("/console/").status_code == 303
    assert post(client, "/console/second", code=ada.code()).location == "/console/"
    cookie = client.get_cookie("maagal_console", domain="console.localhost", path="/").value
    assert client.get("/console/").status_code == 200
    post(client, "/console/out", token_from="/console/health")
    thief = browser()
    thief.set_cookie("maagal_console", cookie, domain="console.localhost")
    assert thief.get("/console/").status_code == 303


def test_a_code_is_good_for_one_use(ada, browser):
    used = ada.code()
    assert sign_in(browser(), ada, used).status_code == 303
    assert sign_in(browser(), ada, used).status_code == 422


def test_known_and_unknown_addresses_are_answered_alike(ada, browser):
    answers = [post(browser(), "/console/sign-in", email=email, password="wrong") for email in (EMAIL, "nobody@example.org")]
    assert [answer.status_code for answer in answers] == [422, 422]
    told = [re.sub(r"ada@example\.org|nobody@example\.org|[\w.-]{60,}", "", answer.text) for answer in answers]
    assert told[0] == told[1]


@pytest.mark.parametrize("what", ["password", "code"])
def test_guessing_bars_the_door_for_a_while_even_for_the_right_answer(ada, browser, pass_by, what):
    for _guess in range(8):
        client = browser()
        if what == "code":
            assert sign_in(client, ada, "000000").status_code == 422
        else:
            assert post(client, "/console/sign-in", email=EMAIL, password="guessed").status_code == 422
    assert post(browser(), "/console/sign-in", email=EMAIL, password=PASSWORD).status_code == 422
    pass_by(timedelta(minutes=16))
    assert post(browser(), "/console/sign-in", email=EMAIL, password=PASSWORD).status_code == 303


def test_inviting_again_ends_what_was_before(console, ada, invite_again):
    assert console.get("/console/").status_code == 200
    invite_again()
    assert console.get("/console/").status_code == 303
    assert post(console, "/console/sign-in", email=EMAIL, password=PASSWORD).status_code == 422


def test_the_secret_and_the_password_are_not_kept_in_the_clear(ada, provisioner):
    row = provisioner.execute("select totp, password from control.operators where email = %s", [EMAIL]).fetchone()
    assert ada.secret.encode() not in bytes(row[0])
    assert row[1].startswith("$argon2id$")


def test_the_demonstrations_operator_has_one_button_on_this_machine_alone(demo_operator, browser, monkeypatch):
    client = browser()
    assert post(client, "/console/demo").location == "/console/"
    assert client.get("/console/").status_code == 200
    monkeypatch.setattr(Settings, "is_loopback", property(lambda _self: False))
    assert client.get("/console/").status_code == 303
    assert client.get("/console/demo").status_code == 404


def test_an_address_elsewhere_is_not_followed_after_signing_in(ada, browser):
    client = browser()
    post(client, "/console/sign-in", token_from="/console/sign-in?next=//evil.example", email=EMAIL, password=PASSWORD,
         next="//evil.example/")  # fmt: skip
    assert post(client, "/console/second", code=ada.code()).location == "/console/"


def test_somebody_elses_app_opens_nothing(ada: Ada, browser):
    stranger = pyotp.TOTP(pyotp.random_base32()).generate_otp(int(clock.now().timestamp()) // 30)
    assert sign_in(browser(), ada, stranger).status_code == 422


def test_an_operators_app_opens_while_the_master_key_is_changed_and_not_once_the_old_one_is_gone(ada, browser, monkeypatch):
    monkeypatch.setattr(settings(), "master_key_old", settings().master_key)
    monkeypatch.setattr(settings(), "master_key", secrets.token_hex(32))
    assert sign_in(browser(), ada).status_code == 303
    monkeypatch.setattr(settings(), "master_key_old", "")
    assert sign_in(browser(), ada, ada.code(1)).status_code == 422
