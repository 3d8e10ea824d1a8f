"""Nobody exports or erases a tenant alone, or at once; the database holds to that itself."""

from datetime import timedelta

import psycopg
import pytest

from maagal import register
from maagal.leaving import exporting, requests
from maagal.leaving.requests import Refused
from maagal.opening import open_and_furnish
from tests.commands import refused

HOUR = timedelta(hours=1)


@pytest.fixture
def ask(provisioner, grove):
    def asked(what="erase", delay=timedelta(0), slug=grove.slug):
        return requests.ask(provisioner, slug, what, by="Ada", reason="they leave", delay=delay)

    return asked


@pytest.mark.parametrize("name", ["Ada", "ada ", " ADA", "A\u200bda", "\u200fAda\u200e", "Ａｄａ", "Ada\u00a0", "A\u0323da"])
def test_whoever_asks_does_not_approve(provisioner, ask, name):
    with pytest.raises(Refused, match="second person"):
        requests.approve(provisioner, ask().id, by=name)


def test_the_database_refuses_it_whoever_writes_the_statement(provisioner, ask, grove):
    made = ask()
    with pytest.raises(psycopg.errors.CheckViolation):
        provisioner.execute("update control.departures set approved_by = asked_by where id = %s", [made.id])
    with pytest.raises(psycopg.errors.CheckViolation):
        provisioner.execute("update control.departures set begun_at = now() where id = %s", [made.id])
    for column in ("asked_by", "asked_at", "delay", "recipient", "what", "tenant_id"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            provisioner.execute(f"update control.departures set {column} = {column} where id = %s", [made.id])
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        provisioner.execute("delete from control.departures")
    with pytest.raises(psycopg.errors.CheckViolation):
        provisioner.execute(
            "insert into control.departures (tenant_id, slug, what, reason, delay, asked_by, approved_by, approved_at) "
            "values (%s, %s, 'erase', 'x', '0', 'Ada', 'Bo', now() - interval '9 days')",
            [register.by_slug(grove.slug).id, "other"],
        )


def test_not_before_its_delay_is_over_counted_from_the_second_person(provisioner, ask, grove):
    made = ask(delay=HOUR)
    requests.approve(provisioner, made.id, by="Bo")
    provisioner.execute("update control.departures set approved_at = '2020-01-01' where id = %s", [made.id])  # changes nothing
    assert "delay is not over" in refused("tenant", "erase", grove.slug)
    assert register.by_slug(grove.slug) is not None


def test_only_a_demonstration_leaves_at_once(provisioner, ask):
    real = open_and_furnish("medlar", name="שסק")
    with pytest.raises(Refused, match="demonstration"):
        ask(slug=real.slug)
    assert ask(slug=real.slug, delay=HOUR).delay == HOUR


def test_without_a_second_person_nothing_is_exported_or_erased(ask, grove, tmp_path):
    ask()
    assert "approved by a second person" in refused("tenant", "erase", grove.slug)
    assert "approved by a second person" in refused("tenant", "export", grove.slug, "--to", tmp_path / "x.age")
    assert list(tmp_path.glob("*x.age*")) == []


def test_what_is_withdrawn_is_over(provisioner, ask, grove):
    made = ask()
    requests.approve(provisioner, made.id, by="Bo")
    requests.withdraw(provisioner, made.id, by="Cy")
    assert "approved by a second person" in refused("tenant", "erase", grove.slug)
    assert ask().id != made.id


def test_one_approval_is_one_export(grove, agreed, run, tmp_path):
    agreed(grove.slug, "export")
    run("tenant", "export", grove.slug, "--to", tmp_path / "x.age")
    assert "approved by a second person" in refused("tenant", "export", grove.slug, "--to", tmp_path / "y.age")


def test_an_export_goes_to_the_key_that_was_approved(provisioner, ask, grove, public_key, tmp_path):
    with pytest.raises(Refused, match="no public key"):
        ask("export")
    requests.set_recipient(provisioner, grove.slug, public_key)
    assert ask("export").recipient == public_key
    assert "not a public key" in refused("tenant", "recipient", grove.slug, "age1nonsense")


@pytest.mark.parametrize("name", ["", "  ", "\u200f\u200b"])
def test_nobody_is_nobody(provisioner, ask, grove, name):
    with pytest.raises(Refused, match="a name is needed"):
        requests.approve(provisioner, ask().id, by=name)


def test_what_was_agreed_for_a_tenant_is_not_for_whoever_has_its_short_name_next(
    grove, agreed, run, provisioner, public_key, tmp_path, monkeypatch
):
    """An export that broke off cannot be withdrawn; the tenant is erased, and another one takes its name."""
    agreed(grove.slug, "export")

    def die(*_ignored):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(exporting, "write", die)
        with pytest.raises(KeyboardInterrupt):
            exporting.export(provisioner, grove.slug, tmp_path / "x.age")
    agreed(grove.slug, "erase")
    run("tenant", "erase", grove.slug)
    register.forget()
    heir = open_and_furnish(grove.slug, name="heir", demo=True)
    assert "approved by a second person" in refused("tenant", "export", heir.slug, "--to", tmp_path / "x.age")
    agreed(heir.slug, "export")
    run("tenant", "export", heir.slug, "--to", tmp_path / "x.age")
    assert "approved by a second person" in refused("tenant", "erase", heir.slug)


def test_an_export_writes_over_nothing(grove, agreed, run, tmp_path):
    agreed(grove.slug, "export")
    (tmp_path / "x.age").write_bytes(b"of last year")
    assert "there already" in refused("tenant", "export", grove.slug, "--to", tmp_path / "x.age")
    assert (tmp_path / "x.age").read_bytes() == b"of last year"
    run("tenant", "export", grove.slug, "--to", tmp_path / "y.age")


def test_the_commands_walk_the_whole_way(grove, run, identity, public_key):
    run("tenant", "recipient", grove.slug, public_key)
    said = run("tenant", "ask", grove.slug, "erase", "--by", "Ada", "--reason", "over", "--delay-hours", "0")
    number = said.split()[1].rstrip(":")
    assert "second person" in refused("tenant", "approve", number, "--by", "Ada")
    run("tenant", "approve", number, "--by", "Bo")
    assert f"{number}\terase\t{grove.slug}\tasked by Ada: over\tapproved by Bo" in run("tenant", "requests")
    run("tenant", "withdraw", number, "--by", "Ada")
    assert "withdrawn by Ada" in run("tenant", "requests")
