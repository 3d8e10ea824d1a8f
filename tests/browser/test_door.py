"""Coming in and going out."""

import pytest
from playwright.sync_api import expect

from tests.browser.hebrew import he
from tests.browser.mails import ask_for_link

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("javascript", [True, False])
def test_a_mailed_link_lets_in_once_and_sign_out_ends_it(page_as, running, javascript):
    page = page_as("keshet", width=360, javascript=javascript)
    page.goto("/sign-in")
    page.get_by_role("button", name=he("Send me a link")).click()
    expect(page.locator(".field.wrong [name=address]")).to_be_visible()

    link = ask_for_link(page, running, "administrator.keshet@example.org")
    page.goto(link)
    page.get_by_role("button", name=he("Sign in"), exact=True).click()
    expect(page.locator("details.account")).to_be_visible()

    page.locator("details.account summary").click()
    page.locator("details.account form button").last.click()
    page.goto("/today")
    assert "/sign-in" in page.url

    page.goto(link)
    expect(page.get_by_text(he("This link was used already, or it is too old."))).to_be_visible()


def test_an_unknown_address_is_answered_like_a_known_one(page, running):
    page.goto("/sign-in")
    page.locator("[name=address]").fill("nobody.at.all@example.org")
    page.get_by_role("button", name=he("Send me a link")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(he("Check your mail"))
    assert running.mails("nobody.at.all@example.org") == []
