"""Tenants stick to connections, and a connection that has met many is closed."""

import threading

import pytest
from sqlalchemy import text

from maagal import app as putting_together
from maagal import tenancy
from maagal.app import create_app
from maagal.config import settings
from maagal.db import db, within
from maagal.opening import open_and_furnish
from tests.isolation.rows import close_connections

PID = text("select pg_backend_pid()")
SLUGS = ("reed", "rush", "sedge")


@pytest.fixture(scope="module")
def three(house):
    with house.app_context():
        return [open_and_furnish(slug, name=slug) for slug in SLUGS]


@pytest.fixture
def two_connections(three, context, monkeypatch):
    """The application again, over a pool of two."""
    usual = putting_together.configuration

    def of_two(told):
        made = usual(told)
        return made | {"SQLALCHEMY_ENGINE_OPTIONS": made["SQLALCHEMY_ENGINE_OPTIONS"] | {"pool_size": 2, "max_overflow": 0}}

    monkeypatch.setattr(putting_together, "configuration", of_two)
    made = create_app()
    with tenancy.entered(None), made.app_context():
        yield made
        db.session.remove()
    close_connections(made)


def serve(tenant):
    with within(tenant):
        return db.session.scalar(PID)


def test_a_tenant_goes_back_to_the_connection_that_knows_it(two_connections, three):
    reed, rush, _sedge = three
    first, second = serve(reed), serve(rush)
    assert first != second
    assert [serve(tenant) for tenant in (rush, reed, reed, rush, rush, reed)] == [second, first, first, second, second, first]


def test_a_stranger_goes_to_the_connection_that_has_met_fewest(two_connections, three, oak_and_elm):
    reed, rush, sedge = three
    first, second = serve(reed), serve(rush)
    assert serve(sedge) in {first, second}
    assert {serve(oak_and_elm[0]), serve(sedge)} == {first, second}


def test_one_that_is_busy_is_not_waited_for(two_connections, three):
    reed, rush, _sedge = three
    known = serve(reed)
    serve(rush)
    found = []
    with within(reed):
        assert db.session.scalar(PID) == known
        other = threading.Thread(target=lambda: found.append(in_a_thread(two_connections, reed)))
        other.start()
        other.join(10)
    assert found
    assert found[0] != known


def in_a_thread(app, tenant):
    with app.app_context(), tenancy.entered(None):
        return serve(tenant)


def test_a_connection_that_has_met_as_many_as_it_may_ends_with_its_process(two_connections, three, monkeypatch, administrator):
    monkeypatch.setattr(settings(), "connection_tenants", 1)
    gone = [serve(tenant) for tenant in three]
    assert len(set(gone)) == 3
    left = "select count(*) from pg_stat_activity where pid = any(%s)"
    for _try in range(50):
        if administrator.execute(left, [gone]).fetchone() == (0,):
            return
    pytest.fail("PostgreSQL still runs a process for a connection that was closed")


def test_one_tenant_alone_keeps_its_connection_however_often_it_asks(two_connections, three, monkeypatch):
    monkeypatch.setattr(settings(), "connection_tenants", 2)
    assert len({serve(three[0]) for _ in range(20)}) == 1


def test_every_place_of_the_pool_is_given_back(two_connections, three, monkeypatch):
    """A connection that is refused, or closed on its return, leaves its place to the next."""
    monkeypatch.setattr(settings(), "connection_tenants", 1)
    for tenant in three * 5:
        serve(tenant)
    assert db.engine.pool.checkedout() == 0
