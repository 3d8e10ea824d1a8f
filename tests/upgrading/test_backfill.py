"""Expand, backfill, contract: the worked example, and a backfill that is killed half-way."""

import os
import signal
import time

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from maagal import backfill, capability, cli, register, upgrading
from maagal.capability import Capability
from maagal.config import settings
from maagal.db import commit, db, within
from tests.upgrading.example import CONTRACT, EXPAND, NAME, REVISIONS, fill_phone_digits
from tests.upgrading.releases import later_release, write_revision

PEOPLE = 1000
INSERT = text("""
insert into people (id, first_name, last_name, phone, may_leave_message, neutral_sender, state, created_at)
select gen_random_uuid(), 'N', 'N', case when n % 10 > 0 then '+972-50-' || n end, false, true, 'active', now()
from generate_series(1, :number) n
""")


@pytest.fixture
def expanded(three, tmp_path):
    """The release that has just added the column, in three tenants, one of them with a thousand people."""
    with within(three[0]):
        db.session.execute(INSERT, {"number": PEOPLE})
        commit()
    with later_release(tmp_path, **{EXPAND: REVISIONS[EXPAND]}) as folder:
        register.forget()
        assert all(each.outcome == "done" for each in upgrading.upgrade_tenants(settings()))
        yield folder


def left(slug="ash"):
    with within(register.by_slug(slug)):
        return db.session.scalar(text("select count(*) from people where phone is not null and phone_digits is null"))


def test_a_backfill_killed_half_way_keeps_its_batches_and_goes_on(expanded, program):
    process = program("tests.upgrading.example", expanded, "ash")
    until(lambda: left() <= 700)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    rest = left()
    assert 0 < rest < 900
    assert rest % 50 == 0, "a batch is whole or not there"
    (done,) = backfill.run(fill_phone_digits, [register.by_slug("ash")], pause=0)
    assert (done.rows, done.trouble, left()) == (rest, "", 0)
    assert [each.rows for each in backfill.run(fill_phone_digits, [register.by_slug("ash")])] == [0]


def test_the_contracting_revision_fails_and_names_the_tenant_until_the_backfill_is_through(expanded):
    write_revision(expanded, CONTRACT, REVISIONS[CONTRACT], after=EXPAND)
    with later_release(expanded.parent):
        first = {each.name: each.outcome for each in upgrading.upgrade_tenants(settings())}
        assert first["ash"] == "CheckViolation"
        assert first["birch"] == first["cedar"] == "done"
    until_again = expanded / "tenant" / "versions" / f"{CONTRACT}.py"
    kept = until_again.read_text()
    until_again.unlink()  # the release before, in which the backfill is run
    with later_release(expanded.parent):
        register.forget()
        list(backfill.run(fill_phone_digits, [register.by_slug("ash")], pause=0))
    until_again.write_text(kept)
    with later_release(expanded.parent):
        assert [each.outcome for each in upgrading.upgrade_tenants(settings())] == ["done"]


def test_one_tenant_in_trouble_stops_no_other(expanded):
    def fails_in_birch(most):
        if db.session.scalar(text("select current_user")) == register.by_slug("birch").schema:
            db.session.execute(text("select 1 / 0"))
        return fill_phone_digits(most)

    found = [register.by_slug(slug) for slug in ("birch", "ash", "cedar")]
    told = list(backfill.run(fails_in_birch, found, pause=0))
    assert [(each.slug, each.rows, each.trouble) for each in told] == [
        ("birch", 0, "DataError"), ("ash", 900, ""), ("cedar", 0, ""),
    ]  # fmt: skip


def test_the_command_fills_every_tenant_and_is_safe_to_run_again(expanded, monkeypatch):
    ours = [*capability.load(), Capability("trial", backfills={NAME: fill_phone_digits})]
    monkeypatch.setattr(capability, "load", lambda: ours)
    run = CliRunner().invoke
    db.session.remove()
    assert "900 rows filled in 3 tenants" in run(cli.main, ["backfill", NAME, "--pause", "0"]).stdout
    assert "0 rows filled in 1 tenants" in run(cli.main, ["backfill", NAME, "--tenant", "ash"]).stdout
    unknown = run(cli.main, ["backfill"])
    assert (unknown.exit_code, f"there are: {NAME}" in unknown.stderr) == (1, True)


def until(reached):
    deadline = time.monotonic() + 60
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.02)
