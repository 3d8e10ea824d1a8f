"""A worry reaches the coordinators at once, and a mentor's access ends at once."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.hebrew import he
from tests.browser.mails import sign_in_by_mail

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("javascript", [True, False])
def test_a_participants_worry_reaches_the_coordinators(page_as, running, javascript):
    phone = page_as("keshet", "participant", width=360, javascript=javascript)
    phone.goto("/my-pair")
    phone.locator("main a[href*='/concerns/new']").first.click()
    phone.locator("[name=words]").fill("הוא כועס עליי")
    phone.get_by_role("button", name=he("Send to the coordinators")).click()
    expect(phone.locator(".field.wrong").first).to_be_visible()
    expect(phone.locator("[name=words]")).to_have_value("הוא כועס עליי")
    phone.locator("[name=level]").first.check()
    phone.locator("[name=about]").last.check()
    before = running.newest_mail()  # a fresh demonstration goes on writing of its own concern for a while
    phone.get_by_role("button", name=he("Send to the coordinators")).click()
    expect(phone).to_have_url(re.compile("/concerns/sent"))

    told = running.wait_for_mail("/concerns", after=before)
    assert "כועס" not in told.text
    desk = page_as("keshet", "coordinator", javascript=javascript)
    desk.goto(told.link("/concerns/"))
    expect(desk.locator("main")).to_contain_text("הוא כועס עליי")
    desk.get_by_role("button", name=he("I am taking it")).click()
    expect(desk.get_by_role("button", name=he("Close the concern"))).to_be_visible()
    desk.get_by_role("button", name=he("Close the concern")).click()
    expect(desk.locator(".field.wrong [name=note]")).to_be_visible()
    desk.locator("[name=note]").fill("שוחחנו")
    desk.get_by_role("button", name=he("Close the concern")).click()
    expect(desk.locator("main")).to_contain_text("שוחחנו")


def test_a_stopped_mentor_reads_nothing_from_the_next_request_on(page_as, running):
    desk = page_as("keshet", "coordinator")
    desk.goto("/pairs?state=active")
    desk.locator("main .list a").last.click()
    pair = desk.url
    mentor = desk.locator("h1 bdi").last.inner_text()
    desk.goto(f"/people?q={mentor}")
    desk.get_by_role("link", name=mentor).first.click()
    address = re.findall(r"[\w.+-]+@[\w.-]+", desk.locator("main").inner_text())[0]

    phone = page_as("keshet", width=360)
    sign_in_by_mail(phone, running, address)
    assert phone.goto(pair).status == 200
    desk.goto(pair)
    desk.locator("form[action$='/stop'] button").click()
    ended = he("The pair stays as it is; only its pages are closed to the mentor. Nobody was told why.")
    expect(desk.locator("main")).to_contain_text(ended)
    assert phone.reload().status == 404

    desk.get_by_role("button", name=he("Give access back")).click()
    expect(desk.locator(".field.wrong [name=reason]")).to_be_visible()
    desk.locator("[name=reason]").fill("הובהר")
    desk.get_by_role("button", name=he("Give access back")).click()
    assert phone.goto(pair).status == 200
