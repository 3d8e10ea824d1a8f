"""An operator's day: invited, in with a second factor, a tenant opened and watched, suspended and resumed."""

import re
import subprocess
import sys
import time

import pyotp
import pytest
from playwright.sync_api import Page, expect

from maagal.environment import without
from tests.browser.checks import faults
from tests.browser.hebrew import he

pytestmark = pytest.mark.browser
PASSWORD = "a sentence to remember"


def command(running, *arguments: str) -> str:
    """Run a command of the CLI in the house that runs, as bin/maagal does."""
    env = without({"MAAGAL_FOLDER": str(running.folder), "MAAGAL_PORT": str(running.port)})
    program = [sys.executable, "-m", "maagal.command", *arguments]
    return subprocess.run(program, env=env, capture_output=True, text=True, check=True).stdout


def code(running, secret: str, steps: int) -> str:
    """Return what the app shows, some steps from now, by the house's clock."""
    file = running.folder / "clock"
    offset = float(file.read_text()) if file.exists() else 0.0
    return pyotp.TOTP(secret).generate_otp(int(time.time() + offset) // 30 + steps)


def accessible(page: Page) -> None:
    assert faults(page) == [], page.url


@pytest.mark.parametrize("javascript", [True, False])
def test_an_operator_opens_watches_suspends_and_resumes(people, running, javascript):
    slug, email = f"new-{int(time.time())}", f"ada-{javascript}@example.org".lower()
    page = people.page_as("console", javascript=javascript)
    come_in(page, running, email)
    if javascript:
        accessible(page)

    page.get_by_role("link", name=he("Open an organisation")).first.click()
    page.locator("[name=name]").fill("ארגון חדש")
    page.locator("[name=slug]").fill("console")
    page.locator("main form button").click()
    expect(page.locator("#slug-error")).to_contain_text(he("This name is kept for the house itself."))
    if javascript:
        accessible(page)
    page.locator("[name=slug]").fill(slug)
    page.locator("main form button").click()
    expect(page.get_by_text(he("It is ready."))).to_be_visible()

    page.get_by_role("link", name=he("To its page")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("ארגון חדש")
    if javascript:
        accessible(page)
    theirs = f"http://127.0.0.1:{running.port}/c/{slug}/statement"  # names below localhost resolve in the browser alone
    assert page.request.get(theirs).status == 200
    organisation = page.url
    page.locator("details.confirm summary").click()
    page.get_by_role("button", name=he("Suspend it now")).click()
    expect(page.get_by_text(he("It is suspended."))).to_be_visible()
    assert page.request.get(theirs).status == 503

    page.goto(organisation)
    page.get_by_role("button", name=he("Resume this organisation")).click()
    expect(page.get_by_text(he("It is open again."))).to_be_visible()
    assert page.request.get(theirs).status == 200
    for path in ("queues", "upgrades", "health", "journal"):
        page.goto(running.url("console", f"/console/{path}"))
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        if javascript:
            accessible(page)


def come_in(page: Page, running, email: str) -> None:
    """Follow the invitation, go out, be refused with a wrong code, and come in with the second factor."""
    link = re.search(r"http://console\S+", command(running, "operator", "add", email))[0]
    page.goto(link)
    secret = page.locator("figcaption code").inner_text().replace(" ", "")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=code]").fill(code(running, secret, -1))
    page.locator("main form button").click()
    expect(page.locator("details.account")).to_be_visible()
    page.locator("details.account summary").click()
    page.locator("details.account form button").last.click()

    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button").click()
    page.locator("[name=code]").fill("000000")
    page.locator("main form button").click()
    expect(page.locator("#code-error")).to_be_visible()
    page.locator("[name=code]").fill(code(running, secret, 0))
    page.locator("main form button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(he("Organisations"))
