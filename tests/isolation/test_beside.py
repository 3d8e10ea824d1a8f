"""Ways around the walls that lie beside them: other sessions, what a session keeps, names that come back, kept answers."""

import uuid
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from maagal import provisioning, register, tenancy
from maagal.bootstrap import plain
from maagal.config import Settings
from maagal.db import commit, db, within
from maagal.ids import new_id
from maagal.leaving import erasing, requests
from maagal.opening import open_and_furnish
from tenants.people.models import Person
from tests.circle import at, make_circle

NAMED = text(
    "insert into communities (id, name, kind, shape, state, created_at) values (:id, :name, 'paired', '{}', 'open', now())"
)
WISHED = "insert into control.wishes (id, what, slug, state, ended_at) values (%s, 'open', 'x', 'done', now())"


@pytest.fixture(autouse=True)
def _nobody_gets_what_a_probe_leaves(context):
    yield
    db.session.remove()
    db.engine.dispose()


@pytest.mark.parametrize("function", ["query_to_xml('{}', true, true, '')", "ts_stat('{}')"])
def test_a_function_that_runs_text_takes_no_role_and_reads_no_neighbour(oak, elm, function):
    """They are called within a statement, where a stacked one is not: an injected expression would get as far."""
    for statement in (f'set local role "{elm.schema}"', f'select * from "{elm.schema}".people',
                      "select set_config(''role'', ''maagal_owner'', true)"):  # fmt: skip
        with pytest.raises(DBAPIError) as caught:
            db.session.execute(text("select " + function.format(statement)))
        assert caught.value.orig.sqlstate in {"0A000", "42501", "42P11"}
        db.session.rollback()


def test_nobody_sees_or_ends_what_other_sessions_do(oak, elm):
    with psycopg.connect(plain(make_url(Settings().app_url))) as other:
        other.execute(f'set local role "{elm.schema}"')
        other.execute("select 'words of elm'")
        seen = db.session.execute(text("select pid, query, application_name from pg_stat_activity where pid <> pg_backend_pid()"))
        told = {row.pid: (row.query, row.application_name) for row in seen}
        assert other.info.backend_pid in told
        assert {query for query, _name in told.values()} <= {"<insufficient privilege>", "", None}
        for way in ("pg_terminate_backend", "pg_cancel_backend"):
            with pytest.raises(DBAPIError, match="permission denied"):
                db.session.execute(text(f"select {way}({other.info.backend_pid})"))
            db.session.rollback()
        assert other.execute("select current_user").fetchone() == (elm.schema,)


def test_the_planners_samples_of_a_neighbours_values_are_not_shown(oak, elm):
    with within_alone(elm):
        db.session.add_all(Person(first_name="Eve") for _ in range(50))
        commit()
    with psycopg.connect(plain(make_url(Settings().database_url)), autocommit=True) as administrator:
        administrator.execute(f'analyze "{elm.schema}".people')
        sampled = "select count(*) from pg_stats where schemaname = %s and most_common_vals::text like '%%Eve%%'"
        assert administrator.execute(sampled, [elm.schema]).fetchone() != (0,)
    for catalog in ("pg_stats", "pg_stats_ext", "pg_stats_ext_exprs"):
        query = text(f"select count(*) from {catalog} where schemaname = :elm")
        assert db.session.scalar(query, {"elm": elm.schema}) == 0


def test_a_statement_that_one_tenant_prepared_reads_the_next_ones_rows(oak, elm):
    """What a session keeps is planned again for whoever is there."""
    with db.engine.connect() as connection:
        for tenant, name in ((oak, "Ada"), (elm, "Eve")):
            with tenancy.entered(tenant):
                connection.execute(NAMED, {"id": new_id(), "name": name})
                connection.commit()
        with tenancy.entered(oak):
            connection.execute(text("prepare mine as select name from communities"))
            assert connection.scalars(text("execute mine")).all() == ["Ada"]
            connection.commit()
        with tenancy.entered(elm):
            assert connection.scalars(text("execute mine")).all() == ["Eve"]
            connection.rollback()


def test_psycopgs_own_prepared_statements_read_the_rows_of_whoever_is_there(oak, elm):
    """It prepares a statement at its sixth use, and the pool's connection keeps it."""
    with db.engine.connect() as connection:
        for tenant, name in ((oak, "Ada"), (elm, "Eve")):
            with tenancy.entered(tenant):
                connection.execute(NAMED, {"id": new_id(), "name": name})
                connection.commit()
        for turn in range(24):
            tenant, name = ((oak, "Ada"), (elm, "Eve"))[turn // 8 % 2]
            with tenancy.entered(tenant):
                assert connection.scalars(text("select name from communities where id <> :id"), {"id": new_id()}).all() == [name]
                connection.rollback()


def test_whoever_listens_hears_that_something_was_wished_and_nothing_more(oak):
    with psycopg.connect(plain(make_url(Settings().app_url)), autocommit=True) as listener:
        listener.execute("listen maagal_wishes")
        with provisioning.connect(Settings()) as provisioner:
            provisioner.execute(WISHED, [new_id()])
        heard = list(listener.notifies(timeout=5, stop_after=1))
    assert [each.payload for each in heard] == [""]


def test_a_refusal_names_no_other_schema(oak, elm, circle, browse):
    """Neither the page nor PostgreSQL's own words to whoever breaks a rule."""
    with pytest.raises(DBAPIError) as caught:
        db.session.execute(text("insert into accounts (id, person_id) values (gen_random_uuid(), gen_random_uuid())"))
    db.session.rollback()
    assert elm.schema not in str(caught.value.orig)
    page = browse(circle.dana).get(f"/people/{new_id()}")
    assert page.status_code == 404
    assert "t_" + oak.schema[2:] not in page.text
    assert elm.schema not in page.text


@contextmanager
def within_alone(tenant):
    """Be in a tenant and in no other."""
    db.session.rollback()
    db.session.remove()
    with tenancy.entered(None), within(tenant):
        yield


@pytest.fixture
def named_again(context):
    """A tenant that was erased, with what people still hold of it, and another one of the same short name."""
    slug = f"twice-{uuid.uuid4().hex[:8]}"
    old = open_and_furnish(slug, name="הראשון", demo=True)
    with within(old):
        dana = make_circle().dana
        commit()
    client = at(context, old, dana)
    assert client.get("/people").status_code == 200
    with provisioning.connect(Settings()) as provisioner:
        made = requests.ask(provisioner, slug, "erase", by="Ada", reason="x", delay=timedelta(0))
        requests.approve(provisioner, made.id, by="Bo")
        db.session.remove()
        erasing.erase(provisioner, slug)
        provisioning.open_tenant(provisioner, provisioning.Wanted(slug, "השני", is_demo=True))
    return old, client


def test_a_short_name_that_is_given_again_leads_to_the_new_tenant_alone(named_again):
    old, client = named_again
    for path in ("/people", "/notices", "/statement"):  # this process still believes in the old one
        page = client.get(path)
        assert page.status_code in {303, 503} or (path, page.status_code) == ("/statement", 200)
        assert old.name not in page.text or page.status_code == 503
    register.forget()
    assert "השני" in client.get("/statement").text
    assert client.get("/people").status_code == 303, "a session of the tenant before is nobody's here"
    assert register.by_slug(old.slug).id != old.id
    assert register.by_id(old.id) is None
