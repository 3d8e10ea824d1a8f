"""Somebody with nothing but a phone comes to be paired: only a coordinator touches the product, on a phone of their own."""

import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hebrew import he

pytestmark = pytest.mark.browser


def test_from_a_call_to_an_introduction(page_as):
    name = f"דניאלה{time.time_ns() % 10_000}"
    page = page_as("keshet", "coordinator", width=360)
    page.goto("/requests/new")
    page.locator("[name=first_name]").fill(name)
    page.locator("[name=phone]").fill("052-7710998")
    page.locator("[name=words]").fill("החובות גדלו")
    page.locator("[name=languages][value=he]").check()
    for hour in page.locator("[name=free_hours]").all():
        hour.check()
    page.get_by_role("button", name=he("Write it down")).click()

    _decide(page, "/conversation")
    _decide(page, "/acceptance")
    page.goto("/matching")
    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_role("link", name=he("Propose")).first.click()
    page.locator("[name=approved]").check()
    page.get_by_role("button", name=he("Send to the mentor")).click()

    for _side in ("mentor", "participant"):
        page.locator("summary", has_text=he("Write down what %(name)s answered", name="").strip()).click()
        page.locator("[name=answer][value=yes]").check()
        page.locator("[name=how][value=phone]").check()
        page.get_by_role("button", name=he("Keep the answer")).click()
        expect(page.locator("#toasts")).to_contain_text(he("The answer is written down."))
    expect(page.locator("main .state").first).to_have_text(he("Introduction"))
    expect(page.locator(".timeline")).to_contain_text(he("The participant said yes"))


def _decide(page: Page, way: str) -> None:
    """Open a decision of the request's page, choose what there is to choose, and send it."""
    decision = page.locator("details", has=page.locator(f"form[action$='{way}']"))
    decision.locator("summary").click()
    choices = decision.locator("input[type=radio]")
    if choices.count():
        choices.first.check()
    decision.locator("button").click()
    expect(page.locator(f"form[action$='{way}']")).to_have_count(0)
