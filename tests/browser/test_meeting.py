"""Saying how a meeting was: on a phone in under a minute, or by a link without signing in."""

import time

import pytest
from playwright.sync_api import expect

from tests.browser.hebrew import he

pytestmark = pytest.mark.browser
WIDER = "document.documentElement.scrollWidth > innerWidth"


@pytest.mark.parametrize("javascript", [True, False])
def test_a_mentor_says_it_on_a_phone_in_under_a_minute(page_as, javascript):
    page = page_as("keshet", "mentor", width=360, javascript=javascript)
    began = time.monotonic()
    page.goto("/meetings")
    page.locator("section", has=page.get_by_role("heading", name=he("Past meetings"))).locator("a").first.click()
    page.locator("a[href$='/log']").click()
    send = page.get_by_role("button", name=he("Send the summary"))
    words = f"דיברנו על העבודה {time.time_ns()}"
    page.locator("[name=shared]").fill(words)
    page.locator("[name=minutes]").fill("5000")
    page.locator("label", has_text=he("It took place")).first.click()
    send.click()
    expect(page.locator(".field.wrong [name=minutes]")).to_have_value("5000")
    expect(page.locator("[name=shared]")).to_have_value(words)
    assert not page.evaluate(WIDER)
    page.locator("[name=minutes]").fill("50")
    send.click()
    expect(page.locator("main")).to_contain_text(words)
    assert time.monotonic() - began < 60


@pytest.mark.parametrize("javascript", [True, False])
def test_a_link_asks_once_and_shows_nothing(page_as, javascript):
    desk = page_as("sadot", "coordinator", javascript=javascript)
    desk.goto("/meetings")
    unsaid = desk.locator("section", has=desk.get_by_role("heading", name=he("Without a summary for three days")))
    unsaid.locator("a").first.click()
    desk.locator("form[action$='/link'] button").nth(int(javascript)).click()
    text = desk.locator("main .card p").first.inner_text()
    link = next(word for word in text.split() if "/how-was-it/" in word)

    phone = page_as("sadot", width=360, javascript=javascript)
    phone.goto(link)
    send = phone.get_by_role("button", name=he("Send"), exact=True)
    phone.locator("[name=shared]").fill("לקבוע תור")
    send.click()
    expect(phone.locator(".field.wrong").first).to_be_visible()
    expect(phone.locator("[name=shared]")).to_have_value("לקבוע תור")
    assert not phone.evaluate(WIDER)
    phone.locator("label", has_text=he("It took place")).first.click()
    send.click()
    expect(send).to_have_count(0)
    answer = phone.goto(link)
    assert answer.status == 404
