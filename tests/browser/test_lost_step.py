"""An administrator lost the app: two others make sure, a while passes, and a new one is set up. One alone changes nothing."""

import re
import subprocess
import sys
import time
from collections.abc import Callable

import pyotp
import pytest
from playwright.sync_api import Page, expect

from maagal.environment import without
from tests.browser.checks import faults
from tests.browser.hebrew import he
from tests.browser.mails import ask_for_link

pytestmark = pytest.mark.browser
PEOPLE = ("ada", "bo", "cleo")


class Apps:
    """What everybody's authenticator app shows, by the house's clock; no code twice."""

    def __init__(self, folder):
        self.file, self.secrets, self.steps = folder / "clock", {}, {}

    def code(self, name: str) -> str:
        offset = float(self.file.read_text()) if self.file.exists() else 0.0
        now = int(time.time() + offset) // 30
        self.steps[name] = max(self.steps.get(name, now - 2) + 1, now - 1)
        while self.steps[name] > now + 1:  # three in half a minute are more than an app shows
            time.sleep(1)
            now = int(time.time() + offset) // 30
        return pyotp.TOTP(self.secrets[name]).generate_otp(self.steps[name])


@pytest.fixture
def slug(running):
    """A house that is no demonstration, with three of the administration."""
    name = f"lost-{int(time.time())}"
    command(running, "tenant", "open", name, "--name", "ארגון של שלושה")
    for person in PEOPLE:
        told = ("--first", person.title(), "--email", f"{person}@{name}.example", "--role", "administrator")
        command(running, "person", "add", name, *told)
    return name


@pytest.fixture
def apps(running):
    return Apps(running.folder)


@pytest.fixture
def come(people, running, slug, apps) -> Callable[..., Page]:
    """Return a way to come as far as the second step, or, where somebody has an app, in."""

    def enter(name: str, *, lost: bool = False, javascript: bool = True) -> Page:
        page = people.page_as(slug, width=360 if lost else 1280, javascript=javascript)
        page.goto(ask_for_link(page, running, f"{name}@{slug}.example"))
        page.get_by_role("button", name=he("Sign in"), exact=True).click()
        page.wait_for_url(re.compile("/sign-in/(second|enrol)"))
        if "enrol" in page.url:
            apps.secrets[name] = page.locator("figcaption code").inner_text().replace(" ", "")
        if not lost:
            fill_code(page, apps.code(name))
            expect(page.locator("details.account")).to_be_visible()
        return page

    return enter


def command(running, *arguments: str) -> str:
    env = without({"MAAGAL_FOLDER": str(running.folder), "MAAGAL_PORT": str(running.port)})
    program = [sys.executable, "-m", "maagal.command", *arguments]
    return subprocess.run(program, env=env, capture_output=True, text=True, check=True).stdout


def fill_code(page: Page, code: str) -> None:
    page.locator("[name=code]").fill(code)
    page.locator("main form:has([name=code]) button").click()
    page.wait_for_load_state()


def say_lost(page: Page) -> str:
    """Say at the door that the app is lost, and return the number that is read out on the phone."""
    page.get_by_role("link", name=he("I can no longer show a code")).click()
    page.get_by_role("button", name=he("Ask two people")).click()
    expect(page.locator("#why-error")).to_be_visible()
    page.get_by_label(he("The phone was lost or stolen")).check()
    page.get_by_role("button", name=he("Ask two people")).click()
    return page.locator("main p.big").inner_text()


def make_sure(page: Page, number: str, code: str) -> None:
    """Follow the card of the first page, compare the number, and confirm."""
    page.goto("/today")
    page.get_by_role("link", name=he("%(name)s asks for a new second step", name="Ada")).click()
    expect(page.locator("main dl")).to_contain_text(number)
    page.get_by_label(he("We met in person")).check()
    fill_code(page, code)


@pytest.mark.parametrize("javascript", [True, False])
def test_two_others_make_sure_and_a_new_app_is_set_up(come, apps, running, slug, javascript):
    come("ada")
    bo, cleo = (come(name, javascript=javascript) for name in ("bo", "cleo"))
    before, door = running.newest_mail(), come("ada", lost=True, javascript=javascript)
    number = say_lost(door)
    if javascript:
        assert faults(door) == []

    make_sure(bo, number, "000000")
    expect(bo.locator("#code-error")).to_be_visible()
    make_sure(bo, number, apps.code("bo"))
    expect(bo.locator("main")).to_contain_text(he("It waits for others."))
    if javascript:
        assert faults(bo) == []
    expect(bo.get_by_role("button", name=he("I made sure"))).to_have_count(0)
    door.reload()
    expect(door.locator("main")).to_contain_text(he("%(said)s of %(needed)s people have confirmed.", said=1, needed=2))

    make_sure(cleo, number, apps.code("cleo"))
    link = running.wait_for_mail("/sign-in/new-step/", to=f"ada@{slug}.example", after=before).link("/sign-in/new-step/")
    door.goto(link)
    door.get_by_role("button", name=he("Set it up")).click()
    apps.secrets["ada"], apps.steps = door.locator("figcaption code").inner_text().replace(" ", ""), {}
    if javascript:
        assert faults(door) == []
    fill_code(door, "000000")
    expect(door.locator("#code-error")).to_be_visible()
    fill_code(door, apps.code("ada"))
    expect(door.locator("details.account")).to_be_visible()
    door.goto(link)
    expect(door.get_by_text(he("This link was used already, or it is too old."))).to_be_visible()


def test_somebody_refuses_and_nothing_changes(come, apps):
    come("ada")
    bo, cleo, door = come("bo"), come("cleo"), come("ada", lost=True)
    number = say_lost(door)
    make_sure(bo, number, apps.code("bo"))
    cleo.goto("/second-steps")
    cleo.get_by_role("link", name="Ada").click()
    cleo.locator("details.confirm summary").click()
    cleo.get_by_role("button", name=he("Refuse it")).click()
    expect(cleo.locator("main dl")).to_contain_text(he("refused"))
    door.reload()
    expect(door.get_by_text(he("Your last request was refused."))).to_be_visible()
    door.get_by_role("link", name=he("I do have a code")).click()
    fill_code(door, apps.code("ada"))
    expect(door.locator("details.account")).to_be_visible()
