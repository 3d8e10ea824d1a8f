"""The first administrator is named as the organisation is opened; its own worker makes the person and sends the invitation."""

import re
from email.message import EmailMessage

import pyotp
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from maagal import clock, register
from maagal.cli import invite_administrator
from maagal.config import settings
from maagal.db import commit, db, within
from maagal.events import Outbox
from maagal.handling import handle
from tenants.people.models import Account, Membership, Person
from tenants.people.signing_in import second_factor
from tests.circle import make_person
from tests.console.conftest import post, work_off
from tests.console.test_organisations import page_of, wish_for
from tests.people.signing_in.door import plain, post_form
from tests.people.signing_in.postbox import open_postbox

NOA = "noa@willow.example"


@pytest.fixture
def letters(monkeypatch):
    with open_postbox() as (address, kept):
        monkeypatch.setattr(settings(), "mail_url", address)
        yield kept


@pytest.fixture
def _not_demo(monkeypatch):
    monkeypatch.setattr(type(settings()), "is_loopback", property(lambda _self: False))


def work(slug):
    """Be the organisation's own worker for a moment."""
    register.forget()
    with within(register.by_slug(slug)):
        for _round in range(4):
            due = select(Outbox.id).where(Outbox.state == "pending", Outbox.due_at <= clock.now(), Outbox.name != "audit.chain")
            found = list(db.session.scalars(due))
            db.session.remove()
            handle(found)
            db.session.remove()


def people_of(slug):
    with within(register.by_slug(slug)):
        found = select(Person.email, Person.locale, Membership.role).join(Membership, Membership.person_id == Person.id)
        rows = [tuple(row) for row in db.session.execute(found)]
        db.session.remove()
    return rows


def state_of(provisioner, slug):
    query = "select i.state, i.email from control.invitations i join control.tenants t on t.id = i.tenant_id where slug = %s"
    return provisioner.execute(query, [slug]).fetchone()


def opened(console, provisioner, slug, **told):
    answer = wish_for(console, slug=slug, name="ערבה", **{"administrator": NOA, "administrator_locale": "en"} | told)
    assert answer.status_code == 303, answer.text
    work_off(provisioner)
    return answer


def test_the_organisation_makes_the_person_and_sends_the_link(console, provisioner, letters: list[EmailMessage], context):
    opened(console, provisioner, "willow-a")
    assert state_of(provisioner, "willow-a") == ("wanted", NOA)
    work("willow-a")
    assert people_of("willow-a") == [(NOA, "en", "administrator")]
    assert [letter["To"] for letter in letters] == [NOA]
    assert re.search(r"http://willow-a\.localhost:8000/sign-in/\S{43}", plain(letters[0]))
    assert state_of(provisioner, "willow-a") == ("sent", None)
    page = console.get(page_of(console, "willow-a")).text
    assert NOA not in page
    assert "נשלחה" in page
    kept = provisioner.execute("select wanted from control.wishes where slug = 'willow-a'").fetchone()[0]
    assert NOA not in str(kept)


def test_the_link_leads_to_a_second_step_after_which_nobody_is_invited_from_outside(
    console, provisioner, letters, context, browse, _not_demo
):
    opened(console, provisioner, "willow-b")
    work("willow-b")
    with within(register.by_slug("willow-b")):
        account = db.session.scalars(select(Account)).one()
        second_factor.prepare(account)
        assert second_factor.confirm(account, _code(second_factor.secret_of(account)))
        commit()
        db.session.remove()
    work("willow-b")
    assert state_of(provisioner, "willow-b") == ("used", None)
    page = page_of(console, "willow-b")
    assert "/invitation" not in console.get(page).text
    told = {"administrator": "mine@operator.example", "administrator_locale": "he"}
    answer = post(console, f"{page}/invitation", token_from=page, **told)
    work_off(provisioner)
    assert "כבר יש הנהלה" in console.get(answer.location).text
    work("willow-b")
    assert people_of("willow-b") == [(NOA, "en", "administrator")]


def test_an_invitation_to_a_wrong_address_is_sent_again_to_the_right_one(console, provisioner, context, letters, monkeypatch):
    with monkeypatch.context() as away:
        away.setattr(settings(), "mail_url", "smtp://127.0.0.1:1")
        opened(console, provisioner, "willow-c", administrator="wrong@willow.example")
        work("willow-c")
    assert state_of(provisioner, "willow-c")[0] == "failed"
    page = page_of(console, "willow-c")
    refused = post(console, f"{page}/invitation", token_from=page, administrator="nobody", administrator_locale="he")
    assert (refused.status_code, 'id="administrator-error"' in refused.text) == (422, True)
    post(console, f"{page}/invitation", token_from=page, administrator=NOA, administrator_locale="he")
    work_off(provisioner)
    work("willow-c")
    assert people_of("willow-c") == [(NOA, "he", "administrator")]
    assert [letter["To"] for letter in letters] == [NOA]
    assert state_of(provisioner, "willow-c") == ("sent", None)


def test_where_there_are_people_nobody_is_let_in_from_outside(console, provisioner, context, letters):
    opened(console, provisioner, "willow-d", administrator="")
    with within(register.by_slug("willow-d")):
        make_person("Ella", "Min", "sponsor", None)
        commit()
        db.session.remove()
    said = CliRunner().invoke(invite_administrator, ["willow-d", "mine@operator.example"])
    assert said.exit_code == 0, said.output
    work("willow-d")
    assert state_of(provisioner, "willow-d") == ("refused", None)
    assert letters == []
    assert [role for _mail, _locale, role in people_of("willow-d")] == ["sponsor"]


@pytest.mark.parametrize("wrong", ["nobody", "a@b", "a b@c.org", "x" * 300 + "@a.org"])
def test_what_is_no_address_is_refused_beside_the_field_and_by_the_command(console, context, wrong):
    answer = wish_for(console, slug="willow-e", name="ערבה", administrator=wrong)
    assert (answer.status_code, 'id="administrator-error"' in answer.text) == (422, True)
    said = CliRunner().invoke(invite_administrator, ["oak", wrong])
    assert (said.exit_code, "mail address" in said.output) == (1, True)


def test_a_double_click_opens_one_and_shows_the_same_wish(console, provisioner, letters, context):
    first = opened(console, provisioner, "willow-f")
    second = wish_for(console, slug="willow-f", name="ערבה", administrator=NOA)
    assert (second.status_code, second.location) == (303, first.location)
    work("willow-f")
    assert len(letters) == 1


def test_the_invitation_lets_in_once(console, provisioner, letters, context, browse):
    opened(console, provisioner, "willow-g")
    work("willow-g")
    path = re.search(r"http://willow-g\.localhost:8000(/sign-in/\S{43})", plain(letters[0]))[1]
    client = browse(tenant=register.by_slug("willow-g"))
    assert post_form(client, path).location == "/sign-in/enrol"
    assert post_form(browse(tenant=register.by_slug("willow-g")), path, token_from="/sign-in").status_code == 422


def _code(secret):
    return pyotp.TOTP(secret).generate_otp(int(clock.now().timestamp()) // 30)
