"""Chromium as people use it: somebody at a tenant's pages, with their screen, language and light."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.browser.opened import Opened

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
HEIGHTS = {1280: 900, 360: 740}
VISITOR = "visitor"


@contextmanager
def chromium(playwright: Playwright | None = None) -> Iterator[Browser]:
    """Start the Chromium of this machine."""
    if playwright is None:
        with sync_playwright() as started, chromium(started) as browser:
            yield browser
        return
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
    try:
        yield browser
    finally:
        browser.close()


@dataclass
class People:
    """Opens pages as somebody; everybody is in a browser of their own."""

    house: Opened
    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)

    def page_as(
        self, tenant: str, role: str = VISITOR, *, locale: str = "he", width: int = 1280, dark: bool = False,
        javascript: bool = True,
    ) -> Page:  # fmt: skip
        """Return a page where somebody in a role of the demonstration has signed in; a visitor has not."""
        scheme: Literal["dark", "light"] = "dark" if dark else "light"
        context = self.browser.new_context(
            base_url=self.house.url(tenant), locale=locale, color_scheme=scheme, java_script_enabled=javascript,
            viewport={"width": width, "height": HEIGHTS.get(width, 740)}, accept_downloads=True,
        )  # fmt: skip
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        prefer(context, self.house.url(tenant), locale=locale)
        page = context.new_page()
        if role == VISITOR:
            page.goto("/")
        else:
            sign_in(page, role)
        return page

    def close(self) -> None:
        """Close every page that was opened."""
        for context in self.contexts:
            context.close()
        self.contexts.clear()


def sign_in(page: Page, role: str) -> None:
    """Sign in as the one who plays a role of the demonstration."""
    page.goto(f"/demo/{role}")
    page.locator("main form button").click()
    page.wait_for_load_state()
    assert "/demo" not in page.url, page.locator("main").inner_text()


def prefer(
    context: BrowserContext, origin: str, *, size: str = "100", contrast: str = "normal", scheme: str = "device",
    locale: str = "he",
) -> None:  # fmt: skip
    """Set the reader's display at an address, as its cookie keeps it."""
    root = "/".join(origin.split("/")[:3])  # a cookie set at a page would hold below that page alone
    context.add_cookies([{"name": "maagal_display", "value": f"{size}.{contrast}.{scheme}.on.{locale}", "url": root}])
