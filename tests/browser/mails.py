"""Coming in by what was mailed, as people do who are not of the demonstration's six."""

from playwright.sync_api import Page

from tests.browser.hebrew import he
from tests.browser.opened import Opened


def ask_for_link(page: Page, house: Opened, address: str) -> str:
    """Ask for a sign-in link at the door, and return it out of the mail."""
    before = house.newest_mail()
    page.goto("/sign-in")
    page.locator("[name=address]").fill(address)
    page.get_by_role("button", name=he("Send me a link")).click()
    page.wait_for_url("**/sign-in/code")
    return house.wait_for_mail("/sign-in/", to=address, after=before).link("/sign-in/")


def sign_in_by_mail(page: Page, house: Opened, address: str) -> None:
    """Sign in with a mailed link."""
    page.goto(ask_for_link(page, house, address))
    page.get_by_role("button", name=he("Sign in"), exact=True).click()
    page.wait_for_load_state()
