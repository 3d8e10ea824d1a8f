"""After an erasure nothing is there, and nothing that was saved before opens any more."""

import threading

import psycopg
import pytest
import redis
from sqlalchemy import text

from maagal import keystore, register, scopes, sealing
from maagal.config import Settings, settings
from maagal.db import commit, db, within
from maagal.ids import new_id
from maagal.leaving import backing_up, erasing, schemas
from maagal.leaving.age_streams import identities_in
from maagal.sealing import Place
from maagal.tenancy import TenantClosed
from tests.commands import refused
from tests.isolation.rows import administrator


def traces(provisioner: psycopg.Connection, tenant) -> dict[str, object]:
    """Return what is still there of a tenant."""
    with keystore.engine().connect() as connection:
        keys = connection.exec_driver_sql("select count(*) from keys where tenant_id = %(t)s", {"t": tenant.id}).scalar_one()
    with redis.Redis.from_url(Settings().redis_url) as valkey:
        remembered = list(valkey.scan_iter(match=f"*{tenant.schema}*"))
    named = "select count(*) from control.tenants where slug = %s or name = %s"
    wished = "select count(*) from control.wishes where slug = %s or wanted::text like %s"
    found = {
        "schema": provisioner.execute("select to_regnamespace(%s)::text", [tenant.schema]).fetchone()[0],
        "roles": provisioner.execute("select count(*) from pg_roles where rolname like %s", [f"{tenant.schema}%"]).fetchone()[0],
        "due": provisioner.execute("select count(*) from control.due where tenant_id = %s", [tenant.id]).fetchone()[0],
        "name": provisioner.execute(named, [tenant.slug, tenant.name]).fetchone()[0],
        "wishes": provisioner.execute(wished, [tenant.slug, f"%{tenant.slug}%"]).fetchone()[0],
        "files": (Settings().data / "files" / tenant.schema).exists(),
        "keys": keys,
        "valkey": remembered,
    }
    return {name: value for name, value in found.items() if value}


@pytest.fixture
def remembered(grove):
    """Something of grove's in Valkey."""
    with within(grove), redis.Redis.from_url(Settings().redis_url) as valkey:
        valkey.set(scopes.key("rate", "somebody"), "1")


def test_nothing_is_left(grove, remembered, agreed, run, provisioner):
    assert {"schema", "roles", "name", "wishes", "files", "keys", "valkey", "due"} <= traces(provisioner, grove).keys()
    agreed(grove.slug, "erase")
    run("tenant", "erase", grove.slug)
    assert traces(provisioner, grove) == {}
    assert register.by_slug(grove.slug) is None
    with pytest.raises(TenantClosed), within(grove):
        db.session.connection()


@pytest.mark.parametrize(("where", "step"), [
    (keystore, "destroy_all"), (schemas, "clear"), (erasing, "_forget_mentions"),
    (erasing, "_clear_valkey"), (erasing, "_destroy_copies"),
])  # fmt: skip
def test_one_that_dies_half_way_lets_nobody_in_and_goes_on(
    grove, remembered, agreed, run, provisioner, monkeypatch, where, step
):
    agreed(grove.slug, "erase")

    def die(*_ignored):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(where, step, die)
        db.session.remove()
        with pytest.raises(KeyboardInterrupt):
            erasing.erase(provisioner, grove.slug)
    with pytest.raises(TenantClosed), within(grove):
        db.session.connection()
    run("tenant", "erase", grove.slug)
    assert traces(provisioner, grove) == {}


def test_yesterdays_backup_opens_no_more_not_even_for_whoever_holds_its_key(grove, identity, agreed, run, tmp_path):
    saved = backing_up.back_up_tenant(grove.slug, tmp_path, identities_in(identity)[0].to_public())
    agreed(grove.slug, "erase")
    run("tenant", "erase", grove.slug)
    said = refused("restore", "--tenant", grove.slug, "--from", saved, "--identity", identity)
    assert "nobody can read this backup" in said


def test_copies_of_its_keys_are_destroyed_and_do_not_come_back(grove, elm, identity, public_key, agreed, run, tmp_path):
    folder = tmp_path / "keys"
    keystore.for_owner(elm.id, "somebody")
    run("backup", "--keys", "--to", folder, "--recipient", public_key)
    mine, theirs = folder / f"{grove.id}.age", folder / f"{elm.id}.age"
    hidden = mine.read_bytes()
    agreed(grove.slug, "erase")
    run("tenant", "erase", grove.slug)
    assert (mine.exists(), theirs.exists()) == (False, True)
    mine.write_bytes(hidden)  # somebody kept a copy of the copy
    run("restore", "--keys", "--from", folder, "--identity", identity)
    with pytest.raises(keystore.KeyGone):
        keystore.for_owner(grove.id, keystore.TENANT)
    run("keys", "forget-copies", folder)


def test_copies_out_of_reach_are_named_until_somebody_saw_to_them(grove, public_key, agreed, run, tmp_path, provisioner):
    folder = tmp_path / "keys"
    run("backup", "--keys", "--to", folder, "--recipient", public_key)
    folder.rename(tmp_path / "away")
    agreed(grove.slug, "erase")
    assert str(folder) in refused("tenant", "erase", grove.slug)
    run("keys", "forget-copies", folder)
    run("tenant", "erase", grove.slug)
    assert traces(provisioner, grove) == {}


def test_a_process_that_held_its_keys_forgets_them_though_nobody_tells_it(grove, monkeypatch):
    place = Place("people", new_id(), "notes")
    with within(grove):
        sealed = sealing.seal("x", place.row, place)
        with keystore.engine().connect() as connection:  # as another process would
            connection.execute(keystore.BURY, {"tenant": grove.id})
            connection.execute(keystore.DESTROY_ALL, {"tenant": grove.id})
        assert sealing.unseal(sealed, place) == "x"  # believed a while longer, in this process alone
        keystore.forget_the_gone()
        with pytest.raises(keystore.KeyGone):
            sealing.unseal(sealed, place)
        with pytest.raises(keystore.KeyGone):
            sealing.seal("y", place.row, place)
    assert "keystore" in {each.name for each in threading.enumerate()}
    assert keystore.LOOKED_AT <= 30


def test_what_its_role_came_to_own_beside_the_schema_does_not_keep_it(grove, agreed, run, provisioner):
    """Both can be had by whoever gets statements of their own in; the second is refused today, and was not always."""
    with administrator() as connection:
        (thing,) = connection.execute("select lo_create(0)").fetchone()
        connection.execute(f'alter large object {thing} owner to "{grove.schema}"')
    with within(grove):
        db.session.execute(text("alter default privileges grant select on tables to public"))
        commit()
    agreed(grove.slug, "erase")
    run("tenant", "erase", grove.slug)
    assert traces(provisioner, grove) == {}
    assert provisioner.execute("select count(*) from pg_largeobject_metadata where oid = %s", [thing]).fetchone() == (0,)


def test_its_neighbours_do_not_notice(grove, elm, agreed, run, provisioner):
    keystore.for_owner(elm.id, "somebody")
    before = traces(provisioner, elm)
    agreed(grove.slug, "erase")
    run("tenant", "erase", grove.slug)
    assert traces(provisioner, elm) == before
    assert settings().data.exists()
