"""`maagal person`: the first people of a tenant, and a way in for whoever lost theirs."""

from email.message import EmailMessage

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select

from maagal.db import commit, db, within
from maagal.opening import open_and_furnish
from maagal.tenancy import Tenant
from tenants.audit.models import AuditEntry
from tenants.people.actions import add
from tenants.people.commands import person
from tenants.people.models import Membership, Person, SignInToken
from tests.circle import Circle
from tests.people.signing_in.door import Browse, post_form


@pytest.fixture
def outside(circle: Circle, oak: Tenant) -> Circle:
    """Be where a command starts: no session of ours is in the middle of anything."""
    db.session.remove()
    return circle


def run(*words: str) -> Result:
    return CliRunner().invoke(person, words)


def test_a_link_is_mailed_and_on_a_demonstration_printed(outside: Circle, letters: list[EmailMessage], browse: Browse) -> None:
    result = run("link", "oak", "miri.lev@example.org")
    assert result.exit_code == 0, result.output
    assert [letter["To"] for letter in letters] == ["miri.lev@example.org"]
    path = result.output.strip().removeprefix("http://oak.localhost:8000")
    client = browse()
    assert post_form(client, path).location == "/today"
    assert db.session.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.action == "sent")) == 1


def test_nobody_gets_no_link(outside: Circle) -> None:
    result = run("link", "oak", "nobody@example.org")
    assert (result.exit_code, "nobody here" in result.output) == (1, True)
    assert db.session.scalar(select(func.count(SignInToken.id))) == 0
    assert run("link", "no-such-tenant", "x@example.org").exit_code == 1


def test_somebody_with_a_phone_alone_is_sent_nothing_and_that_is_said(context: Flask) -> None:
    ash = open_and_furnish("ash", name="מילה")
    with within(ash):
        made = add("Noa", "Ben", "noa@example.org", "administrator", None)
        made.phone, made.email = "+972521234567", None
        commit()
    db.session.remove()
    result = run("link", "ash", "052-1234567")
    assert (result.exit_code, "no mail address" in result.output) == (1, True)
    with within(ash):
        assert db.session.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.action == "sent")) == 0


def test_the_first_people_are_added_with_a_role(outside: Circle) -> None:
    added = run("add", "oak", "--first", "Noa", "--last", "Ben", "--email", "Noa@Example.org", "--role", "administrator")
    assert added.exit_code == 0, added.output
    held = select(Membership.role, Membership.community_id).join(Person).where(Person.email == "noa@example.org")
    assert db.session.execute(held).one() == ("administrator", None)
    assert run("add", "oak", "--first", "Tal", "--email", "t@example.org", "--role", "mentor").exit_code == 1
    placed = ("--role", "mentor", "--community", "מעגל בדיקה")
    assert run("add", "oak", "--first", "Tal", "--email", "t@example.org", *placed).exit_code == 0


def test_a_link_is_never_a_second_factor(outside: Circle, letters: list[EmailMessage], browse: Browse, not_demo: None) -> None:
    result = run("link", "oak", "dana.rak@example.org")
    path = result.output.strip().removeprefix("http://oak.localhost:8000")
    client = browse()
    assert post_form(client, path).location == "/sign-in/enrol"
    assert client.get("/today").status_code == 303
