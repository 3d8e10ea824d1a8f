"""Opening tenants: from the pool in a moment, from the whole schema when the pool is dry, and never half."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from sqlalchemy import text

from maagal import migrate, provisioning, register, upgrading
from maagal.config import Settings
from maagal.db import db, within
from maagal.provisioning import TenantRefused, Wanted
from tests.floor.blanks import take_all_away


@pytest.fixture
def provisioner(context) -> Iterator[psycopg.Connection]:
    with provisioning.connect(Settings()) as connection:
        yield connection


def blanks(connection: psycopg.Connection) -> int:
    return connection.execute("select count(*) from control.blank_schemas").fetchone()[0]


def schemas(connection: psycopg.Connection) -> int:
    return connection.execute("select count(*) from pg_namespace where nspname like 't\\_%'").fetchone()[0]


def test_opening_claims_a_prepared_schema(provisioner):
    provisioning.refill(provisioner, 2)
    had, stood = blanks(provisioner), schemas(provisioner)
    provisioning.open_tenant(provisioner, Wanted("birch", "לבנה"))
    assert (blanks(provisioner), schemas(provisioner)) == (had - 1, stood)


def test_a_dry_pool_is_no_obstacle(provisioner):
    take_all_away(provisioner)
    provisioning.open_tenant(provisioner, Wanted("cedar", "ארז"))
    register.forget()
    with within(register.by_slug("cedar")):
        assert db.session.scalar(text("select count(*) from people")) == 0


def test_many_at_once_each_get_a_schema_of_their_own(provisioner):
    provisioning.refill(provisioner, 2)

    def open_one(number: int) -> None:
        with provisioning.connect(Settings()) as connection:
            provisioning.open_tenant(connection, Wanted(f"thicket-{number}", "חורש"))

    threads = [threading.Thread(target=open_one, args=(number,)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    query = "select count(*), count(distinct schema_name) from control.tenants where slug like 'thicket-%'"
    assert provisioner.execute(query).fetchone() == (4, 4)


@pytest.mark.parametrize("slug", ["www", "Oak", "ab", "-oak", "oak-", "a--b", "אלון", "x" * 50, "1oak"])
def test_a_name_that_cannot_be_is_refused_in_plain_words(provisioner, slug):
    with pytest.raises(TenantRefused, match=r"valid|reserved"):
        provisioning.open_tenant(provisioner, Wanted(slug, "שם"))


def test_a_taken_name_is_refused_and_costs_no_blank(provisioner, oak_and_elm):
    provisioning.refill(provisioner, 1)
    had = blanks(provisioner)
    with pytest.raises(TenantRefused, match="taken"):
        provisioning.open_tenant(provisioner, Wanted("oak", "עוד אלון"))
    assert blanks(provisioner) == had


def test_a_failure_half_way_leaves_nothing_behind(provisioner, monkeypatch):
    stood = schemas(provisioner)
    roles = "select count(*) from pg_roles where rolname like 't\\_%'"
    had = provisioner.execute(roles).fetchone()
    monkeypatch.setattr(provisioning, "AFTER", "; select 1 / 0; commit")
    with pytest.raises(psycopg.errors.DivisionByZero):
        provisioning.make_blank(provisioner)
    provisioner.rollback()
    assert (schemas(provisioner), provisioner.execute(roles).fetchone()) == (stood, had)


def test_the_schema_stands_at_the_newest_revision(provisioner, oak_and_elm):
    provisioner.execute("set role maagal_owner")
    assert migrate.revision_of(provisioner, oak_and_elm[0].schema) == migrate.head("tenant")
    provisioner.execute("reset role")


def test_preparing_again_changes_nothing(provisioner):
    assert upgrading.prepare(Settings()) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"timezone": "Nowhere/Land"}, {"timezone": "Asia"}, {"timezone": "../etc/passwd"}, {"name": "  "},
        {"host": "Bad Host:8000/x"}, {"host": "support.example:443"}, {"host": "alone"}, {"host": "oak.localhost"},
    ],
)  # fmt: skip
def test_what_could_never_answer_is_refused_with_the_reason(provisioner, wrong):
    with pytest.raises(TenantRefused):
        provisioning.open_tenant(provisioner, replace(Wanted("tamarisk", "אשל"), **wrong))
    assert provisioner.execute("select 1 from control.tenants where slug = 'tamarisk'").fetchone() is None


def test_a_host_is_kept_as_it_is_looked_up(provisioner, house):
    provisioning.open_tenant(provisioner, Wanted("linden", "טיליה", host=" HELP.Linden.Example. "))
    register.forget()
    assert register.by_host("help.linden.example").slug == "linden"


def test_resuming_does_not_open_what_is_still_being_furnished(provisioner):
    provisioning.open_tenant(provisioner, Wanted("hazel", "אגוז", state="opening"))
    with pytest.raises(TenantRefused):
        provisioning.resume(provisioner, "hazel")
    provisioning.abandon(provisioner, "hazel")
