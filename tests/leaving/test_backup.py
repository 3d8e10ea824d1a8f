"""One tenant goes back to yesterday while the others go on; nothing half is ever left."""

import threading
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from maagal import keystore, register, scopes, sealing, tenancy
from maagal.bootstrap import plain
from maagal.config import Settings
from maagal.db import commit, db, within
from maagal.ids import new_id
from maagal.leaving import backing_up, restoring, schemas
from maagal.leaving.age_streams import identities_in
from maagal.sealing import Place
from maagal.tenancy import TenantClosed
from tenants.people.models import Person
from tests.commands import refused
from tests.leaving.conftest import NOTE


@pytest.fixture
def saved(grove, identity, tmp_path):
    """Grove as it was: with Pnina's note, before anything else happened."""
    return backing_up.back_up_tenant(grove.slug, tmp_path / "backups", identities_in(identity)[0].to_public())


def names(tenant) -> set[str]:
    register.forget()
    with within(register.by_slug(tenant.slug)):
        return set(db.session.scalars(db.select(Person.first_name)))


@contextmanager
def writing(context, tenant):
    """Have somebody write into a tenant all the while; gives what was committed."""
    stop, kept = threading.Event(), []

    def write():
        with context.app_context(), within(tenant):
            while not stop.is_set():
                name = f"n{len(kept)}"
                db.session.execute(text("insert into communities (id, name, kind, shape, state, created_at) "
                                        "values (:id, :name, 'paired', '{}', 'open', now())"), {"id": new_id(), "name": name})
                commit()
                kept.append(name)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield kept
    finally:
        stop.set()
        writer.join()


def test_one_tenant_is_as_it_was_while_the_next_one_goes_on_and_loses_nothing(context, grove, elm, identity, saved, run):
    with within(grove):
        db.session.execute(text("update people set first_name = 'Later', notes = null"))
        commit()
        scopes.file_path("reports", "one.pdf").write_bytes(b"overwritten")
    db.session.remove()
    with writing(context, elm) as kept:
        while len(kept) < 5:
            pass
        assert "is back" in run("restore", "--tenant", grove.slug, "--from", saved, "--identity", identity)
        had = len(kept)
        while len(kept) < had + 5:
            pass
    with within(elm):
        there = set(db.session.scalars(text("select name from communities")))
    assert there == set(kept)
    assert names(grove) == {"Dana", "Gil", "Miri", "Pnina", "Adam"}
    with within(register.by_slug(grove.slug)):
        person, note = db.session.execute(db.select(Person.id, Person.notes).where(Person.notes.is_not(None))).one()
        assert sealing.unseal(note, Place("people", person, "notes")) == NOTE
        assert scopes.file_path("reports", "one.pdf").read_bytes() == b"%PDF-1.7 \x00\xff"


def test_whoever_still_believes_in_the_old_schema_is_refused_and_it_is_gone(grove, identity, saved, run, provisioner):
    run("restore", "--tenant", grove.slug, "--from", saved, "--identity", identity)
    with pytest.raises(TenantClosed), within(grove):
        db.session.connection()
    assert provisioner.execute("select to_regnamespace(%s)", [grove.schema]).fetchone() == (None,)
    assert provisioner.execute("select count(*) from pg_roles where rolname like %s", [f"{grove.schema}%"]).fetchone() == (0,)
    assert not (Settings().data / "files" / grove.schema).exists()


def test_a_suspended_tenant_is_backed_up_and_stays_closed_when_restored(grove, identity, run, tmp_path):
    run("tenant", "suspend", grove.slug)
    saved = backing_up.back_up_tenant(grove.slug, tmp_path, identities_in(identity)[0].to_public())
    run("restore", "--tenant", grove.slug, "--from", saved, "--identity", identity)
    with pytest.raises(TenantClosed), within(register.by_slug(grove.slug)):
        db.session.connection()
    run("tenant", "resume", grove.slug)
    assert "Pnina" in names(grove)


def test_a_backup_holds_no_key_and_nothing_plain(grove, saved, identity):
    content = saved.read_bytes()
    assert b"Pnina" not in content
    assert grove.slug.encode() not in content
    key = keystore.for_owner(grove.id, keystore.TENANT).id
    with keystore.engine().connect() as connection:
        wrapped = bytes(connection.exec_driver_sql("select wrapped from keys where id = %(id)s", {"id": key}).scalar_one())
    with restoring._opened(saved, identities_in(identity)) as (_tenant, members):
        everything = b"".join(content for _name, content in members)
    assert b"Pnina" in everything
    assert wrapped.hex().encode() not in everything


def test_one_that_dies_half_way_leaves_the_tenant_as_it_is_and_the_next_one_clears_up(
    grove, identity, saved, run, provisioner, monkeypatch
):
    def die(connection, *_ignored):
        with psycopg.connect(plain(make_url(Settings().database_url)), autocommit=True) as administrator:
            administrator.execute("select pg_terminate_backend(%s, 5000)", [connection.info.backend_pid])
        connection.execute("select 1")

    with monkeypatch.context() as patch:
        patch.setattr(restoring, "_swap", die)
        with pytest.raises(psycopg.OperationalError):
            run("restore", "--tenant", grove.slug, "--from", saved, "--identity", identity)
    db.session.remove()
    assert "Pnina" in names(grove)
    (left,) = provisioner.execute("select schema_name from control.leftovers").fetchone()
    assert (Settings().data / "files" / left).exists()  # the files were there already
    run("restore", "--tenant", grove.slug, "--from", saved, "--identity", identity)
    assert provisioner.execute("select count(*) from control.leftovers").fetchone() == (0,)
    assert not (Settings().data / "files" / left).exists()
    assert "Pnina" in names(grove)


def test_another_tenants_backup_is_refused(grove, oak_and_elm, identity, saved):
    assert grove.slug in refused("restore", "--tenant", oak_and_elm[1].slug, "--from", saved, "--identity", identity)


def test_what_was_saved_at_an_older_revision_is_brought_up_to_date(provisioner, context):
    tables = "select tablename from pg_tables where schemaname = %s order by 1"
    with schemas.alone(provisioner), schemas.fresh(provisioner, "0004_people") as schema:
        assert ("concerns",) not in provisioner.execute(tables, [schema]).fetchall()
    try:
        assert ("concerns",) in provisioner.execute(tables, [schema]).fetchall()
    finally:
        schemas.clear(provisioner, schema)


def test_a_row_that_points_nowhere_is_not_restored(provisioner, context):
    nowhere = "insert into accounts (id, person_id) values (gen_random_uuid(), gen_random_uuid())"
    with pytest.raises(psycopg.errors.IntegrityError), schemas.alone(provisioner), schemas.fresh(provisioner, "0010_reports"):
        provisioner.execute(nowhere)
    assert provisioner.execute("select count(*) from control.leftovers").fetchone() == (0,)


def test_the_login_that_reads_everything_writes_nothing(provisioner, grove):
    with psycopg.connect(plain(make_url(Settings().backup_url)), autocommit=True) as connection:
        assert connection.execute(f'select count(*) from "{grove.schema}".people').fetchone() == (5,)
        for statement in (f'delete from "{grove.schema}".people', f'create table "{grove.schema}".x ()', "create temp table x ()",
                          "delete from control.tenants", f'set role "{grove.schema}"'):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
    assert tenancy.current_or_none() is None
