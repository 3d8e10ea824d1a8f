"""Probes with the application's own logins: what somebody could try who got as far as SQL."""

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from maagal.bootstrap import plain
from maagal.config import Settings
from maagal.db import commit, db, within
from maagal.tenancy import current_or_none, entered
from tenants.audit.actions import record
from tenants.people.models import Person

REFUSED = {"42501", "3F000"}  # insufficient privilege, invalid schema name
OTHERS_ROW = [
    'select * from "{0}".people',
    'select count(*) from "{0}".audit',
    "insert into \"{0}\".people (id, first_name) values (gen_random_uuid(), 'x')",
    "update \"{0}\".people set first_name = 'x'",
    'delete from "{0}".people',
    'truncate "{0}".people',
    'copy "{0}".people to stdout',
    'lock table "{0}".people',
    'create view mine as select * from "{0}".people',
    'create table mine as select * from "{0}".people',
    "select * from pg_catalog.pg_get_viewdef('\"{0}\".people'::regclass)",
    "select nextval('\"{0}\".people_seq')",
]
OWN_WALLS = [
    "select set_config('search_path', 'x', false)",
    "select set_config('role', 'maagal_owner', true)",
    "set local role maagal_owner",
    "set role maagal_provisioner",
    "set session authorization maagal_owner",
    "create table mine (id int)",
    "create temporary table mine (id int)",
    "create temporary view mine as select 1",
    "create temporary sequence mine",
    "select 1 as a into temporary mine",
    "create schema mine",
    "create function mine() returns int language sql as 'select 1'",
    "create extension dblink",
    "create publication mine for all tables",
    "alter table people disable trigger all",
    "alter table people owner to current_user",
    "alter table audit disable trigger all",
    "alter role maagal_app superuser",
    "alter role maagal_sponsor password 'x'",
    "grant maagal_owner to current_user",
    "drop table people",
    "copy people to '/tmp/people'",
    "copy people from program 'true'",
    "select pg_read_file('/etc/passwd')",
    "select lo_import('/etc/passwd')",
    "select lo_create(0)",
    "select lo_creat(-1)",
    "select lo_from_bytea(0, 'x')",
    "do $$ begin perform 1; end $$",
    "do language plpgsql $$ begin execute 'set local role maagal_owner'; end $$",
    "comment on table people is 'x'",
    "select pg_stat_reset()",
    "create trigger mine before insert on people for each row execute function seat_of_a_pair()",
    "create rule mine as on insert to people do instead nothing",
    "create policy mine on people using (true)",
    "create index mine on people (first_name)",
    "create domain mine as int",
    "create server mine foreign data wrapper mine",
    "create event trigger mine on ddl_command_start execute function seat_of_a_pair()",
    "alter database maagal set work_mem = '1GB'",
    "import foreign schema public from server mine into public",
    "select * from pg_authid",
    "select * from pg_catalog.pg_hba_file_rules",
    "select * from control.blank_schemas",
    "insert into control.tenants (id) values (gen_random_uuid())",
    "update control.tenants set state = 'open'",
    "delete from control.due",
]
RECORD = [
    "update audit set action = 'nothing'",
    "delete from audit",
    "truncate audit cascade",
    "update audit_chain set hash = ''",
    "delete from audit_chain",
    "truncate audit_chain",
    "insert into audit_chain (seq, audit_id, hash) select 1, id, '' from audit on conflict (seq) do update set hash = ''",
    "merge into audit a using audit b on a.id = b.id when matched then delete",
]


@pytest.fixture(autouse=True)
def _nobody_gets_what_a_probe_leaves(context):
    """Close the connections: a role that a probe took for the session would meet whoever comes next outside a transaction."""
    yield
    db.session.remove()
    db.engine.dispose()


def why_not(statement, values=None):
    """Run a statement in the transaction at hand; return PostgreSQL's reason for refusing it."""
    with pytest.raises(DBAPIError) as caught:
        db.session.execute(text(statement), values or {})
    db.session.rollback()
    return caught.value.orig.sqlstate


def who():
    return db.session.scalar(text("select current_user"))


@pytest.mark.parametrize("statement", OTHERS_ROW)
def test_another_tenants_schema_may_be_named_and_not_used(oak, elm, statement):
    assert why_not(statement.format(elm.schema)) in REFUSED


@pytest.mark.parametrize("statement", OWN_WALLS)
def test_the_casework_role_gets_no_further(oak, statement):
    assert why_not(statement) in REFUSED | {"42704"}


def test_the_casework_role_hands_nothing_on(oak):
    """PostgreSQL says so by a warning: there is nothing to hand on."""
    db.session.execute(text("grant select on people to public, maagal_sponsor"))
    granted = db.session.scalars(text("select grantee::text from pg_class, aclexplode(relacl) where oid = 'people'::regclass"))
    oids = db.session.scalars(text("select oid::text from pg_roles where rolname in ('maagal_owner', :own)"), {"own": oak.schema})
    assert set(granted) == set(oids)


@pytest.mark.parametrize("statement", RECORD)
def test_the_record_of_reads_is_added_to_and_never_altered(oak, statement):
    record(None, "read", "pair")
    commit()
    assert why_not(statement) == "42501"
    assert db.session.scalar(text("select action from audit")) == "read"


def test_another_search_path_finds_nothing_that_the_role_may_not_use(oak, elm):
    db.session.execute(text(f'set local search_path = "{elm.schema}"'))
    assert why_not("select * from people") == "42P01"
    db.session.execute(text(f'set search_path = "{elm.schema}"'))
    commit()
    assert db.session.scalar(text("select count(*) from people")) == 0
    assert oak.schema in db.session.scalar(text("show search_path"))


def test_without_its_role_the_login_reads_no_tenant(oak, elm):
    db.session.execute(text("reset role"))
    assert who() == "maagal_app"
    assert why_not("select * from people") == "42P01"
    db.session.execute(text("set local role none"))
    assert why_not(f'select * from "{elm.schema}".people') == "42501"


@pytest.mark.parametrize("scope", ["local", "session"])
def test_a_role_that_was_taken_ends_with_its_transaction(oak, elm, scope):
    """The residual risk: whoever can send a statement of their own can name another tenant's role, for this transaction."""
    for end in (commit, db.session.rollback):
        db.session.execute(text(f'set {scope} role "{elm.schema}"'))
        assert who() == elm.schema
        end()
        assert who() == oak.schema
        db.session.rollback()


def test_a_role_left_on_the_connection_is_nobodys_in_the_next_transaction_without_a_tenant(oak, elm):
    with db.engine.connect() as connection:
        connection.execute(text(f'set session role "{elm.schema}"'))
        connection.execute(text(f'set session search_path = "{elm.schema}"'))
        connection.commit()
        with entered(None):
            assert connection.scalar(text("select current_user")) == "maagal_app"
            with pytest.raises(DBAPIError, match="does not exist"):
                connection.execute(text("select * from people"))


def test_one_message_with_bound_values_holds_one_statement(oak, elm):
    """Whatever carries input goes by the extended protocol."""
    stacked = f'select :value; set local role "{elm.schema}"'
    assert why_not(stacked, {"value": "x"}) == "42601"
    assert who() == oak.schema


def test_a_stacked_statement_without_bound_values_is_the_residual_risk(oak, elm):
    """A message without values may hold several statements, and one of them may take another tenant's role: PostgreSQL lets
    the login be any tenant. So no statement is made of input: the guards look for it. What does hold: it ends with the
    transaction, and takes nothing from the first tenant along.
    """
    db.session.add(Person(first_name="Ada"))
    commit()
    with entered(None):
        db.session.remove()
    rows = f'select 1; set local role "{elm.schema}"; set local search_path = "{elm.schema}"'
    db.session.execute(text(rows))
    assert who() == elm.schema
    assert db.session.scalar(text("select count(*) from people")) == 0
    assert why_not(f'select * from "{oak.schema}".people') == "42501"
    assert who() == oak.schema


def test_a_second_transaction_and_autocommit_stand_in_the_same_tenant(oak, elm):
    with db.session.begin_nested():
        assert who() == oak.schema
    commit()
    assert who() == oak.schema
    db.session.rollback()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        assert connection.scalar(text("select current_user")) in {oak.schema, "maagal_app"}
        with pytest.raises(DBAPIError):
            connection.execute(text(f'select * from "{elm.schema}".people'))


def test_the_bare_login_in_autocommit_reads_no_tenant(oak, elm):
    with psycopg.connect(plain(make_url(Settings().app_url)), autocommit=True) as connection:
        for statement in ("select * from people", f'select * from "{oak.schema}".people', 'create temporary table "mine" ()'):
            with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedTable)):
                connection.execute(statement)
        for role in ("maagal_owner", "maagal_provisioner", f"{oak.schema}_sponsor", "postgres"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(sql.SQL("set role {}").format(sql.Identifier(role)))


def test_the_sponsors_login_reads_published_figures_and_nothing_else(oak):
    tables = db.session.scalars(text("select tablename from pg_tables where schemaname = :name"), {"name": oak.schema}).all()
    db.session.rollback()
    db.session.remove()
    with within(oak, "sponsor"):
        readable = {name for name in tables if not _refused(f'select * from "{oak.schema}"."{name}"')}
        assert readable == {"published_figures"}
        for statement in ("insert into published_figures (id) values (null)", "delete from published_figures"):
            assert why_not(statement) == "42501"
        for role in (oak.schema, "maagal_app", "maagal_owner"):
            assert why_not(f'set local role "{role}"') == "42501"
    assert current_or_none() == oak


def _refused(statement):
    try:
        db.session.execute(text(statement))
    except DBAPIError:
        return True
    finally:
        db.session.rollback()
    return False


@pytest.mark.parametrize("login", ["operator", "keys"])
def test_operators_and_the_key_store_read_no_tenant(oak, login):
    with psycopg.connect(plain(make_url(getattr(Settings(), f"{login}_url"))), autocommit=True) as connection:
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedTable)):
            connection.execute(sql.SQL("select * from {}.people").format(sql.Identifier(oak.schema)))
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedObject)):
            connection.execute(sql.SQL("set role {}").format(sql.Identifier(oak.schema)))
