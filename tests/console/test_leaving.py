"""An operator asks for an export or an erasure, another approves it, anybody withdraws it; nobody approves their own."""

from datetime import timedelta

import psycopg
import pyrage
import pytest
from click.testing import CliRunner
from sqlalchemy.engine import make_url

from maagal.bootstrap import plain
from maagal.config import Settings, settings
from maagal.leaving.commands import approve as approve_by_command
from tests.console.conftest import EMAIL, PASSWORD, post
from tests.console.test_organisations import page_of


@pytest.fixture
def key():
    return str(pyrage.x25519.Identity.generate().to_public())


@pytest.fixture(autouse=True)
def _nothing_asked(provisioner, told):
    still = "done_at is null and withdrawn_at is null"
    provisioner.execute(f"update control.departures set withdrawn_by = 'a test', withdrawn_at = now() where {still}")


def ask_export(client, page, key, **told):
    return post(client, f"{page}/export", **{"reason": "הארגון עובר", "recipient": key} | told)


def ask_erasure(client, page, slug="elm", **told):
    return post(client, f"{page}/erasure", **{"reason": "הארגון נסגר", "slug": slug} | told)


def number(provisioner):
    return provisioner.execute("select max(id) from control.departures").fetchone()[0]


def change(client, found, verb):
    return post(client, f"/console/leaving/{found}/{verb}", token_from="/console/")


def row(provisioner, found):
    columns = "asked_by, approved_by, withdrawn_by, delay, recipient"
    return provisioner.execute(f"select {columns} from control.departures where id = %s", [found]).fetchone()


def test_an_export_is_asked_by_one_and_approved_by_another_who_sees_the_key(console, bea, provisioner, oak_and_elm, ada, key):
    page = page_of(console, "elm")
    assert ask_export(console, page, key).status_code == 303
    found = number(provisioner)
    assert row(provisioner, found)[:2] == (str(ada.id), None)
    assert row(provisioner, found)[3:] == (timedelta(hours=48), key)
    assert "approval" not in console.get("/console/leaving").text
    listed = bea.get("/console/leaving").text
    assert (key in listed, EMAIL in listed, f"/console/leaving/{found}/approval" in listed) == (True, True, True)
    assert change(bea, found, "approval").status_code == 303
    assert row(provisioner, found)[1] not in {None, str(ada.id)}
    after = console.get(page).text
    assert "bea@example.org" in after
    assert "tenant export" not in after


def test_nobody_approves_their_own_on_no_page_and_by_no_command(console, provisioner, oak_and_elm, key):
    page = page_of(console, "elm")
    ask_erasure(console, page)
    found = number(provisioner)
    answer = change(console, found, "approval")
    assert (answer.status_code, 'class="notice wait"' in answer.text) == (409, True)
    said = CliRunner().invoke(approve_by_command, [str(found), "--by", f" {EMAIL.upper()}"])
    assert (said.exit_code, "second person" in said.output) == (1, True)
    assert row(provisioner, found)[1] is None


def test_a_double_click_asks_once_and_approves_once(console, bea, provisioner, oak_and_elm, key):
    page = page_of(console, "elm")
    answers = [ask_export(console, page, key).status_code for _ in range(2)]
    assert answers == [303, 303]
    asked = "select count(*) from control.departures where slug = 'elm' and withdrawn_at is null and done_at is null"
    assert provisioner.execute(asked).fetchone() == (1,)
    found = number(provisioner)
    done = "select count(*) from control.operations where what = 'approved_export' and slug = 'elm'"
    before = provisioner.execute(done).fetchone()[0]
    assert [change(bea, found, "approval").status_code for _ in range(2)] == [303, 303]
    assert provisioner.execute(done).fetchone()[0] == before + 1


def test_anybody_withdraws_and_an_old_page_then_says_how_it_stands(console, bea, provisioner, oak_and_elm, key):
    page = page_of(console, "elm")
    ask_erasure(console, page)
    found = number(provisioner)
    assert change(console, found, "withdrawal").status_code == 303
    assert change(bea, found, "approval").status_code == 409
    assert change(bea, found, "withdrawal").status_code == 409
    assert change(console, found, "withdrawal").status_code == 303
    assert change(bea, 10**9, "approval").status_code == 404
    assert row(provisioner, found)[1] is None


@pytest.mark.parametrize(
    ("what", "wrong", "field"),
    [("export", {"recipient": "age1nonsense"}, "recipient"), ("export", {"reason": "  "}, "reason"),
     ("erasure", {"slug": "oak"}, "slug"), ("erasure", {"reason": ""}, "reason")],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_the_field(console, provisioner, oak_and_elm, key, what, wrong, field):
    page = page_of(console, "elm")
    answer = ask_export(console, page, key, **wrong) if what == "export" else ask_erasure(console, page, **wrong)
    assert (answer.status_code, f'id="{field}-error"' in answer.text) == (422, True)


def test_when_the_delay_is_over_the_page_names_the_command(console, bea, provisioner, oak_and_elm, key, monkeypatch):
    monkeypatch.setattr(settings(), "leaving_delay_hours", 0.0)  # a demonstration may at once
    page = page_of(console, "elm")
    ask_export(console, page, key)
    change(bea, number(provisioner), "approval")
    assert "bin/maagal tenant export elm" in console.get(page).text


def test_asking_and_approving_want_the_password_again(console, bea, provisioner, oak_and_elm, key, pass_by):
    page = page_of(console, "elm")
    ask_erasure(console, page)
    found = number(provisioner)
    pass_by(timedelta(minutes=6))
    for answer in (ask_export(console, page, key), change(bea, found, "approval")):
        assert (answer.status_code, 'name="proof"' in answer.text) == (422, True)
    assert row(provisioner, found)[1] is None
    again = post(bea, f"/console/leaving/{found}/approval", token_from="/console/", proof=PASSWORD)
    assert again.status_code == 303


def test_the_login_of_the_pages_carries_nothing_out(console, bea, provisioner, oak_and_elm, key):
    ask_export(console, page_of(console, "elm"), key)
    found = number(provisioner)
    with psycopg.connect(plain(make_url(Settings().operator_url)), autocommit=True) as connection:
        for change_of in ("begun_at = now()", "done_at = now()", "delay = '0'", "recipient = 'mine'", "asked_by = 'somebody'"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"update control.departures set {change_of} where id = %s", [found])
