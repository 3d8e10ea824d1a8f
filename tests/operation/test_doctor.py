"""What the doctor sees in a house that is well, and in one where somebody bent something."""

import json
import os
from collections.abc import Iterator

import psycopg
import pytest
import redis
from click.testing import CliRunner
from sqlalchemy.engine import make_url

from maagal import keystore
from maagal.bootstrap import plain
from maagal.config import Settings, settings
from maagal.db import db
from maagal.doctor import logins, place, servers, tenants
from maagal.doctor.command import CHECKS, doctor, examined
from maagal.doctor.finding import BAD, OK, WARN
from maagal.tenancy import Tenant


@pytest.fixture
def administrator(oak: Tenant, elm: Tenant) -> Iterator[psycopg.Connection]:
    db.session.remove()
    with psycopg.connect(plain(make_url(Settings().database_url)), autocommit=True) as connection:
        connection.execute("delete from control.due")
        yield connection


def levels(check: str) -> list[str]:
    return [each.level for each in examined(CHECKS[check])]


def bad(check: str) -> str:
    return "; ".join(each.said for each in examined(CHECKS[check]) if each.level == BAD)


def test_a_house_that_is_well_has_nothing_bad(administrator: psycopg.Connection) -> None:
    ran = CliRunner().invoke(doctor, ["--json"])
    found = json.loads(ran.output)
    assert [each for each in found if each["level"] == "bad" and each["check"] != "room"] == []
    assert {each["check"] for each in found} == set(CHECKS)
    assert all(each["todo"] for each in found if each["level"] == "bad")
    assert ran.exit_code == int(any(each["level"] == "bad" for each in found))


def test_a_line_says_how_it_is_and_what_to_do(administrator: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "redis_url", "redis://127.0.0.1:1")
    ran = CliRunner().invoke(doctor)
    assert ran.exit_code == 1
    assert "bad   valkey: Valkey does not answer (ConnectionError) → start it; nothing is lost meanwhile" in ran.output
    assert "ok    logins: maagal_app: reaches what it should and no more" in ran.output


def test_a_check_that_cannot_be_made_is_bad_and_keeps_no_other_from_being_made(
    administrator: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "operator_url", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert levels("silence") == [BAD]
    assert levels("revisions") == [OK, OK]


def test_it_tells_no_password_and_changes_nothing(administrator: psycopg.Connection) -> None:
    before = administrator.execute("select count(*) from pg_class").fetchone()
    said = CliRunner().invoke(doctor).output
    for name, value in os.environ.items():
        if name.endswith("_KEY"):
            assert value not in said
    assert make_url(Settings().app_url).password not in said
    assert administrator.execute("select count(*) from pg_class").fetchone() == before


BENT = [
    ("logins", "grant maagal_owner to maagal_app with set true", "revoke maagal_owner from maagal_app",
     "maagal_app: allowed: set local role maagal_owner"),
    ("logins", "grant select on control.operators to maagal_app", "revoke select on control.operators from maagal_app",
     "allowed: select from control.operators"),
    ("logins", "revoke select on control.due from maagal_app", "grant select on control.due to maagal_app",
     "refused: select from control.due"),
    ("attributes", "alter role maagal_sponsor inherit", "alter role maagal_sponsor noinherit", "attributes of maagal_sponsor"),
    ("attributes", "alter role maagal_owner login", "alter role maagal_owner nologin", "1 roles that own or hold tables"),
    ("defaults", "alter default privileges for role maagal_owner grant select on tables to public",
     "alter default privileges for role maagal_owner revoke select on tables from public", "1 default privileges for everybody"),
]  # fmt: skip


@pytest.mark.parametrize(("check", "bend", "mend", "said"), BENT)
def test_a_right_too_many_or_too_few_is_bad(
    administrator: psycopg.Connection, check: str, bend: str, mend: str, said: str
) -> None:
    assert bad(check) == ""
    administrator.execute(bend)
    try:
        assert said in bad(check)
    finally:
        administrator.execute(mend)
    assert bad(check) == ""


def test_a_login_without_its_time_out_is_warned_of(administrator: psycopg.Connection) -> None:
    administrator.execute("alter role maagal_app reset lock_timeout")
    try:
        (found,) = logins.timeouts()
        assert (found.level, found.said) == (WARN, "no time-out: app.lock_timeout")
    finally:
        administrator.execute("alter role maagal_app set lock_timeout = '5s'")


def test_a_database_that_would_write_values_into_its_log_is_bad(administrator: psycopg.Connection) -> None:
    administrator.execute("alter role maagal_operator set log_error_verbosity = 'default'")
    try:
        assert "log_error_verbosity = default" in bad("silence")
    finally:
        administrator.execute("alter role maagal_operator reset log_error_verbosity")


def test_a_tenant_that_is_behind_or_unlike_the_others_is_named(administrator: psycopg.Connection, oak: Tenant) -> None:
    administrator.execute("update control.tenants set revision = '0001_floor' where id = %s", [oak.id])
    try:
        assert bad("revisions") == "behind: oak"
    finally:
        administrator.execute("update control.tenants set revision = %s where id = %s", [oak.revision, oak.id])
    administrator.execute(f'create index odd on "{oak.schema}".outbox (name)')
    try:
        assert bad("drift") == "unlike the others: oak"
    finally:
        administrator.execute(f'drop index "{oak.schema}".odd')


def test_work_that_nobody_does_is_bad(administrator: psycopg.Connection, oak: Tenant) -> None:
    late = "insert into control.due (tenant_id, what, at) values (%s, 'outbox', now() - interval '10 minutes')"
    administrator.execute(late, [oak.id])
    (waits, _given_up) = tenants.work()
    assert waits.level == BAD
    administrator.execute("delete from control.due")


def test_a_master_key_that_opens_nothing_is_bad(
    administrator: psycopg.Connection, oak: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    keystore.for_owner(oak.id, keystore.TENANT)
    assert "MAAGAL_MASTER_KEY" not in bad("keys")
    monkeypatch.setattr(settings(), "master_key", "0" * 64)
    keystore.forget()
    assert "the master key opens 0 of" in bad("keys")
    keystore.forget()


def test_valkey_that_may_drop_messages_is_bad(administrator: psycopg.Connection) -> None:
    with redis.Redis.from_url(settings().redis_url) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        try:
            assert "maxmemory-policy is allkeys-lru" in bad("valkey")
        finally:
            client.config_set("maxmemory-policy", "noeviction")
    assert all(each.level == OK for each in servers.valkey())


def test_settings_that_do_not_fit_each_other_are_bad(monkeypatch: pytest.MonkeyPatch, told: dict[str, str]) -> None:
    bend = {"master_key": "short", "public_url": "http://maagal.example", "demo": True, "metrics_host": "0.0.0.0"}  # noqa: S104  it must be found
    for name, value in bend.items():
        monkeypatch.setattr(settings(), name, value)
    said = [(each.level, each.said) for each in examined(CHECKS["sense"]) if each.level != OK]
    assert [level for level, _said in said] == [BAD, BAD, BAD, WARN]
    monkeypatch.setattr(settings(), "app_url", "")
    assert "MAAGAL_APP_URL" in next(examined(CHECKS["settings"])).said


def test_a_file_that_others_may_read_is_bad(administrator: psycopg.Connection) -> None:
    folder = settings().data
    folder.chmod(0o700)
    assert [each.level for each in place.modes()] == [OK]
    folder.chmod(0o755)
    assert [each.level for each in place.modes()] == [BAD]
    folder.chmod(0o700)
