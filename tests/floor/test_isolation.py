"""The walls between tenants, probed with the application's own login."""

import psycopg
import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, ProgrammingError

from maagal import provisioning, register, scopes, sealing, tenancy
from maagal.bootstrap import plain
from maagal.config import Settings
from maagal.db import CommitOutsideEdge, commit, db, keep_despite_refusal, within
from maagal.ids import new_id
from maagal.opening import open_and_furnish
from maagal.tenancy import NoTenant, Tenant, TenantClosed, TenantMixup
from tenants.audit.actions import record
from tenants.people.models import Person


def people() -> int:
    return db.session.scalar(select(func.count()).select_from(Person))


def refused(statement: str) -> str:
    """Run a statement in the current tenant and return PostgreSQL's reason for refusing it."""
    with pytest.raises(DBAPIError) as caught:
        db.session.execute(text(statement))
    db.session.rollback()
    return caught.value.orig.sqlstate


def test_a_query_without_a_tenant_is_refused_by_postgresql(context):
    with pytest.raises(ProgrammingError, match="does not exist"):
        people()


def test_each_transaction_runs_as_the_tenants_role_in_the_tenants_schema(oak):
    assert db.session.scalar(text("select current_user")) == oak.schema
    assert oak.schema in db.session.scalar(text("show search_path"))
    assert "alon" not in oak.schema
    assert oak.slug not in oak.schema


def test_naming_another_tenants_schema_is_refused(oak, elm):
    assert refused(f'select * from "{elm.schema}".people') == "42501"


def test_taking_another_tenants_role_sees_nothing_of_ours_and_ends_with_the_transaction(oak, elm):
    db.session.add(Person(first_name="Ada"))
    commit()
    db.session.execute(text(f'set local role "{elm.schema}"'))  # the residual risk: only a second statement could do this
    assert refused(f'select * from "{oak.schema}".people') == "42501"
    assert people() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "select set_config('role', 'maagal_owner', true)",
        "create table mine (id int)",
        "create temporary table mine (id int)",
        "select * from control.blank_schemas",
        "insert into control.tenants (id) values (gen_random_uuid())",
        "set local role maagal_owner",
        "drop table people",
        "update audit set action = 'nothing'",
        "delete from audit",
        "truncate audit_chain",
    ],
)
def test_the_casework_role_may_not(oak, statement):
    assert refused(statement) in {"42501", "3F000"}


def test_the_owner_cannot_log_in_and_no_login_owns_anything(context):
    with psycopg.connect(plain(make_url(Settings().database_url))) as connection:
        (can_log_in,) = connection.execute("select rolcanlogin from pg_roles where rolname = 'maagal_owner'").fetchone()
        owned = connection.execute(
            "select c.relname from pg_class c join pg_roles r on r.oid = c.relowner "
            "where r.rolcanlogin and r.rolname like 'maagal%'"
        ).fetchall()
        inheriting = connection.execute(
            "select rolname from pg_roles where rolname like 'maagal\\_%' and rolcanlogin and rolinherit"
        ).fetchall()
        public = connection.execute(
            "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a "
            "where a.grantee = 0 and (n.nspname = 'control' or n.nspname like 't\\_%')"
        ).fetchall()
    assert (can_log_in, owned, inheriting, public) == (False, [], [], [])


def test_the_sponsors_login_reads_published_figures_and_no_casework(oak):
    db.session.rollback()
    db.session.remove()
    with within(oak, "sponsor"):
        assert db.session.scalar(text("select count(*) from published_figures")) == 0
        assert refused("select * from people") == "42501"
        assert refused("select * from meeting_logs") == "42501"


def test_entering_another_tenant_in_the_middle_of_a_transaction_is_refused(oak, elm):
    people()
    with pytest.raises(TenantMixup), within(elm):
        pass


def test_a_transaction_never_reads_on_in_another_tenant(oak, elm):
    people()
    with tenancy.entered(elm), pytest.raises(TenantMixup):
        people()


def test_a_transaction_never_writes_on_in_another_tenant(oak, elm):
    people()
    with tenancy.entered(elm):
        db.session.add(Person(first_name="Eve"))
        with pytest.raises(TenantMixup):
            db.session.flush()
    db.session.rollback()


def test_the_neighbours_see_nothing(oak, elm):
    db.session.add(Person(first_name="Ada"))
    commit()
    db.session.remove()
    with within(elm):
        assert people() == 0


def test_a_pool_of_one_never_mixes_tenants_up(oak, elm):
    """Alternate through commit, rollback and failure on whatever connection comes."""
    db.session.rollback()
    db.session.remove()
    for turn in range(12):
        tenant = (oak, elm)[turn % 2]
        with within(tenant):
            assert db.session.scalar(text("select current_user")) == tenant.schema
            if turn % 3 == 0:
                refused("select 1 / 0")
            elif turn % 3 == 1:
                db.session.rollback()
            else:
                commit()


def test_a_connection_goes_back_to_the_pool_with_no_tenant_on_it(oak):
    seen = []
    engine = db.engines[None]

    def look(dbapi_connection, _record):
        driver = getattr(dbapi_connection, "driver_connection", dbapi_connection)
        seen.append(driver.pgconn.parameter_status(b"search_path"))

    event.listen(engine, "checkin", look)
    try:
        people()
        db.session.remove()
    finally:
        event.remove(engine, "checkin", look)
    assert seen
    assert all(oak.schema.encode() not in (path or b"") for path in seen)


def test_only_an_edge_commits(oak):
    db.session.add(Person(first_name="Ada"))
    with pytest.raises(CommitOutsideEdge):
        db.session.commit()
    db.session.rollback()


def test_the_second_edge_keeps_what_must_outlive_a_refusal(oak):
    db.session.add(Person(first_name="Ada"))
    db.session.flush()
    with keep_despite_refusal() as kept:
        kept.add(Person(first_name="Bo"))
    db.session.rollback()
    assert [person.first_name for person in db.session.scalars(select(Person))] == ["Bo"]


def test_a_suspended_tenant_is_refused_at_its_very_next_transaction(oak, elm, browse):
    with provisioning.connect(Settings()) as connection:
        provisioning.suspend(connection, "elm")
        try:
            db.session.remove()
            with tenancy.entered(None), pytest.raises(TenantClosed), within(elm):
                people()
            assert browse(tenant=elm).get("/statement").status_code == 503
            assert browse(tenant=oak).get("/statement").status_code == 200
        finally:
            provisioning.resume(connection, "elm")
            register.forget()
    assert browse(tenant=elm).get("/statement").status_code == 200


def test_a_cookie_of_one_tenant_is_nobody_at_another(circle, browse, elm):
    ours = browse(circle.dana)
    assert ours.get("/notices").status_code == 200
    cookie = ours.get_cookie("maagal", domain="oak.localhost")
    theirs = browse(tenant=elm)
    theirs.set_cookie("maagal", cookie.value, domain="elm.localhost")
    answer = theirs.get("/notices")
    assert answer.status_code == 303
    assert "/sign-in" in answer.location


def test_an_unknown_host_is_nowhere(browse, oak):
    stranger = Tenant(oak.id, "nobody", oak.schema, "x")
    assert browse(tenant=stranger).get("/statement").status_code == 404


def test_a_tenant_answers_at_a_host_of_its_own(house):
    with house.app_context():
        open_and_furnish("maple", name="אדר", host="support.maple.example")
    client = house.test_client()
    assert "אדר" in client.get("http://support.maple.example/statement").text
    assert client.get("http://other.maple.example/statement").status_code == 404


def test_path_mode_names_the_tenant_on_loopback_alone(house, oak_and_elm):
    client = house.test_client()
    assert client.get("http://127.0.0.1:8000/c/oak/statement").status_code == 200
    assert client.get("http://127.0.0.1:8000/c/none/statement").status_code == 404
    assert client.get("http://evil.example/c/oak/statement").status_code == 404


def test_audit_rows_can_be_added_and_read_only(oak):
    record(None, "read", "pair")
    commit()
    assert refused("update audit set action = 'x'") == "42501"
    assert db.session.scalar(text("select action from audit")) == "read"


def test_without_a_tenant_nothing_can_be_sealed_or_named(context):
    row = new_id()
    for attempt in (
        lambda: sealing.seal("text", row, sealing.Place("people", row, "notes")),
        lambda: scopes.key("rate"),
        lambda: scopes.file_path("a"),
    ):
        with pytest.raises(NoTenant):
            attempt()
