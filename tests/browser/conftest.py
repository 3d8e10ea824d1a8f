"""A house, a Chromium, and people who sign in: all of it once for the whole run."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import People, chromium
from tests.browser.opened import Opened, opened


@pytest.fixture(scope="session")
def running() -> Iterator[Opened]:
    """The real house, with workers and its demonstration."""
    with opened() as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium of this machine."""
    with chromium() as started:
        yield started


@pytest.fixture
def people(running: Opened, browser: Browser) -> Iterator[People]:
    """Whoever comes by; everybody leaves afterwards."""
    found = People(running, browser)
    yield found
    found.close()


@pytest.fixture
def page_as(people: People) -> Any:
    """Return `page_as(tenant, role, locale=…, width=…, dark=…, javascript=…)`: a page of somebody who has signed in."""
    return people.page_as


@pytest.fixture
def page(people: People) -> Page:
    """A visitor of the public organisation on a desk."""
    return people.page_as("keshet")
