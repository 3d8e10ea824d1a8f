"""Drift: whatever somebody changed by hand in one schema is found and named, and nothing else is."""

import pytest
from click.testing import CliRunner

from maagal import database_cli, drift, provisioning, upgrading
from maagal.config import settings
from tests.upgrading.releases import later_release

CHANGES = {
    "alter table {s}.people add column nickname text": "column people.nickname is in no other",
    "alter table {s}.people alter column first_name drop not null": "column people.first_name is `character varying",
    "alter table {s}.people alter column version set default 2": "column people.version is `integer not null",
    "drop index {s}.ix_people_phone": "index ix_people_phone is missing",
    "drop index {s}.ix_outbox_due; create index ix_outbox_due on {s}.outbox (due_at) where state = 'pending'":
        "index ix_outbox_due is",
    "alter table {s}.people drop constraint ck_people_state": "constraint people.ck_people_state is missing",
    "alter table {s}.people enable row level security": "relation people is",
    "create policy seen on {s}.people using (true)": "policy people.seen is in no other",
    "grant update on {s}.audit to {s}": "relation audit is `r maagal_owner p",
    "grant usage on schema {s} to maagal_operator": "schema  is `maagal_owner",
    "alter default privileges for role maagal_owner in schema {s} revoke insert on tables from {s}":
        "default grants maagal_owner r is",
    "create function {s}.f() returns int language sql as 'select 1'": "function f() is in no other",
    "create trigger t before update on {s}.people for each row execute function suppress_redundant_updates_trigger()":
        "trigger people.t is in no other",
    "create type {s}.mood as enum ('glad')": "type mood is in no other",
    "alter table {s}.people owner to postgres": "relation people is `r postgres p",
    "update {s}.revision set version_num = '0009_safeguarding'": "revision is 0009_safeguarding, registered is 0010_reports",
}  # fmt: skip


def found(connection):
    return {each.name: each.differences for each in drift.drifted(connection)}


def test_schemas_of_one_history_are_alike(three, provisioner):
    assert found(provisioner) == {}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_by_hand_is_named(three, provisioner, administrator, change):
    administrator.execute(change.format(s=three[1].schema))
    told = found(provisioner)
    assert list(told) == ["birch"]
    assert any(CHANGES[change] in line for line in told["birch"]), told
    assert three[1].schema not in " ".join(told["birch"])


def test_upgraded_schemas_and_fresh_ones_are_alike_and_those_behind_are_not_compared(three, provisioner, tmp_path):
    with later_release(tmp_path, **{"9001_new": "alter table people add column nickname text default 'x'"}):
        list(upgrading.upgrade_tenants(settings(), "ash"))
        list(upgrading.upgrade_tenants(settings(), "birch"))
        provisioning.refill(provisioner, 2)
        assert found(provisioner) == {}


def test_another_order_of_columns_underneath_is_no_difference(three, provisioner, administrator):
    """A restored schema has no gaps where columns were dropped: PostgreSQL's trees then differ, what they say does not."""
    schema = three[1].schema
    administrator.execute(f"""
        delete from {schema}.outbox; alter table {schema}.outbox drop column state, add column state varchar not null;
        create index ix_outbox_due on {schema}.outbox (due_at) where state in ('pending', 'handed', 'claimed');
        create index ix_outbox_failed on {schema}.outbox (done_at) where state = 'failed'
    """)
    assert found(provisioner) == {}


def test_a_schema_that_is_gone_is_named(three, provisioner, administrator):
    administrator.execute(f"drop schema {three[2].schema} cascade")
    assert found(provisioner) == {"cedar": ("the schema is not there",)}


def test_the_command_names_who_differs_and_how(three, administrator):
    run = CliRunner().invoke
    assert run(database_cli.main, ["upgrade", "--drift"]).stdout == "all schemas are alike\n"
    administrator.execute(f"drop index {three[1].schema}.ix_people_phone")
    told = run(database_cli.main, ["upgrade", "--drift"])
    assert told.exit_code == 1
    assert f"birch {three[1].schema}: index ix_people_phone is missing" in told.stdout
    assert "1 unlike the others: birch" in told.stderr
