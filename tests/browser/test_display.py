"""The page as somebody needs it: large letters, contrast, dark, another language."""

import pytest
from playwright.sync_api import expect

from tests.browser.hebrew import he

pytestmark = pytest.mark.browser
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
FIT = ("/", "/help", "/sign-in", "/accessibility", "/statement", "/privacy")
OURS = ("/dashboard", "/requests", "/matching", "/pairs", "/meetings", "/people", "/import", "/reports", "/notices", "/me")


@pytest.mark.parametrize("javascript", [True, False])
def test_letters_of_twice_the_size_fit_a_small_phone_and_stay(page_as, javascript):
    page = page_as("keshet", "coordinator", width=360, javascript=javascript)
    page.goto("/accessibility")
    page.locator("label[for=size-200]").click()
    page.locator("label[for=contrast-more]").click()
    page.get_by_role("button", name=he("Save"), exact=True).click()
    page.wait_for_load_state()
    too_wide = []
    for path in (*FIT, *OURS):
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("data-size", "200")
        too_wide += [path] if page.evaluate(WIDER) else []
    assert too_wide == []

    page.goto("/accessibility")
    page.get_by_role("button", name=he("Back to the usual display")).click()
    expect(page.locator("html")).to_have_attribute("data-size", "100")


def test_four_hundred_percent_reflows(page_as):
    page = page_as("keshet", "coordinator", width=320)
    too_wide = [path for path in (*FIT, *OURS) if page.goto(path) and page.evaluate(WIDER)]
    assert too_wide == []


def test_spread_text_is_not_cut_off(page_as):
    page = page_as("keshet", "coordinator", width=360)
    cut = []
    for path in (*FIT, *OURS):
        page.goto(path)
        page.evaluate(SPREAD)
        cut += [f"{path}: {text}" for text in page.evaluate(CUT_OFF)]
        cut += [f"{path} is wider than the screen"] if page.evaluate(WIDER) else []
    assert cut == []


SPREAD = """() => { for (const each of document.querySelectorAll('body, body *')) {
  each.style.lineHeight = '1.5'; each.style.letterSpacing = '0.12em'; each.style.wordSpacing = '0.16em'; } }"""
CUT_OFF = """() => [...document.querySelectorAll('button, a.button, summary, h1, h2, label')]
  .filter(each => each.clientWidth > 2 && each.scrollHeight > each.clientHeight + 1)
  .filter(each => getComputedStyle(each).overflow === 'hidden')
  .map(each => each.textContent.trim())"""


@pytest.mark.parametrize("javascript", [True, False])
def test_the_language_changes_where_one_stands(page_as, javascript):
    page = page_as("keshet", width=360, javascript=javascript)
    page.goto("/help")
    page.locator("footer button[lang=en]").click()
    page.wait_for_load_state()
    assert page.url.endswith("/help")
    expect(page.locator("html")).to_have_attribute("dir", "ltr")
    expect(page.locator("h1")).to_have_text("Ask for help")
    page.locator("footer button[lang=he]").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")


def test_the_statement_names_whom_to_turn_to(page):
    page.get_by_role("link", name=he("Accessibility statement")).first.click()
    expect(page.locator("h1")).to_have_text(he("Accessibility statement"))
    expect(page.locator("main a[href^='mailto:'], main a[href^='tel:']").first).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/help", "/dashboard", "/matching"])
def test_the_keyboard_reaches_everything_and_shows_where_it_is(page_as, path):
    page = page_as("keshet", "coordinator")
    page.goto(path)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Tab")
    unseen, stops = [], set()
    for _step in range(60):
        page.keyboard.press("Tab")
        told = page.evaluate(FOCUS)
        if told["name"] == "BODY":
            break
        stops.add(told["name"])
        unseen += [] if told["seen"] else [told["name"]]
    assert unseen == []
    assert len(stops) > 5


FOCUS = """() => { const it = document.activeElement, box = it.getBoundingClientRect(), look = getComputedStyle(it);
  const near = it.closest('label, summary') || it, around = getComputedStyle(near);
  const ring = [look, around].some(each => parseFloat(each.outlineWidth) >= 2 && each.outlineStyle !== 'none');
  const onScreen = box.bottom > 0 && box.top < innerHeight && box.width > 0;
  const name = it.tagName + ' ' + (it.id || it.textContent.trim().slice(0, 40));
  return {name: it.tagName === 'BODY' ? 'BODY' : name, seen: ring && onScreen}; }"""
