"""MAAGAL_CITUS=1: every schema is made on the coordinator, with roles that nodes can use, and placed last."""

import subprocess
import sys
import uuid

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from maagal import citus, drift, provisioning
from maagal.bootstrap import plain
from maagal.config import Settings, settings
from maagal.db import commit, db, within
from maagal.leaving import backing_up
from maagal.leaving.age_streams import identities_in, make_identity
from maagal.opening import open_and_furnish
from maagal.tenancy import TenantClosed
from tests.circle import make_circle
from tests.commands import refused, run

PLACED = "select s.nspname from pg_namespace s join pg_dist_schema d on d.schemaid = s.oid where nspname like 't\\_%%'"
SCHEMAS = "select nspname from pg_namespace where nspname like 't\\_%%'"
ROLES = "select rolname from pg_roles where rolname like 't\\_%%'"


@pytest.fixture
def grove(cluster):
    made = open_and_furnish(f"grove-{uuid.uuid4().hex[:8]}", name="חורשה", demo=True)
    with within(made):
        make_circle()
        commit()
    db.session.remove()
    return made


def test_every_schema_is_placed_as_its_owner_with_all_its_tables_whoever_made_it(grove, ask, tmp_path):
    identity, public = tmp_path / "identity", make_identity(tmp_path / "identity")
    saved = backing_up.back_up_tenant(grove.slug, tmp_path, identities_in(identity)[0].to_public())
    run("restore", "--tenant", grove.slug, "--from", saved, "--identity", identity)
    run("tenant", "recipient", grove.slug, public)
    run("tenant", "ask", grove.slug, "export", "--by", "Ada", "--reason", "x", "--delay-hours", "0")
    run("tenant", "approve", ask("select max(id) from control.departures")[0][0], "--by", "Bo")
    run("tenant", "export", grove.slug, "--to", tmp_path / "grove.age")
    run("tenant", "import", tmp_path / "grove.age", "--as", f"{grove.slug}-2", "--identity", identity)
    assert sorted(ask(SCHEMAS)) == sorted(ask(PLACED))
    asked = ask("select role, sequential, people, deferred, silent from citus.asked order by at")
    assert {row[:2] for row in asked} == {("maagal_owner", True)}
    assert [row[2] for row in asked][-2:] == [5, 5], "restored and imported schemas are filled before they go to a node"
    assert {row[3:] for row in asked} == {(0, 0)}, "keys and triggers are as they shall stay before it"


def test_a_tenants_roles_can_be_used_by_nodes_and_by_nobody_with_a_password(grove, ask):
    assert ask("select rolcanlogin, rolpassword from pg_authid where rolname like %s", [f"{grove.schema}%"]) == [(True, None)] * 2
    assert ask("select rolcanlogin, rolpassword from pg_authid where rolname = 'maagal_owner'") == [(True, None)]
    for role in (grove.schema, f"{grove.schema}_sponsor", "maagal_owner"):
        for password in ("", role, "postgres"):
            address = make_url(Settings().app_url).set(username=role, password=password)
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(plain(address), connect_timeout=5)


def test_a_password_that_such_a_role_gives_itself_lets_nobody_in(grove):
    with within(grove):
        db.session.execute(text("alter role current_user password 'of-my-own'"))
        commit()
    address = make_url(Settings().app_url).set(username=grove.schema, password="of-my-own")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(plain(address), connect_timeout=5)


def test_such_a_role_is_no_more_than_on_one_machine(grove, ask):
    more = """
    select rolname from pg_roles where rolname like 't\\_%%'
    and (rolsuper or rolcreatedb or rolcreaterole or rolbypassrls or rolreplication)
    """
    assert ask(more) == []
    assert ask("select 1 from pg_class where relowner in (select oid from pg_roles where rolname like 't\\_%%')") == []


def test_nothing_drifts_and_an_upgrade_finds_nothing_to_do(grove, provisioner):
    provisioning.refill(provisioner, 2)
    assert list(drift.drifted(provisioner)) == []
    assert "nothing to do" in run("upgrade", "--check")


def test_suspending_closes_and_erasing_takes_everything_away(grove, ask):
    run("tenant", "suspend", grove.slug)
    with pytest.raises(TenantClosed), within(grove):
        db.session.connection()
    run("tenant", "resume", grove.slug)
    run("tenant", "ask", grove.slug, "erase", "--by", "Ada", "--reason", "x", "--delay-hours", "0")
    run("tenant", "approve", ask("select max(id) from control.departures")[0][0], "--by", "Bo")
    run("tenant", "erase", grove.slug)
    assert ask(f"{SCHEMAS} and nspname = %s", [grove.schema]) == []
    assert ask(f"{ROLES} and rolname like %s", [f"{grove.schema}%"]) == []


@pytest.fixture
def older(cluster, provisioner, monkeypatch):
    """A tenant from before there was a cluster, and two blanks of that time."""
    open_and_furnish("first", name="first")  # it takes the blank that was made for the cluster
    with monkeypatch.context() as patch:
        patch.setenv("MAAGAL_CITUS", "0")
        settings.cache_clear()
        provisioning.make_blanks(provisioner, 3)
        made = open_and_furnish("older", name="older")
    settings.cache_clear()
    return made


def test_what_was_made_on_one_machine_is_placed_by_a_command_and_blanks_when_they_are_given_out(older, ask):
    assert ask("select rolcanlogin from pg_roles where rolname = %s", [older.schema]) == [(False,)]
    newer = open_and_furnish("newer", name="newer")
    assert (newer.schema,) in ask(PLACED)
    assert "older" in refused("cluster", "status")
    assert run("cluster", "place", "--tenant", "older") == "1 of 1 placed\n"
    assert (older.schema,) in ask(PLACED)
    assert ask("select distinct rolcanlogin from pg_roles where rolname like %s", [f"{older.schema}%"]) == [(True,)]
    run("cluster", "place")
    assert "are placed" in run("cluster", "status")
    assert run("cluster", "place") == "0 of 0 placed\n"


def test_one_that_is_busy_is_named_and_stays_where_it_is(older, ask, monkeypatch):
    monkeypatch.setattr("maagal.citus.PLACE", f"lock table {older.schema}.people; {citus.PLACE}")
    monkeypatch.setattr("maagal.cluster_cli.WAIT", "100ms")
    with psycopg.connect(plain(make_url(Settings().database_url))) as busy:
        busy.execute(f'lock table "{older.schema}".people in access share mode')
        assert "older" in refused("cluster", "place", "--tenant", "older")
    assert (older.schema,) not in ask(PLACED)


def test_a_server_without_citus_is_told_in_one_line_and_nothing_is_made(bare, ask):
    said = refused("prepare")
    assert said.startswith("Error: MAAGAL_CITUS=1, but this PostgreSQL has no Citus")
    assert said.count("\n") == 1
    assert ask("select 1 from pg_namespace where nspname in ('control', 'ext')") == []


def test_a_database_without_the_extension_opens_nothing_and_says_so_in_one_line(bare, ask, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setenv("MAAGAL_CITUS", "0")
        settings.cache_clear()
        run("prepare")
    settings.cache_clear()
    before = [ask(query) for query in (SCHEMAS, ROLES, "select * from control.blank_schemas", "select * from control.tenants")]
    for command in (("tenant", "open", "poplar", "--name", "poplar"), ("cluster", "place"), ("cluster", "status")):
        said = refused(*command)
        assert said.startswith("Error: MAAGAL_CITUS=1, but this database")
        assert said.count("\n") == 1
    provision = [sys.executable, "-m", "maagal.database_cli", "provision"]
    ended = subprocess.run(provision, capture_output=True, text=True, check=False, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1)
    after = [ask(query) for query in (SCHEMAS, ROLES, "select * from control.blank_schemas", "select * from control.tenants")]
    assert after == before
    with provisioning.connect(Settings()) as connection, pytest.raises(citus.NoCluster):
        provisioning.make_blank(connection)


def test_without_the_setting_there_is_no_cluster(house):
    assert "MAAGAL_CITUS is not set" in refused("cluster", "status")
