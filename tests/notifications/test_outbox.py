"""The way from the outbox to a worker: each row once, nothing forgotten, nobody asked who has nothing to do."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest
from celery import Celery
from flask import Flask
from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url

from maagal import due, provisioning, register, relay, tasks, tenancy
from maagal.bootstrap import plain
from maagal.config import Settings, settings
from maagal.db import commit, db, within
from maagal.events import Outbox
from maagal.tenancy import Tenant, entered
from tenants.notifications import actions
from tests.circle import Circle, make_circle

TRIAL = "notifications/trial"
Handed = list[tuple[str, str, str]]


@pytest.fixture(autouse=True)
def nobody_else_is_due(oak: Tenant, elm: Tenant) -> None:
    """Let nobody be due: what other tests opened left something to do, at hours that may come meanwhile."""
    with psycopg.connect(plain(make_url(Settings().database_url)), autocommit=True) as connection:
        connection.execute("delete from control.due")


def tell(circle: Circle, number: int) -> None:
    """Tell Miri many things."""
    for at in range(number):
        actions.tell(circle.miri, TRIAL, once=str(at))
    commit()


def turned(handed: Handed) -> int:
    """Let the relay look once, outside any tenant; note what it hands over as (tenant, queue, row)."""
    db.session.rollback()

    def note(tenant: Tenant, queue: str, ids: list[str]) -> None:
        assert len(ids) <= relay.BATCH
        handed.extend((tenant.slug, queue, each) for each in ids)

    with entered(None):
        return relay.turn(note)


def of(slug: str, handed: Handed) -> list[str]:
    """Return the queues of one tenant's rows; a sweep also finds what tenants of other tests left undone."""
    return [queue for tenant, queue, _ in handed if tenant == slug]


def forget_due(tenant: Tenant) -> None:
    """Lose what the index of due tenants knows, as a kill right after a commit does."""
    with psycopg.connect(plain(make_url(Settings().database_url)), autocommit=True) as connection:
        connection.execute("delete from control.due where tenant_id = %s", [tenant.id])


def test_what_is_committed_is_handed_over_once(circle: Circle) -> None:
    tell(circle, 3)
    handed: Handed = []
    assert [turned(handed), turned(handed)] == [3, 0]
    assert {row[:2] for row in handed} == {("oak", "delivery")}
    assert len({row[2] for row in handed}) == 3


def test_two_relays_at_once_hand_each_row_once(circle: Circle, house: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "tenant_batches", 4)  # nobody works here, so that a share would soon be had
    tell(circle, 120)
    db.session.rollback()
    both: list[Handed] = [[], []]
    ready = Barrier(2)

    def one(handed: Handed) -> None:
        with house.app_context():
            ready.wait(10)
            while turned(handed):
                pass

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, both))
    rows = [row[2] for handed in both for row in handed]
    assert len(rows) == len(set(rows)) == 120


def test_the_sweep_finds_what_the_index_lost(circle: Circle, oak: Tenant) -> None:
    tell(circle, 1)
    forget_due(oak)
    handed: Handed = []
    assert turned(handed) == 0
    with entered(None):
        relay.sweep()
    turned(handed)
    assert of("oak", handed) == ["delivery"]


def test_idle_tenants_cost_a_turn_nothing(circle: Circle, elm: Tenant) -> None:
    tell(circle, 1)
    turned([])
    entered_for: list[object] = []

    def note(connection: Connection) -> None:
        entered_for.append(connection)

    event.listen(db.engine, "begin", note)
    try:
        turned([])
    finally:
        event.remove(db.engine, "begin", note)
    assert entered_for == []


def test_the_index_names_only_whose_hour_has_come(circle: Circle, oak: Tenant) -> None:
    tell(circle, 1)
    at = db.session.scalar(db.select(Outbox.due_at))
    db.session.rollback()
    assert at is not None
    assert [entry.tenant_id for entry in due.ready(at)] == [oak.id]
    turned([])
    assert due.ready(at) == []


@pytest.fixture
def celery(context: Flask) -> Celery:
    """The house's Celery application; tasks run here, in this process."""
    made: Celery = context.extensions["celery"]
    return made


@pytest.fixture
def where(celery: Celery) -> Iterator[list[Tenant | None]]:
    """Note in which tenant two tasks wake up: `test.house` outside any, `test.tenant` in that of its header."""
    seen: list[Tenant | None] = []

    def look() -> None:
        seen.append(tenancy.current_or_none())

    celery.task(look, name="test.house", base=tasks.HouseTask, shared=False)  # no other app of this run asks for it
    celery.task(look, name="test.tenant", base=tasks.TenantTask, shared=False)
    yield seen
    for name in ("test.house", "test.tenant"):
        celery.tasks.pop(name)


def test_a_task_is_not_sent_outside_a_tenant(celery: Celery, oak: Tenant) -> None:
    with entered(None), pytest.raises(tenancy.NoTenant):
        tasks.handle.apply_async(([],))


@pytest.mark.parametrize("header", [None, "", "no tenant", "0190a7b0-0000-7000-8000-000000000000"])
def test_a_task_of_no_tenant_is_rejected(celery: Celery, where: list[Tenant | None], header: str | None) -> None:
    done = celery.tasks["test.tenant"].apply(headers={tasks.HEADER: header} if header is not None else {})
    assert done.state == "REJECTED"
    assert where == []


def test_a_suspended_tenants_task_is_rejected(celery: Celery, elm: Tenant) -> None:
    with provisioning.connect(Settings()) as connection:
        provisioning.suspend(connection, "elm")
        try:
            assert tasks.handle.apply(([],), headers={tasks.HEADER: str(elm.id)}).state == "REJECTED"
        finally:
            provisioning.resume(connection, "elm")
            register.forget()
    assert tasks.handle.apply(([],), headers={tasks.HEADER: str(elm.id)}).state == "SUCCESS"


def test_a_task_never_wakes_up_where_another_left_off(
    celery: Celery, where: list[Tenant | None], oak: Tenant, elm: Tenant
) -> None:
    db.session.rollback()
    celery.tasks["test.house"].apply()  # the fixture stands in oak, as an earlier task might have left it
    celery.tasks["test.tenant"].apply(headers={tasks.HEADER: str(elm.id)})
    celery.tasks["test.house"].apply()
    assert [tenant and tenant.slug for tenant in where] == [None, "elm", None]
    assert tenancy.current() == oak


def test_a_suspended_tenants_rows_wait_for_it(circle: Circle, elm: Tenant) -> None:
    db.session.rollback()
    with within(elm):
        actions.tell(make_circle().miri, TRIAL, once="a")
        commit()
    handed: Handed = []
    with provisioning.connect(Settings()) as connection:
        provisioning.suspend(connection, "elm")
        try:
            register.forget()
            assert turned(handed) == 0
        finally:
            provisioning.resume(connection, "elm")
            register.forget()
    with entered(None):
        relay.sweep()
    turned(handed)
    assert of("elm", handed) == ["delivery"]
