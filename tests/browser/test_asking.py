"""Somebody asks for help on an old phone; a coordinator hears them, finds a mentor; both say yes."""

import re
import time

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.hebrew import he
from tests.browser.mails import sign_in_by_mail
from tests.browser.opened import Opened

pytestmark = pytest.mark.browser


def _go_on(page: Page) -> None:
    page.get_by_role("button", name=he("Continue")).click()


def _reach(page: Page, name: str, address: str) -> None:
    """Fill the first step, wrongly at first: what was typed stays, and the fault stands at its field."""
    page.goto("/")
    page.locator("main a[href$='/help']").first.click()
    page.locator("[name=first_name]").fill(name)
    page.locator("[name=phone]").fill("12")
    _go_on(page)
    expect(page.locator(".field.wrong [name=phone]")).to_have_value("12")
    expect(page.locator(".errors")).to_be_visible()
    expect(page.locator("[name=first_name]")).to_have_value(name)
    page.locator("[name=phone]").fill(f"050-{time.time_ns() // 1000 % 9_000_000 + 1_000_000}")
    page.locator("[name=email]").fill(address)
    page.locator("[name=safe_channel][value=email]").check()
    _go_on(page)
    expect(page.locator("[name=words]")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_visitor_asks_loses_the_session_and_goes_on_by_the_link(page_as, javascript):
    page = page_as("keshet", width=360, javascript=javascript)
    _reach(page, "אורית", "orit@example.org")
    page.locator("[name=words]").fill("קשה לי לדבר על זה")
    page.get_by_role("button", name=he("Stop here and go on later")).click()
    address = page.locator("#address").input_value()
    page.context.clear_cookies()

    other = page_as("keshet", width=360, javascript=javascript)
    other.goto(address)
    other.get_by_role("button", name=he("It is mine: go on")).click()
    expect(other.locator("[name=first_name]")).to_have_value("אורית")
    _go_on(other)
    expect(other.locator("[name=words]")).to_have_value("קשה לי לדבר על זה")
    _go_on(other)
    other.get_by_role("button", name=he("Send the request")).click()
    expect(other).to_have_url(re.compile("/help/thanks$"))
    assert not other.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_from_a_request_to_a_pair(page_as, running):
    name, address = f"תמר{time.time_ns() % 10_000}", f"tamar{time.time_ns()}@example.org"
    visitor = page_as("keshet", width=360)
    _reach(visitor, name, address)
    visitor.locator("[name=life_areas]").first.check()
    _go_on(visitor)
    visitor.locator("[name=languages][value=he]").check()
    visitor.locator("[name=mode][value=either]").check()
    for hour in visitor.locator("[name=free_hours]").all():
        hour.check()
    visitor.get_by_role("button", name=he("Send the request")).click()
    expect(visitor).to_have_url(re.compile("/help/thanks$"))

    desk = page_as("keshet", "coordinator")
    _triage(desk, name)
    mentor_address = _offer(desk, name, running)
    _says_yes(page_as("keshet", width=360), running, mentor_address)
    _says_yes(page_as("keshet", width=360), running, address)
    desk.goto("/pairs")
    desk.get_by_role("link", name=re.compile(name)).click()
    expect(desk.locator("main")).to_contain_text(he("Introduction"))


def _triage(desk: Page, name: str) -> None:
    desk.goto("/requests")
    desk.get_by_role("link", name=name).click()
    desk.get_by_role("button", name=he("I look after this request")).click()
    expect(desk.get_by_role("status").first).to_contain_text(he("The request is yours."))
    begin = _decision(desk, he("Start getting to know"))
    begin.get_by_role("button").click()
    decision = _decision(desk, he("Accept into a community"))
    decision.locator("[name$=note]").fill("שיחה טובה")
    decision.locator("input[type=radio]").first.check()
    decision.get_by_role("button").click()
    expect(desk.locator("#case")).to_contain_text("שיחה טובה")


def _decision(desk: Page, label: str) -> Locator:
    found = desk.locator("#decisions details").filter(has=desk.locator("summary", has_text=label))
    found.locator("summary").click()
    return found


def _offer(desk: Page, name: str, running: Opened) -> str:
    """Offer in two clicks from who fits; return the address that the mentor's mail went to."""
    desk.goto("/matching")
    desk.locator("li", has_text=name).get_by_role("link").last.click()
    desk.get_by_role("link", name=re.compile(he("Propose"))).first.click()
    desk.locator("main form button.primary").click()
    expect(desk.locator(".field.wrong [name=approved]")).to_be_visible()  # the participant has to approve the text
    before = running.newest_mail()
    desk.locator("[name=approved]").check()
    desk.locator("main form button.primary").click()
    desk.wait_for_url("**/pairs/*")
    return re.findall(r"[\w.+-]+@[\w.-]+", running.wait_for_mail("/offers/", after=before).to)[0]


def _says_yes(page: Page, running: Opened, address: str) -> None:
    """Find the offer on one's page, think of a no without a reason, and say yes."""
    sign_in_by_mail(page, running, address)
    page.goto("/my-pair")
    page.locator("a[href*='/offers/']").last.click()
    page.get_by_text(he("No, it does not suit")).click()
    page.locator("form[action$='/no'] button").click()
    expect(page.locator(".field.wrong")).to_be_visible()
    page.get_by_role("button", name=he("Yes, gladly")).click()
    page.wait_for_load_state()
    expect(page.locator("body")).not_to_contain_text(he("Yes, gladly"))
