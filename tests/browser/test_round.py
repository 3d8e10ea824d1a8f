"""A coordinator's matching round, with the keyboard alone."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.hebrew import he

pytestmark = pytest.mark.browser
FOCUSED = "element => element === document.activeElement"


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until an element has the focus; raises AssertionError where it never does."""
    expect(wanted).to_be_visible()
    for _press in range(250):
        if wanted.evaluate(FOCUSED):
            return
        page.keyboard.press("Tab")
    message = f"the keyboard does not reach {wanted}"
    raise AssertionError(message)


def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    """Go to an element by Tab and press a key on it."""
    tab_to(page, wanted)
    page.keyboard.press(key)


def test_a_round_is_kept_ruled_out_and_published_by_keyboard(page_as):
    page = page_as("keshet", "coordinator")
    page.goto("/matching")
    choice = page.locator("[name=community]").first
    if not choice.is_checked():
        press(page, choice, "Space")
    press(page, page.get_by_role("button", name=he("Make a draft")))
    page.wait_for_url("**/rounds/*")

    row = page.locator("#board section").first.locator("li").first
    press(page, row.locator("button[id^=keep-]"))
    expect(page.locator("#board section").first.get_by_text(he("kept"), exact=True)).to_have_count(1)

    row = page.locator("#board section").first.locator("li[id^=row-]", has=page.locator("form[action$='/forbid']")).last
    held = row.get_attribute("id")
    press(page, row.locator("summary"))
    reason = row.locator("form[action$='/forbid'] [name=reason]")
    tab_to(page, reason)
    page.keyboard.type(" ")
    page.keyboard.press("Enter")
    expect(page.locator("#board")).to_contain_text(he("Please say why; the reason is kept with the round."))
    expect(page.locator("#board [data-focus]")).to_be_focused()  # the refusal takes the focus; whoever types sees it do so

    row = page.locator(f"#{held}")
    tab_to(page, row.locator("form[action$='/forbid'] [name=reason]"))
    page.keyboard.type("שכנים")
    page.keyboard.press("Enter")
    expect(page.locator("#board")).to_contain_text("שכנים")

    press(page, page.get_by_role("link", name=he("Read through and publish")))
    page.wait_for_url("**/publish")
    text = page.locator("textarea").first
    tab_to(page, text)
    page.keyboard.press("Control+End")
    page.keyboard.type("\nתודה")
    publish = page.get_by_role("button", name=he("Publish and ask the mentors"))
    press(page, publish)
    expect(page.locator(".field.wrong [name=approved]")).to_be_visible()
    expect(page.locator("textarea").first).to_have_value(re.compile("תודה$"))
    press(page, page.locator("[name=approved]"), "Space")
    press(page, publish)
    expect(page.locator("textarea")).to_have_count(0)
    expect(page.locator("h1")).to_have_text(he("The round is published"))
    expect(page.locator("main")).to_contain_text(he("asked"))
