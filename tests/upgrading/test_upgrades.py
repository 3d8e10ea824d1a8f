"""Upgrades that die half-way, meet readers, meet each other and meet a tenant that cannot be upgraded."""

import os
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy.engine import make_url

from maagal import database_cli, migrate, provisioning, register, replaying, standing, upgrading
from maagal.bootstrap import plain
from maagal.config import settings
from maagal.provisioning import Wanted
from maagal.standing import BLANK
from tests.upgrading.releases import later_release, write_revision

NEW, NEWER = "9001_new", "9002_newer"
ADDS = "alter table people add column nickname text; create index ix_people_nickname on people (nickname)"


def run(**options):
    return {each.name: each.outcome for each in upgrading.upgrade_tenants(settings(), **options)}


def columns(connection, schema, table="people"):
    query = "select attname from pg_attribute where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped"
    return {name for (name,) in connection.execute(query, [f"{schema}.{table}"])}


def ledger(connection):
    query = "select schema_name, revision, outcome from control.upgrades order by id"
    return connection.execute(query).fetchall()


def registered(connection):
    return dict(connection.execute("select slug, revision from control.tenants").fetchall())


def command(*arguments):
    return CliRunner().invoke(database_cli.main, list(arguments))


def test_every_tenant_and_every_blank_is_brought_to_the_newest_revision(three, provisioner, administrator, tmp_path):
    with later_release(tmp_path, **{NEW: ADDS, NEWER: "alter table people add column percent text default '100%'"}):
        assert run() == dict.fromkeys(("ash", "birch", "cedar", BLANK), "done")
        assert all({"nickname", "percent"} <= columns(administrator, each.schema) for each in three)
        assert set(registered(provisioner).values()) == {NEWER}
        assert {line[1:] for line in ledger(provisioner)} == {(NEWER, "done")}
        assert len(ledger(provisioner)) == 4
        assert run() == {}


def test_one_that_cannot_be_upgraded_is_named_and_stops_nobody(three, provisioner, administrator, tmp_path):
    administrator.execute(f"alter table {three[1].schema}.people add column nickname text")
    with later_release(tmp_path, **{NEW: ADDS}):
        done = command("upgrade")
        assert done.exit_code == 1
        assert f"1 of 4 stayed behind: birch {three[1].schema} (DuplicateColumn)" in done.stderr
        assert registered(provisioner) == {"ash": NEW, "birch": "0010_reports", "cedar": NEW}
        assert (three[1].schema, NEW, "DuplicateColumn") in ledger(provisioner)
        assert "birch\tbehind at 0010_reports\tlast: DuplicateColumn at " in command("upgrade", "--status").stdout
        administrator.execute(f"alter table {three[1].schema}.people drop column nickname")
        assert command("upgrade").exit_code == 0
        assert command("upgrade", "--check").exit_code == 0


def test_a_blank_that_cannot_be_upgraded_is_taken_away_with_its_roles(three, provisioner, administrator, tmp_path):
    (blank,) = administrator.execute("select schema_name from control.blank_schemas").fetchone()
    administrator.execute(f"alter table {blank}.people add column nickname text")
    with later_release(tmp_path, **{NEW: ADDS}):
        assert run()[BLANK] == "DuplicateColumn"
    query = """
    select (select count(*) from pg_namespace where nspname = %(it)s), (select count(*) from control.blank_schemas),
           (select count(*) from pg_roles where rolname like %(it)s || '%%')
    """
    assert administrator.execute(query, {"it": blank}).fetchone() == (0, 0, 0)


def test_a_reader_in_the_way_is_waited_for_and_nothing_is_half_done(three, administrator, tmp_path):
    with later_release(tmp_path, **{NEW: ADDS}), ThreadPoolExecutor(1) as threads:
        with psycopg.connect(administrator.info.dsn, password=administrator.info.password) as reader:
            reader.execute(f"select count(*) from {three[0].schema}.people")
            waiting = threads.submit(run, slug="ash")
            time.sleep(0.8)
            assert "nickname" not in columns(administrator, three[0].schema)
            assert administrator.execute(f"select version_num from {three[0].schema}.revision").fetchone() != (NEW,)
        assert waiting.result() == {"ash": "done"}


def test_no_tenant_is_stopped_for_longer_than_said(three, provisioner, administrator, tmp_path):
    slow = "alter table people add column nickname text; select pg_sleep(30)"
    with later_release(tmp_path, **{NEW: slow}):
        started = time.monotonic()
        assert run(slug="ash", hold=0.3) == {"ash": "TransactionTimeout"}
        assert time.monotonic() - started < 5
        assert "nickname" not in columns(administrator, three[0].schema)
        assert ledger(provisioner) == [(three[0].schema, NEW, "TransactionTimeout")]


def test_two_at_once_share_the_work_and_none_is_done_twice(three, provisioner, tmp_path):
    provisioning.refill(provisioner, 6)
    with later_release(tmp_path, **{NEW: f"{ADDS}; select pg_sleep(0.05)"}), ThreadPoolExecutor(2) as threads:
        both = [threads.submit(lambda: list(upgrading.upgrade_tenants(settings(), parallel=2))) for _ in range(2)]
        outcomes = [each.outcome for run in both for each in run.result()]
        assert outcomes.count("done") == 9
        assert set(outcomes) <= {"done", replaying.ELSEWHERE}
        assert sorted(line[0] for line in ledger(provisioner)) == sorted({line[0] for line in ledger(provisioner)})
        assert len(ledger(provisioner)) == 9


def test_a_run_that_was_killed_goes_on_where_it_was(three, provisioner, program, tmp_path):
    provisioning.refill(provisioner, 9)
    with later_release(tmp_path, **{NEW: f"{ADDS}; select pg_sleep(0.1)"}) as folder:
        process = program("tests.upgrading.command", folder, "upgrade", "--parallel", "2")
        until(lambda: len(ledger(provisioner)) >= 3)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        time.sleep(0.5)  # what lay with PostgreSQL is finished or rolled back
        done = {line[0] for line in ledger(provisioner)}
        assert 3 <= len(done) < 12
        outcomes = list(upgrading.upgrade_tenants(settings()))
        assert {each.outcome for each in outcomes} == {"done"}
        assert {each.schema for each in outcomes} == {line[0] for line in ledger(provisioner)} - done
        assert len(ledger(provisioner)) == 12
        assert standing.behind(provisioner) == []


REFUSES = """
create function control.refuse() returns trigger language plpgsql as 'begin raise division_by_zero; end';
create trigger refuse before insert on control.upgrades for each row when (new.outcome = 'done') execute function control.refuse()
"""


def test_the_register_never_says_other_than_the_schema(three, provisioner, administrator, tmp_path):
    """Whatever fails at the very end takes everything with it."""
    administrator.execute(REFUSES)
    try:
        with later_release(tmp_path, **{NEW: ADDS}):
            assert run(slug="ash") == {"ash": "DivisionByZero"}
            assert registered(provisioner)["ash"] == "0010_reports"
            assert "nickname" not in columns(administrator, three[0].schema)
            assert ledger(provisioner) == [(three[0].schema, NEW, "DivisionByZero")]
    finally:
        administrator.execute("drop function control.refuse() cascade")


def test_a_schema_that_stands_elsewhere_than_registered_begins_where_it_stands(three, provisioner, administrator, tmp_path):
    """As one that was restored from before an upgrade, or changed by a runner that knew no better."""
    with later_release(tmp_path, **{NEW: ADDS, NEWER: "alter table people add column motto text"}):
        for each in three[:2]:
            administrator.execute(f"alter table {each.schema}.people add column nickname text")
            administrator.execute(f"create index ix_people_nickname on {each.schema}.people (nickname)")
            administrator.execute(f"update {each.schema}.revision set version_num = '{NEW}'")
        administrator.execute(f"update control.tenants set revision = '{NEWER}' where slug = 'birch'")
        assert run() == {"ash": "done", "cedar": "done", BLANK: "done"}
        assert run(slug="birch") == {"birch": "done"}
        assert all({"nickname", "motto"} <= columns(administrator, each.schema) for each in three)
        assert set(registered(provisioner).values()) == {NEWER}


def test_a_blank_claimed_by_an_older_release_in_the_middle_is_upgraded_as_the_tenant_it_became(here, provisioner, tmp_path):
    wanted, before = Wanted("elder", "סמבוק"), migrate.head("tenant")
    with provisioning.connect(settings()) as older, ThreadPoolExecutor(1) as threads, later_release(tmp_path, **{NEW: ADDS}):
        older.execute("begin")
        values = {"revision": before, "id": "0190a7b0-0000-7000-8000-000000000001", "capabilities": [], "settings": "{}"}
        older.execute(provisioning.CLAIM, vars(wanted) | values)
        waiting = threads.submit(run)
        time.sleep(0.3)
        older.execute("commit")
        assert set(waiting.result().values()) == {"done"}
        assert registered(provisioner) == {"elder": NEW}


def test_what_an_older_release_made_meanwhile_is_found_in_the_same_run(here, provisioner, tmp_path):
    provisioning.refill(provisioner, 2)
    hidden = "delete from control.blank_schemas where ctid = (select min(ctid) from control.blank_schemas) returning *"
    (late,) = provisioner.execute(hidden).fetchall()
    numbers = []

    def one_more(number):
        if not numbers:
            provisioner.execute("insert into control.blank_schemas values (%s, %s, %s)", late)
        numbers.append(number)

    with later_release(tmp_path, **{NEW: ADDS}):
        outcomes = list(upgrading.upgrade_tenants(settings(), found=one_more))
    assert numbers == [1, 2]
    assert (outcomes[1].schema, outcomes[1].outcome) == (late[0], "done")


def test_whoever_watches_sees_a_bar_and_the_rate_and_others_one_line(three, tmp_path, monkeypatch):
    with later_release(tmp_path, **{NEW: ADDS}):
        monkeypatch.setenv("FORCE_COLOR", "1")
        watched = command("upgrade")
        assert "4/4" in watched.stderr
        assert re.search(r"\d/s", watched.stderr)
        assert re.fullmatch(rf"4 to do, 4 done in [0-9.]+ s \(\d+/s\), now at {NEW}\n", watched.stdout)
        monkeypatch.delenv("FORCE_COLOR")
        assert command("upgrade").stderr == ""


def test_one_tenant_can_go_first(three, provisioner, tmp_path):
    with later_release(tmp_path, **{NEW: ADDS}):
        assert command("upgrade", "--tenant", "cedar").exit_code == 0
        assert registered(provisioner) == {"ash": "0010_reports", "birch": "0010_reports", "cedar": NEW}
        refused = command("upgrade", "--tenant", "nobody")
        assert (refused.exit_code, "there is no tenant 'nobody'" in refused.stderr) == (1, True)


def test_the_check_names_who_is_behind_and_does_nothing(three, provisioner, tmp_path):
    assert command("upgrade", "--check").exit_code == 0
    with later_release(tmp_path, **{NEW: ADDS}):
        told = command("upgrade", "--check")
        assert told.exit_code == 1
        assert all(f"{each.slug} {each.schema} (at 0010_reports)" in told.stderr for each in three)
        assert ledger(provisioner) == []


def test_the_status_counts_tenants_by_revision_for_the_operator_too(three, site, tmp_path):
    with later_release(tmp_path, **{NEW: ADDS}):
        run(slug="ash")
        with psycopg.connect(plain(make_url(settings().operator_url))) as connection:
            found = standing.everyone(connection)
        assert standing.counted(found) == [(NEW, 1), ("0010_reports", 2)]
        assert [(each.slug, each.is_behind, each.outcome) for each in found] == [
            ("ash", False, "done"), ("birch", True, None), ("cedar", True, None),
        ]  # fmt: skip
        assert command("upgrade", "--status").stdout.startswith(f"1\t{NEW} (this release)\n2\t0010_reports\n")


@pytest.mark.parametrize("statement", ["commit", "create index concurrently x on people (phone)", "vacuum people"])
def test_what_cannot_be_replayed_is_refused_before_any_tenant_is_touched(three, provisioner, tmp_path, statement):
    with later_release(tmp_path, **{NEW: f"alter table people add column nickname text;\n{statement}"}):
        refused = command("upgrade")
        assert (refused.exit_code, "the history 'tenant' holds" in refused.stderr) == (1, True)
        assert ledger(provisioner) == []


def test_the_house_opens_although_one_tenant_stays_behind(three, administrator, tmp_path):
    administrator.execute(f"alter table {three[1].schema}.people add column nickname text")
    with later_release(tmp_path, **{NEW: ADDS}):
        done = command("prepare")
        assert (done.exit_code, "birch" in done.stderr) == (0, True)


def test_a_suspended_tenant_is_upgraded_too_and_stays_suspended(three, provisioner, tmp_path):
    provisioning.suspend(provisioner, "ash")
    with later_release(tmp_path, **{NEW: ADDS}):
        assert run()["ash"] == "done"
        register.forget()
        assert register.by_slug("ash").state == "suspended"


@pytest.fixture
def later_control(here, administrator, tmp_path):
    """A release whose control schema has one table more; afterwards the schema is as it was."""
    before = migrate.head("shared")
    with later_release(tmp_path) as folder:
        write_revision(folder, NEW, "create table once (id integer)", after=before, history="shared")
        migrate.head.cache_clear()
        yield NEW
    administrator.execute("drop table if exists control.once")
    administrator.execute("update control.revision set version_num = %s", [before])


def test_two_who_prepare_at_once_make_the_control_schema_once(later_control, administrator):
    def shared(_number):
        with provisioning.connect(settings()) as connection:
            upgrading.upgrade_shared(connection)

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(shared, range(3)))
    assert administrator.execute("select version_num from control.revision").fetchone() == (later_control,)
    assert columns(administrator, "control", "once") == {"id"}


def until(reached):
    deadline = time.monotonic() + 60
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.02)
