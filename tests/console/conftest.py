"""An operator with a password and an app, browsers at the console's address, and a provisioner that works when told to."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pyotp
import pytest
from click.testing import CliRunner
from flask import Flask
from werkzeug.test import TestResponse

from maagal import clock, provisioning, wishes
from maagal.config import Settings
from maagal.console import vault
from maagal.console.commands import operator as operator_command
from maagal.console.demo import make_demo_operator
from maagal.limits import limiter
from tests.circle import Browser
from tests.circle import token as csrf

ADDRESS = "http://console.localhost:8000"
EMAIL, PASSWORD = "ada@example.org", "a sentence to remember"


@dataclass(frozen=True)
class Ada:
    """An enrolled operator: their id and their app."""

    id: UUID
    secret: str

    def code(self, steps: int = 0) -> str:
        return pyotp.TOTP(self.secret).generate_otp(int(clock.now().timestamp()) // 30 + steps)


@pytest.fixture(autouse=True)
def _fresh_limits(house: object) -> None:
    limiter.reset()


@pytest.fixture
def provisioner(context: Flask) -> Iterator[psycopg.Connection]:
    with provisioning.connect(Settings()) as connection:
        yield connection


@pytest.fixture
def browser(house: Flask) -> Callable[[], Browser]:
    """Return a client at the console's address, signed in as nobody."""

    def client() -> Browser:
        made = Browser(house, use_cookies=True)
        made.origin = ADDRESS
        return made

    return client


@pytest.fixture
def invitation(provisioner: psycopg.Connection) -> str:
    """The path of a fresh invitation's link, printed by the command."""
    said = CliRunner().invoke(operator_command, ["add", EMAIL])
    assert said.exit_code == 0, said.output
    return link_in(said.output)


@pytest.fixture
def ada(invitation: str, browser: Callable[[], Browser], provisioner: psycopg.Connection) -> Ada:
    """An operator who came by the invitation, with the code of the step before: this one's is still good."""
    row = provisioner.execute("select id, totp from control.operators where email = %s", [EMAIL]).fetchone()
    known = Ada(row[0], vault.unseal(bytes(row[1]), row[0]))
    with clock.held_at(clock.now()):  # or the next step may begin between the code and its check
        answer = post(browser(), invitation, password=PASSWORD, code=known.code(-1))
    assert answer.status_code == 303, answer.text
    return known


@pytest.fixture
def console(ada: Ada, browser: Callable[[], Browser]) -> Browser:
    """Ada's browser, signed in."""
    client = browser()
    assert sign_in(client, ada).location == "/console/"
    return client


@pytest.fixture
def bea(browser: Callable[[], Browser], provisioner: psycopg.Connection) -> Browser:
    """A second operator's browser, signed in."""
    email = "bea@example.org"
    said = CliRunner().invoke(operator_command, ["add", email], catch_exceptions=False)
    path = link_in(said.output)
    row = provisioner.execute("select id, totp from control.operators where email = %s", [email]).fetchone()
    second, client = Ada(row[0], vault.unseal(bytes(row[1]), row[0])), browser()
    assert post(client, path, password=PASSWORD, code=second.code()).status_code == 303
    return client


def link_in(printed: str) -> str:
    """Return the path of the enrolment link that the command printed."""
    return re.search(rf"{re.escape(ADDRESS)}(/console/enrol/\S{{43}})", printed)[1]


def post(client: Browser, path: str, *, token_from: str = "", **values: object) -> TestResponse:
    return client.post(path, data=values | {"csrf_token": csrf(client, token_from or path)})


def sign_in(client: Browser, ada: Ada, code: str = "") -> TestResponse:
    post(client, "/console/sign-in", email=EMAIL, password=PASSWORD)
    return post(client, "/console/second", code=code or ada.code())


def work_off(connection: psycopg.Connection) -> int:
    """Be the provisioner for a moment."""
    return wishes.work_off(connection)


@pytest.fixture
def invite_again() -> Callable[[], None]:
    """Return a way to invite Ada once more."""
    return lambda: CliRunner().invoke(operator_command, ["add", EMAIL], catch_exceptions=False) and None


@pytest.fixture
def demo_operator(provisioner: psycopg.Connection) -> None:
    """The operator that the demonstration brings."""
    make_demo_operator(provisioner)


@pytest.fixture
def pass_by(told: dict[str, str]) -> Iterator[Callable[[timedelta], None]]:
    """Return a way to let time pass for every request; afterwards the clock is as it was."""
    file = Path(told["MAAGAL_CLOCK_FILE"])
    yield lambda span: clock.set_to(clock.now() + span, file)
    file.unlink(missing_ok=True)
