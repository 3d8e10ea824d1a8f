"""One tenant's trouble is nobody else's, a savepoint is no commit, and a row is done by whoever holds its lease."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from flask import Flask, current_app
from psycopg import sql
from sqlalchemy.engine import make_url

from maagal import clock, due, handling, relay
from maagal.bootstrap import plain
from maagal.config import Settings
from maagal.db import commit, db, within
from maagal.events import Outbox, later
from maagal.tenancy import Tenant, entered
from tenants.audit import actions as audit
from tenants.audit.models import AuditEntry
from tests.circle import Browser, Circle

JOB = "floor.trial"


@pytest.fixture
def administrator(oak: Tenant, elm: Tenant) -> Iterator[psycopg.Connection]:
    with psycopg.connect(plain(make_url(Settings().database_url)), autocommit=True) as connection:
        connection.execute("delete from control.due")
        yield connection


@pytest.fixture
def trial(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that leaves an entry of the record behind."""
    jobs = current_app.extensions["house"].listeners.jobs
    monkeypatch.setitem(jobs, JOB, lambda: audit.record(None, "tried", "trial"))


def is_noted(connection: psycopg.Connection, tenant: Tenant) -> bool:
    return connection.execute("select 1 from control.due where tenant_id = %s", [tenant.id]).fetchone() is not None


def turned() -> list[str]:
    """Let the relay look once, and return the slugs of those whose rows were handed over."""
    handed: list[str] = []
    db.session.rollback()
    with entered(None):
        relay.turn(lambda tenant, _queue, ids: handed.extend([tenant.slug] * len(ids)))
    return handed


@pytest.fixture
def broken_elm(administrator: psycopg.Connection, elm: Tenant) -> Iterator[Tenant]:
    """Elm with an outbox as an upgrade leaves it that stopped half-way."""
    table = sql.Identifier(elm.schema, "outbox")
    administrator.execute(sql.SQL("alter table {} rename column due_at to was_due_at").format(table))
    yield elm
    administrator.execute(sql.SQL("alter table {} rename column was_due_at to due_at").format(table))


def test_a_tenant_whose_tables_are_broken_keeps_nobody_else_waiting(
    administrator: psycopg.Connection, broken_elm: Tenant, oak: Tenant
) -> None:
    db.session.remove()
    with entered(None), within(broken_elm):
        due.upsert(clock.now() - timedelta(minutes=1))
    later(JOB, clock.now())
    commit()
    assert turned() == ["oak"]
    assert is_noted(administrator, broken_elm)
    with entered(None):
        assert relay.sweep() >= 2


def test_the_end_of_a_savepoint_tells_the_relay_nothing(administrator: psycopg.Connection, oak: Tenant) -> None:
    with db.session.begin_nested():
        later(JOB, clock.now())
    assert not is_noted(administrator, oak)
    commit()
    assert is_noted(administrator, oak)


def test_a_savepoint_rolled_back_does_not_take_the_relays_notice_along(
    administrator: psycopg.Connection, oak: Tenant
) -> None:
    later(JOB, clock.now())
    point = db.session.begin_nested()
    point.rollback()
    commit()
    assert is_noted(administrator, oak)


@pytest.mark.usefixtures("trial")
def test_a_worker_whose_lease_went_to_another_leaves_nothing_behind(oak: Tenant) -> None:
    later(JOB, clock.now())
    commit()
    ids: list[UUID] = list(db.session.scalars(db.select(Outbox.id).where(Outbox.name == JOB)))
    db.session.rollback()
    (slow,) = handling.claim(ids)
    with clock.held_at(clock.now() + handling.LEASE + timedelta(seconds=1)):
        (quick,) = handling.claim(ids)
    house = current_app.extensions["house"]
    handling._act(house, slow)
    handling._act(house, quick)
    done = db.session.scalars(db.select(AuditEntry.action).where(AuditEntry.action == "tried"))
    assert list(done) == ["tried"]
    assert db.session.scalar(db.select(Outbox.state).where(Outbox.name == JOB)) == "done"


def test_a_refused_request_does_not_keep_the_next_ones_entry_out_of_the_chain(
    circle: Circle, browse: Callable[..., Browser]
) -> None:
    audit.forget_asking()
    audit.record(circle.dana, "read", "person")
    db.session.rollback()
    audit.record(circle.dana, "read", "person")
    commit()
    asked = db.select(Outbox.id).where(Outbox.name == audit.CHAIN)
    assert len(list(db.session.scalars(asked))) == 1
    audit.record(circle.dana, "read", "person")
    commit()
    assert len(list(db.session.scalars(asked))) == 1
