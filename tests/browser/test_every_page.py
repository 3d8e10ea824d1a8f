"""Every page of every role of both demonstrations: it answers, the browser has no complaint, and axe finds nothing."""

import itertools

import pytest
from playwright.sync_api import Page

from maagal.permissions import ROLES
from tests.browser.checks import faults
from tests.browser.chromium import VISITOR, prefer
from tests.browser.crawl import crawl, visit

pytestmark = pytest.mark.browser
TENANTS = ("keshet", "sadot")
OPEN = frozenset({"/", "/help", "/accessibility", "/statement", "/privacy"})  # the same for everybody: asked for as a visitor
SAMPLE = {
    VISITOR: ("/", "/help", "/accessibility"),
    "coordinator": ("/dashboard", "/requests", "/matching", "/people", "/reports"),
    "mentor": ("/today", "/meetings", "/my-pair"),
}
LEVELS = (("he", "en"), (1280, 360), ("light", "dark"), ("normal", "more"), ("100", "200"))
SETTINGS = [  # eight of the thirty-two, in which any two levels of different kinds meet (the fraction 2^(5-2))
    tuple(level[at] for level, at in zip(LEVELS, chosen, strict=True))
    for chosen in itertools.product((0, 1), repeat=5)
    if chosen[3] == chosen[0] ^ chosen[1] and chosen[4] == chosen[0] ^ chosen[2]
]


@pytest.mark.parametrize("tenant", TENANTS)
@pytest.mark.parametrize("role", [VISITOR, *ROLES])
def test_every_page_answers_and_is_accessible(page_as, examined, tenant, role):
    page = page_as(tenant, role)
    known = frozenset() if role == VISITOR else OPEN
    start = "/" if role == VISITOR else "/today"
    wrong, number = [], 0
    for found in crawl(page, start, each=1, known=known):
        number += 1
        wrong += [found.wrong] if found.wrong else []
        if not found.is_file:
            wrong += [f"{found.url}: {fault}" for fault in faults(page, axe=(role, found.kind) not in examined)]
            examined.add((role, found.kind))
    assert wrong == []
    assert number > 4


@pytest.fixture(scope="module")
def examined():
    """Pages that axe has seen as somebody in a role: the second organisation's look the same."""
    return set()


@pytest.mark.parametrize("role", SAMPLE)
def test_the_main_pages_hold_in_other_light_language_and_size(page_as, role):
    page = page_as("keshet", role, width=360, dark=True)
    wrong = [fault for path in SAMPLE[role] for fault in _dark_and_english(page, path)]
    page.emulate_media(forced_colors="active")
    wrong += [f"{path} forced colours: {fault}" for path in SAMPLE[role] for fault in _at(page, path)]
    assert wrong == []


def _dark_and_english(page: Page, path: str) -> list[str]:
    prefer(page.context, page.url, contrast="more", locale="en")
    english = [f"{path} dark, English, more contrast: {fault}" for fault in _at(page, path, "en")]
    prefer(page.context, page.url)
    return english + [f"{path} dark: {fault}" for fault in _at(page, path)]


def _at(page: Page, path: str, locale: str = "he") -> list[str]:
    found = visit(page, page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2] + path)
    lift_the_dock(page, 360)
    return ([found.wrong] if found.wrong else []) + faults(page, locale)


@pytest.mark.full
@pytest.mark.parametrize("tenant", TENANTS)
@pytest.mark.parametrize("role", [VISITOR, *ROLES])
def test_every_page_holds_in_every_setting(page_as, held, tenant, role):
    page = page_as(tenant, role)
    pages = [found for found in crawl(page, "/", each=1) if not found.is_file and (role, found.kind) not in held]
    held.update((role, found.kind) for found in pages)
    wrong = []
    for locale, width, scheme, contrast, size in SETTINGS:
        prefer(page.context, page.url, locale=locale, scheme=scheme, contrast=contrast, size=size)
        for found in pages:
            page.set_viewport_size({"width": width, "height": 800})
            again = visit(page, found.url)
            wrong += [again.wrong] if again.wrong else []
            lift_the_dock(page, width)
            wrong += [f"{found.url} {locale} {width} {scheme} {contrast} {size}: {fault}" for fault in faults(page, locale)]
    assert wrong == []


@pytest.fixture(scope="module")
def held():
    """Pages seen in every setting as somebody in a role, as in `examined`."""
    return set()


def lift_the_dock(page: Page, width: int) -> None:
    """Make the screen as tall as the page: what one would scroll to does not lie under the dock then."""
    page.set_viewport_size({"width": width, "height": page.evaluate("document.documentElement.scrollHeight")})
