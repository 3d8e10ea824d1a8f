"""A suspended organisation's tasks are rejected and its mails wait; both go on when it is resumed, without anybody's help."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask

from maagal import clock, due, handling, provisioning, register, relay, tasks, wishes
from maagal.config import Settings
from maagal.db import commit, db
from maagal.tenancy import Tenant, entered
from tenants.notifications import actions
from tests.circle import Circle
from tests.smtp_sink import Sink

TRIAL = "notifications/trial"


def change(what: str) -> None:
    db.session.remove()
    with provisioning.connect(Settings()) as connection:
        wishes.fulfil(connection, what, "oak")


@pytest.fixture
def suspended(circle: Circle, sink: Sink) -> Iterator[Sink]:
    """Miri was told something, and oak is suspended before it is sent; back afterwards."""
    actions.tell(circle.miri, TRIAL, once="a")
    commit()
    change("suspend")
    yield sink
    change("resume")


def turn() -> list[str]:
    """Let the relay look once; return the rows it hands over of oak."""
    handed: list[str] = []
    with entered(None):
        relay.turn(lambda tenant, _queue, ids: handed.extend(ids if tenant.slug == "oak" else ()))
    return handed


def test_every_task_of_the_tenant_is_rejected_and_not_tried_again(suspended: Sink, house: Flask, oak: Tenant) -> None:
    register.forget()
    ours = [task for task in house.extensions["celery"].tasks.values() if isinstance(task, tasks.TenantTask)]
    assert {tasks.handle.name, tasks.count.name, tasks.try_again.name} <= {task.name for task in ours}
    with entered(None):
        for task in (tasks.handle, tasks.count, tasks.try_again):
            done = task.apply(([],) if task.name == tasks.handle.name else (), headers={tasks.HEADER: str(oak.id)})
            assert done.state == "REJECTED", task.name


def test_mails_in_the_queue_wait_and_arrive_after_resuming(suspended: Sink, oak: Tenant) -> None:
    assert turn() == []
    assert suspended.caught == []
    with entered(None):
        assert oak.id not in {entry.tenant_id for entry in due.ready(clock.now(), most=1000)}, "it costs every turn of the relay"
    change("resume")
    handed = turn()
    db.session.rollback()
    handling.handle([UUID(each) for each in handed])
    assert [letter.to for letter in suspended.caught] == ["miri.lev@example.org"]
