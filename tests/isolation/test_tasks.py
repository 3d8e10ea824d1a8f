"""A worker's process serves tenant after tenant: nothing of one task is there in the next."""

from contextvars import Context

import pytest
from celery.exceptions import Reject
from sqlalchemy import select, text

from maagal import clock, handling, provisioning, register, relay, tasks, tenancy
from maagal.config import Settings
from maagal.db import commit, db, within
from maagal.events import Outbox, deliver
from maagal.ids import new_id
from maagal.tasks import HEADER, TenantTask
from tenants.people.models import Person

HANDLE = "maagal.handle"


@pytest.fixture
def celery(context, oak, elm):
    """Celery of this house, and Ada in oak, Eve in elm; no tenant is entered."""
    for tenant, name in ((oak, "Ada"), (elm, "Eve")):
        db.session.remove()
        with tenancy.entered(None), within(tenant):
            db.session.add(Person(first_name=name))
            commit()
    with tenancy.entered(None):
        yield context.extensions["celery"]


@pytest.fixture
def task(celery):
    """Make a task of a function; what it returned or raised comes back from `run(tenant, …)`, in the worker's own thread."""
    made = []

    def make(function):
        one = celery.task(function, base=TenantTask, name=f"try-{new_id()}")
        made.append(one)
        heard = []

        def run(tenant, *args):
            headers = {HEADER: str(tenant.id)} if tenant else {}
            heard.append(one.apply(args, headers=headers))
            return heard[-1]

        return run

    yield make
    for one in made:
        celery.tasks.unregister(one.name)


def names():
    return list(db.session.scalars(select(Person.first_name)))


def looking(heard):
    def look():
        heard.append(names())

    return look


def test_a_task_is_in_the_tenant_of_its_header_and_the_next_in_its_own(task, oak, elm):
    heard = []

    def look():
        heard.append((tenancy.current().slug, names(), db.session.scalar(text("select current_user"))))

    run = task(look)
    for tenant in (oak, elm, oak):
        run(tenant)
    assert heard == [("oak", ["Ada"], oak.schema), ("elm", ["Eve"], elm.schema), ("oak", ["Ada"], oak.schema)]
    assert tenancy.current_or_none() is None


def test_a_task_after_one_that_failed_sees_nothing_of_it(task, oak, elm):
    heard = []

    def fail():
        db.session.add(Person(first_name="Half"))
        db.session.flush()
        message = "half-way"
        raise RuntimeError(message)

    failed = task(fail)(oak)
    look = task(looking(heard))
    look(elm)
    look(oak)
    assert isinstance(failed.result, RuntimeError)
    assert heard == [["Eve"], ["Ada"]]


def test_a_task_that_forgot_to_leave_a_tenant_leaves_nothing_to_the_next(task, oak, elm):
    heard = []

    def forgets():
        tenancy._current.set(oak)

    task(forgets)(elm)
    task(looking(heard))(elm)
    assert heard == [["Eve"]]


@pytest.mark.parametrize("header", [None, "unknown", "suspended"])
def test_a_task_whose_tenant_is_not_to_be_had_is_rejected_and_never_runs(celery, task, oak, elm, header):
    ran = []
    run = task(looking(ran))
    tenant = {None: None, "unknown": tenancy.Tenant(new_id(), "x", "t_000000000000", "x"), "suspended": elm}[header]
    if header == "suspended":
        with provisioning.connect(Settings()) as connection:
            provisioning.suspend(connection, "elm")
            try:
                answer = run(tenant)
            finally:
                provisioning.resume(connection, "elm")
                register.forget()
    else:
        answer = run(tenant)
    assert isinstance(answer.result, Reject)
    assert not answer.result.requeue
    assert ran == []


def test_a_task_is_not_sent_outside_a_tenant(celery):
    with pytest.raises(tenancy.NoTenant):
        celery.tasks[HANDLE].apply_async(([],))


def ask(tenant):
    """Put a row into a tenant's outbox; return its id."""
    with within(tenant):
        deliver("try", clock.now(), once=f"try-{new_id()}")
        commit()
        return db.session.scalars(select(Outbox.id).where(Outbox.name == "try").order_by(Outbox.id.desc())).first()


@pytest.fixture
def delivered(context, monkeypatch):
    """A channel that notes whose row it brought."""
    heard = []

    def bring(batch):
        for row in batch:
            heard.append((tenancy.current().slug, row.id))
            yield row, None

    monkeypatch.setitem(context.extensions["house"].deliverers, "try", bring)
    return heard


def test_a_message_that_comes_twice_is_acted_on_once(celery, delivered, oak):
    row = ask(oak)
    for _redelivery in range(2):
        celery.tasks[HANDLE].apply(([str(row)],), headers={HEADER: str(oak.id)})
    assert delivered == [("oak", row)]


def test_a_message_with_another_tenants_rows_moves_nothing(celery, delivered, oak, elm):
    row = ask(elm)
    celery.tasks[HANDLE].apply(([str(row)],), headers={HEADER: str(oak.id)})
    assert delivered == []
    with within(elm):
        assert db.session.get_one(Outbox, row).state == "pending"
        db.session.rollback()
        handling.handle([row])
    assert delivered == [("elm", row)]


def test_the_relay_rings_for_each_tenant_with_its_own_rows(celery, delivered, oak, elm):
    rows = {tenant.slug: ask(tenant) for tenant in (oak, elm)}
    rung = []
    relay.turn(lambda tenant, _queue, ids: rung.append((tenant.slug, ids)))
    ours = [(slug, ids) for slug, ids in rung if slug in rows]
    assert sorted(ours) == sorted((slug, [str(row)]) for slug, row in rows.items())


def test_eager_mode_runs_in_the_tenant_that_asked_and_comes_back_to_it(celery, delivered, oak, elm):
    rows = {tenant: ask(tenant) for tenant in (oak, elm)}
    celery.conf.task_always_eager = True
    try:
        for tenant, row in rows.items():
            with within(tenant):
                names()  # a transaction is open here; the task has its own
                celery.tasks[HANDLE].apply_async(([str(row)],))
                assert tenancy.current() == tenant
                assert names() == [{"oak": "Ada", "elm": "Eve"}[tenant.slug]]
                db.session.rollback()
    finally:
        celery.conf.task_always_eager = False
    assert delivered == [("oak", rows[oak]), ("elm", rows[elm])]


def test_the_houses_own_task_is_in_no_tenant_whoever_calls_it(celery, oak):
    heard = []

    def look():
        heard.append(tenancy.current_or_none())

    one = celery.task(look, base=tasks.HouseTask, name="try-house")
    with within(oak):
        one.apply()
    Context().run(one.apply)
    celery.tasks.unregister("try-house")
    assert heard == [None, None]
