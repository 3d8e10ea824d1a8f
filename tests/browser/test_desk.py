"""A coordinator's own sheet, what needs them first, and the month's report."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.hebrew import he

pytestmark = pytest.mark.browser


def _sheet() -> bytes:
    """Three people, one of whom has no telephone that can be dialled; nobody else's names and numbers."""
    mark = time.time_ns() // 1000 % 9_000_000 + 1_000_000
    rows = (
        "תפקיד,שם פרטי,שם משפחה,טלפון", f"מלווה,נעה,ים{mark},050-{mark}", f"משתתפת,שרה,הר{mark},052-{mark}",
        f"מלווה,גד,נהר{mark},12",
    )  # fmt: skip
    return "\n".join(rows).encode("utf-8-sig")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_sheet_comes_in_but_for_its_faulty_row_and_goes_back(page_as, javascript):
    page = page_as("keshet", "coordinator", javascript=javascript)
    page.goto("/import")
    page.get_by_role("button", name=he("Upload")).click()
    expect(page.locator(".field.wrong [name=sheet]")).to_be_visible()

    page.locator("[name=sheet]").set_input_files({"name": "הרשימה שלי.csv", "mimeType": "text/csv", "buffer": _sheet()})
    page.get_by_role("button", name=he("Upload")).click()
    page.get_by_role("button", name=he("Check the rows")).click()
    _wait(page, page.locator("#faults"))
    expect(page.locator("#faults li")).to_have_count(1)
    expect(page.locator("#faults li")).to_contain_text("12")
    page.locator("form[action$='/commit'] button.primary").click()
    _wait(page, page.get_by_text(he("The people have come in. Nobody was written to.")))
    with page.expect_download() as file:
        page.locator("a[href$='/to-correct.csv']").click()
    assert "נהר" in file.value.path().read_text("utf-8-sig")
    page.locator("summary", has_text=he("Take this sheet back")).click()
    page.get_by_role("button", name=he("Remove them")).click()
    _wait(page, page.get_by_text(he("This sheet was taken back.")))


def _wait(page, wanted) -> None:
    """Look again until it is there: the work is done by a worker, and without JavaScript nothing moves by itself."""
    deadline = time.monotonic() + 30
    while not wanted.is_visible():
        assert time.monotonic() < deadline, page.locator("main").inner_text()
        page.wait_for_timeout(500)
        page.reload()


def test_what_needs_a_coordinator_stands_first_and_leads_there(page_as):
    page = page_as("keshet", "coordinator", width=360)
    expect(page).to_have_url(re.compile("/dashboard$"))
    expect(page.locator("main h2").first).to_have_text(he("What needs you"))
    first = page.locator("#exceptions a").first
    first.click()
    expect(page.locator("h1")).to_be_visible()
    assert "/dashboard" not in page.url


@pytest.mark.parametrize("javascript", [True, False])
def test_a_report_is_read_taken_home_and_corrected(page_as, javascript):
    page = page_as("keshet", "coordinator", javascript=javascript)
    page.goto("/reports")
    page.locator("main table a").first.click()
    expect(page.locator("main table").first).to_be_visible()
    for kind, start in (("pdf", b"%PDF-"), ("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")):
        with page.expect_download() as file:
            page.locator(f".actions a[href*='/{kind}']").click()
        assert file.value.path().read_bytes().startswith(start)

    page.get_by_role("link", name=he("Correct this report")).click()
    page.locator("main form button").last.click()
    expect(page.locator(".field.wrong [name=reason]")).to_be_visible()
    page.locator("[name=reason]").fill("נוסף מפגש")
    page.locator("main form button").last.click()
    expect(page.locator("main")).to_contain_text("נוסף מפגש")
    expect(page.locator(".report-revisions li").first).to_be_visible()
