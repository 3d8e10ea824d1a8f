"""One connection for everybody: tenants alternate on it through every way a transaction can end."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import Context

import pytest
from flask import Response, stream_with_context
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from maagal import app as putting_together
from maagal import register, scopes, sealing, tenancy
from maagal.app import create_app
from maagal.db import commit, db, within
from maagal.ids import new_id
from maagal.permissions import anyone, needs
from maagal.tenancy import NoTenant, TenantMixup
from tenants.people.models import Person
from tests.isolation.rows import administrator, close_connections

LOOK = text("select current_user, current_setting('search_path'), current_setting('statement_timeout'), pg_backend_pid()")


@pytest.fixture
def narrow(oak, elm, monkeypatch):
    """The application again, over a pool of one; Ada lives in oak and Eve in elm."""
    for tenant, name in ((oak, "Ada"), (elm, "Eve")):
        db.session.remove()
        with tenancy.entered(None), within(tenant):
            db.session.add(Person(first_name=name))
            commit()
    usual = putting_together.configuration

    def of_one(settings):
        told = usual(settings)
        return told | {"SQLALCHEMY_ENGINE_OPTIONS": told["SQLALCHEMY_ENGINE_OPTIONS"] | {"pool_size": 1, "max_overflow": 0}}

    monkeypatch.setattr(putting_together, "configuration", of_one)
    made = create_app()
    with tenancy.entered(None), made.app_context():
        yield made
        db.session.remove()
    close_connections(made)


def names():
    return list(db.session.scalars(select(Person.first_name)))


def fail(statement):
    with pytest.raises(DBAPIError):
        db.session.execute(text(statement))


def ends_by_commit(_tenant):
    db.session.execute(text("set local statement_timeout = 0"))
    commit()


def ends_by_rollback(_tenant):
    db.session.rollback()


def ends_by_an_error(_tenant):
    fail("select 1 / 0")


def ends_by_an_exception(_tenant):
    raise RuntimeError


def ends_by_a_time_out(_tenant):
    db.session.execute(text("set local statement_timeout = 20"))
    fail("select pg_sleep(5)")


def ends_by_a_cancel(_tenant):
    driver = db.session.connection().connection.driver_connection
    threading.Timer(0.05, driver.cancel).start()
    fail("select pg_sleep(5)")


def ends_by_leaving(_tenant):
    """Nobody ends it: whoever leaves the tenant does."""


def ends_by_a_killed_backend(_tenant):
    pid = db.session.scalar(text("select pg_backend_pid()"))
    with administrator() as connection:
        connection.execute("select pg_terminate_backend(%s)", [pid])
    with pytest.raises(OperationalError):
        db.session.execute(text("select 1"))


ENDS = [
    ends_by_commit, ends_by_rollback, ends_by_an_error, ends_by_an_exception, ends_by_a_time_out, ends_by_a_cancel,
    ends_by_leaving, ends_by_a_killed_backend,
]  # fmt: skip


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_the_next_tenant_on_the_only_connection_finds_itself_and_nothing_else(narrow, oak, elm, end):
    backends = set()
    for tenant, name in [(oak, "Ada"), (elm, "Eve")] * 3:
        try:
            with within(tenant):
                role, path, limit, pid = db.session.execute(LOOK).one()
                assert (role, limit) == (tenant.schema, "15s")
                assert path == f"pg_catalog, {tenant.schema}, pg_temp"
                assert names() == [name]
                backends.add(pid)
                end(tenant)
        except RuntimeError:
            assert end is ends_by_an_exception
        assert tenancy.current_or_none() is None
        assert db.engine.pool.checkedout() == 0
    assert len(backends) == 1 or end is ends_by_a_killed_backend


def test_between_tenants_the_only_connection_belongs_to_nobody(narrow, oak):
    for _turn in range(2):
        with within(oak):
            names()
        assert db.session.scalar(text("select current_user")) == "maagal_app"
        with pytest.raises(ProgrammingError, match="does not exist"):
            names()
        db.session.remove()


def test_threads_take_turns_on_the_only_connection_and_never_read_each_others_rows(narrow, oak, elm):
    def turns(tenant, name):
        for _turn in range(20):
            with narrow.app_context(), within(tenant):
                if names() != [name]:
                    return False
                commit()
        return True

    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(turns, *each) for each in [(oak, "Ada"), (elm, "Eve")] * 2]
    assert [job.result() for job in jobs] == [True] * 4


def test_a_background_thread_has_no_tenant_until_it_enters_one(context, oak):
    """A thread begins with nothing: what it was started from is not what it is in."""
    seen = []

    def work():
        row = new_id()
        for attempt in (tenancy.current, lambda: scopes.key("x"), lambda: scopes.file_path("x"),
                        lambda: sealing.seal("x", row, sealing.Place("people", row, "notes"))):  # fmt: skip
            with pytest.raises(NoTenant):
                attempt()
        with context.app_context(), pytest.raises(ProgrammingError, match="does not exist"):
            names()
        seen.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(20)
    assert seen == [True]


@pytest.fixture
def streaming(narrow, oak, elm):
    """Pages that tell who is there while they are being sent, or fail half-way."""

    def told():
        yield "begin "
        yield " ".join(names())

    def broken():
        yield "begin "
        raise RuntimeError

    def failing():
        names()
        raise RuntimeError

    def ready():
        found = names()
        return Response(each for each in ("begin ", *found))

    pages = {
        "held": lambda: Response(stream_with_context(told())), "loose": lambda: Response(told()),
        "broken": lambda: Response(stream_with_context(broken())), "failing": failing,
        "plain": lambda: " ".join(names()), "ready": ready,
    }  # fmt: skip
    for name, view in pages.items():
        narrow.add_url_rule(f"/try/{name}", name, needs(anyone)(view))
    for tenant in (oak, elm):  # known before the only connection is taken
        register.by_host(f"{tenant.slug}.localhost")

    def ask(page, tenant, read):
        base_url = f"http://{tenant.slug}.localhost:8000"
        with narrow.test_client().get(f"/try/{page}", base_url=base_url, buffered=False) as answer:
            return read(answer)

    db.session.remove()
    return lambda page, tenant, read=lambda answer: answer.text: Context().run(ask, page, tenant, read)


@pytest.mark.parametrize("page", ["held", "loose"])
def test_a_stream_that_reads_on_after_its_request_reads_nothing(streaming, oak, elm, page):
    """A request has left its tenant when its answer is sent, also with Flask's `stream_with_context`: rows are read before."""
    for tenant in (oak, elm, oak):
        with pytest.raises((RuntimeError, ProgrammingError, NoTenant)):
            streaming(page, tenant)
        assert tenancy.current_or_none() is None
        assert db.engine.pool.checkedout() == 0


def test_a_stream_of_rows_that_were_read_before_is_its_tenants(streaming, oak, elm):
    for tenant, name in [(oak, "Ada"), (elm, "Eve")] * 2:
        assert streaming("ready", tenant) == f"begin {name}"


def test_two_streams_in_one_thread_are_refused_rather_than_mixed_up(context, oak, elm):
    """No server of ours reads two answers in turn in one thread; if one did, the transaction would notice."""
    db.session.remove()
    with tenancy.entered(oak):
        names()
        with tenancy.entered(elm), pytest.raises(TenantMixup):
            names()
    db.session.rollback()


@pytest.mark.parametrize("page", ["failing", "broken"])
def test_a_page_that_fails_gives_the_connection_back_to_nobody(streaming, oak, elm, page):
    for tenant, name in [(oak, "Ada"), (elm, "Eve")]:
        try:
            streaming(page, tenant)
        except RuntimeError:
            assert page == "broken"
        assert db.engine.pool.checkedout() == 0
        assert tenancy.current_or_none() is None
        assert streaming("plain", tenant) == name


def test_a_teardown_that_fails_leaves_no_tenant_behind(narrow, streaming, oak, elm):
    """Nothing of ours fails there; if something did, the house's own leaving comes all the same."""

    def falls(_error):
        raise ZeroDivisionError

    narrow.teardown_request_funcs[None].append(falls)
    for tenant, name in [(oak, "Ada"), (elm, "Eve")] * 2:
        with suppress(ZeroDivisionError):
            assert streaming("plain", tenant) == name
        assert tenancy.current_or_none() is None
        assert db.engine.pool.checkedout() == 0


def test_a_client_that_hangs_up_leaves_no_tenant_behind(streaming, oak, elm):
    streaming("ready", oak, lambda answer: next(answer.iter_encoded()))
    assert tenancy.current_or_none() is None
    assert streaming("plain", elm) == "Eve"
    assert db.engine.pool.checkedout() == 0
