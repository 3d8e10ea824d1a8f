"""What operators do with organisations: each wish is written down, and the provisioner, not the page, carries it out."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from maagal import register, wishes
from maagal.db import db, within
from maagal.events import Outbox
from maagal.provisioning import Wanted
from tests.console.conftest import PASSWORD, post, work_off

FRESH = {"kind": "public", "locale": "he", "timezone": "Asia/Jerusalem", "host": ""}


def wish_for(client, **told):
    return post(client, "/console/open", **FRESH | told)


def page_of(client, slug):
    found = re.search(r'href="(/console/organisations/[0-9a-f-]{36})"', client.get(f"/console/?q={slug}").text)
    assert found, f"{slug} is not on the list"
    return found[1]


def operations(provisioner, slug):
    rows = provisioner.execute("select what, operator_id is not null from control.operations where slug = %s order by id", [slug])
    return rows.fetchall()


def test_an_organisation_is_opened_by_the_provisioner_while_the_page_counts_the_seconds(console, provisioner):
    answer = wish_for(console, slug="willow", name="ערבה")
    watched = console.get(answer.location)
    assert "hx-trigger" in watched.text
    assert '<noscript><meta http-equiv="refresh"' in watched.text
    assert register.by_slug("willow") is None
    assert work_off(provisioner) == 1
    register.forget()
    piece = console.get(answer.location, headers={"HX-Request": "true"}).text
    assert "<html" not in piece
    assert "hx-trigger" not in piece
    assert "/console/organisations/" in piece
    with within(register.by_slug("willow")):
        assert db.session.scalars(select(Outbox.name)).all() == [wishes.OPENED]
    assert operations(provisioner, "willow") == [("wished_open", True)]


@pytest.mark.parametrize(
    ("slug", "said"),
    [("console", "שמור"), ("X", "3 עד 40"), ("a--b", "3 עד 40"), ("oak", "תפוס"), ("", "שם קצר")],
)
def test_a_name_that_cannot_be_is_refused_beside_the_field(console, oak_and_elm, slug, said):
    answer = wish_for(console, slug=slug, name="שם")
    assert answer.status_code == 422
    assert said in re.search(r'id="slug-error">.*?</p>', answer.text, re.DOTALL)[0]


@pytest.mark.parametrize("host", ["console.localhost", "localhost", "a.b.localhost", "no spaces.example", "1.2.3.4", "a.b:80"])
def test_a_host_of_the_house_or_none_at_all_is_refused_beside_the_field(console, host):
    answer = wish_for(console, slug="host-of-its-own", name="שם", host=host)
    assert answer.status_code == 422
    assert 'id="host-error"' in answer.text


def test_two_operators_who_want_one_name_at_once_get_one_organisation(console, provisioner):
    assert wish_for(console, slug="twice", name="פעם").status_code == 303
    again = wish_for(console, slug="twice", name="פעמיים")
    assert (again.status_code, 'id="slug-error"' in again.text) == (422, True)
    work_off(provisioner)
    assert provisioner.execute("select name from control.tenants where slug = 'twice'").fetchall() == [("פעם",)]


def test_a_host_that_was_taken_meanwhile_is_told_on_the_page_of_the_wish(console, provisioner):
    first, second = (wish_for(console, slug=slug, name="שם", host="help.example") for slug in ("early", "late"))
    assert (first.status_code, second.status_code) == (303, 303)
    work_off(provisioner)
    assert "תפוס" in console.get(second.location).text
    assert provisioner.execute("select count(*) from control.tenants where slug = 'late'").fetchone() == (0,)


def test_suspending_and_resuming_are_wishes_that_the_page_watches(console, provisioner, oak_and_elm, browse):
    page = page_of(console, "elm")
    wished = post(console, f"{page}/suspension", token_from=page)
    assert "/console/wishes/" in wished.location
    assert browse(tenant=oak_and_elm[1]).get("/statement").status_code == 200
    work_off(provisioner)
    assert browse(tenant=oak_and_elm[1]).get("/statement").status_code == 503
    assert "מושהה" in console.get(page).text
    post(console, f"{page}/resumption", token_from=page)
    work_off(provisioner)
    assert browse(tenant=oak_and_elm[1]).get("/statement").status_code == 200
    assert operations(provisioner, "elm")[-2:] == [("wished_suspend", True), ("wished_resume", True)]


def test_what_is_dangerous_asks_for_the_password_again_after_a_while(console, provisioner, oak_and_elm, pass_by):
    page = page_of(console, "oak")
    pass_by(timedelta(minutes=6))
    for path, told in (("suspension", {}), ("resumption", {}), ("limits", {"most_people": 9}), ("capabilities", {})):
        asked = post(console, f"{page}/{path}", token_from=page, **told)
        assert (asked.status_code, 'name="proof"' in asked.text) == (422, True), path
    refused = post(console, f"{page}/limits", token_from=page, most_people=9, proof="guessed")
    assert (refused.status_code, 'name="most_people" value="9"' in refused.text) == (422, True)
    assert provisioner.execute("select most_people from control.tenants where slug = 'oak'").fetchone() == (None,)
    assert post(console, f"{page}/limits", token_from=page, most_people=9, proof=PASSWORD).status_code == 303
    assert post(console, f"{page}/limits", token_from=page, most_people="").status_code == 303
    assert provisioner.execute("select count(*) from control.wishes where slug = 'oak' and state = 'wanted'").fetchone() == (0,)


def test_capabilities_are_switched_on_and_off(console, provisioner, oak_and_elm):
    page, query = page_of(console, "oak"), "select capabilities from control.tenants where slug = 'oak'"
    assert post(console, f"{page}/capabilities", token_from=page, capabilities=["library", "directory"]).status_code == 303
    assert provisioner.execute(query).fetchone() == (["library", "directory"],)
    assert post(console, f"{page}/capabilities", token_from=page, capabilities=["nonsense"]).status_code == 422
    assert post(console, f"{page}/capabilities", token_from=page).status_code == 303
    assert provisioner.execute(query).fetchone() == ([],)


@pytest.mark.parametrize("wrong", ["0", "-3", "many"])
def test_a_limit_is_a_number_above_nought(console, oak_and_elm, wrong):
    page = page_of(console, "oak")
    answer = post(console, f"{page}/limits", token_from=page, most_people=wrong)
    assert (answer.status_code, 'id="most_people-error"' in answer.text) == (422, True)


def test_two_thousand_organisations_are_shown_a_page_at_a_time_and_searched(console, provisioner):
    made = """
    insert into control.tenants (id, slug, schema_name, name, kind, locale, timezone, revision)
    select gen_random_uuid(), 'many-' || n, 't_many' || n, 'רבים ' || n, 'public', 'he', 'UTC', 'none'
    from generate_series(1, 2000) n
    """
    provisioner.execute(made)
    try:
        listed = console.get("/console/?q=many-")
        assert listed.text.count("/console/organisations/") == 50
        assert "2000" in listed.text
        assert "page=2" in listed.text
        assert console.get("/console/?q=many-&page=40").text.count("/console/organisations/") == 50
        assert console.get("/console/?q=many-1999").text.count("/console/organisations/") == 1
        assert console.get("/console/?q=%25").text.count("/console/organisations/") == 0
        behind = console.get("/console/upgrades").text
        assert "2000" in behind
    finally:
        provisioner.execute("delete from control.tenants where slug like 'many-%'")


def test_the_url_of_an_organisation_is_the_stored_one(console, provisioner):
    wish_for(console, slug="juniper", name="ערער", host="help.juniper.example")
    work_off(provisioner)
    page = page_of(console, "juniper")
    assert "http://help.juniper.example:8000/" in console.get(page).text


def test_a_wish_that_nobody_takes_says_so(console, provisioner):
    answer = wish_for(console, slug="patience", name="סבלנות")
    provisioner.execute("update control.wishes set wished_at = now() - interval '20 seconds' where slug = 'patience'")
    assert "הטיפול טרם התחיל" in console.get(answer.location).text
    work_off(provisioner)


def test_a_tenant_opened_by_the_command_needs_no_provisioning_process(provisioner):
    wishes.fulfil(provisioner, "open", "by-hand", Wanted("by-hand", "ביד"))
    row = provisioner.execute("select state, step, attempts from control.wishes where slug = 'by-hand'").fetchone()
    assert row == ("done", "done", 1)
    assert operations(provisioner, "by-hand") == [("wished_open", False)]
