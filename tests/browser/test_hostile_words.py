"""Somebody fills the public form with scripts; a coordinator's browser shows them as words, and nothing else happens."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hebrew import he

pytestmark = pytest.mark.browser
SCRIPT = "<img src=x onerror=alert(1)><svg onload=alert(2)>"
SENDER = '<b hx-post="sign-in/out" hx-trigger="load" data-hx-get="today">x</b>{{ 4242 * 3 }}'
NAME = f"רע{SCRIPT}"[:60]


def _watched(page: Page) -> list[str]:
    """Note every dialog, every script that a page's policy refused, and every request that is no page, style or script."""
    noted: list[str] = []
    page.on("dialog", lambda dialog: (noted.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("console", lambda said: noted.append(said.text) if "Content Security Policy" in said.text else None)
    page.on("request", lambda sent: noted.append(f"{sent.method} {sent.url}") if sent.resource_type in {"xhr", "image"} else None)
    return noted


def test_words_that_are_scripts_stay_words_at_the_coordinators_desk(page_as):
    visitor = page_as("keshet", width=360)
    visitor.goto("/help")
    visitor.locator("[name=first_name]").fill(NAME)
    visitor.locator("[name=phone]").fill("052-7771234")
    visitor.get_by_role("button", name=he("Continue")).click()
    visitor.locator("[name=words]").fill(f"{SCRIPT}{SENDER}")
    visitor.get_by_role("button", name=he("Continue")).click()
    visitor.get_by_role("button", name=he("Send the request")).click()
    expect(visitor).to_have_url(re.compile("/help/thanks$"))

    desk = page_as("keshet", "coordinator")
    noted = _watched(desk)
    desk.goto("/requests")
    desk.get_by_role("link", name=NAME[:8]).first.click()
    expect(desk.locator("main")).to_contain_text(SCRIPT)
    expect(desk.locator("main")).to_contain_text("{{ 4242 * 3 }}")
    desk.wait_for_timeout(500)  # whatever would fire on load has fired by then
    assert [each for each in noted if "sign-in/out" in each or "dialog" in each or "Policy" in each or each.endswith("/x")] == []
    desk.goto("/requests")
    expect(desk.locator("main")).to_contain_text("<img")
