"""Background work. A task wakes up in the tenant that asked for it, or does not wake up at all.

Due times and attempts live in PostgreSQL; Celery is only the doorbell and the pool of processes (see SECURITY, outbox).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from celery import Celery, Task, shared_task
from celery.exceptions import Reject
from flask import Flask
from kombu.entity import Exchange, Queue

from maagal import handling, outside_voices, progress, register, relay, tenancy, trying_again, usage
from maagal.config import Settings
from maagal.db import commit, within
from maagal.environment import broker_url
from maagal.events import publish
from maagal.queues import QUEUES

TIME_LIMIT = 20  # seconds; longer work is cut into resumable steps
HEADER = "maagal_tenant"


class HouseTask(Task):  # type: ignore[misc]  # Celery carries no types
    """A task outside any tenant: it must say so by being one of the few declared here."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run in the app's context, in no tenant; `within` resets what an earlier task may have left behind."""
        flask_app: Flask = self.app.flask_app
        with self.watched(), flask_app.app_context(), tenancy.entered(None):
            return self.run(*args, **kwargs)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Let whoever watches this worker see that it moves, whatever comes of the task."""
        progress.moved(self.request.hostname or "")
        try:
            yield
        finally:
            progress.moved(self.request.hostname or "")


class TenantTask(HouseTask):
    """A task of one tenant, named in its header; its commit is an edge."""

    abstract = True

    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:
        """Send the task with the tenant's id; raise NoTenant outside any."""
        headers = {HEADER: str(tenancy.current().id), **(options.pop("headers", None) or {})}
        return super().apply_async(args, kwargs, headers=headers, **options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run in the tenant of the header. An unknown, suspended or erased one is rejected, not retried."""
        tenant_id = (self.request.headers or {}).get(HEADER) or self.request.get(HEADER)
        flask_app: Flask = self.app.flask_app
        with self.watched(), flask_app.app_context(), tenancy.entered(None):
            tenant = register.by_id(tenant_id) if tenant_id else None
            if tenant is None:
                reason = f"{self.name} names no tenant we know"
                raise Reject(reason, requeue=False)
            try:
                with within(tenant):
                    self.run(*args, **kwargs)
                    commit()
            except tenancy.TenantClosed as why:
                raise Reject(str(why), requeue=False) from why


@shared_task(  # type: ignore[untyped-decorator]  # Celery carries no types
    base=TenantTask, name="maagal.handle", ignore_result=True
)
def handle(ids: list[str]) -> None:
    """Act on these rows of the tenant's outbox."""
    handling.handle([UUID(each) for each in ids])


@shared_task(  # type: ignore[untyped-decorator]  # Celery carries no types
    base=HouseTask, name="maagal.sweep", ignore_result=True
)
def sweep() -> None:
    """Correct the index of what is due, a few tenants at a time, and have those counted by their own workers."""
    relay.sweep(then=_have_counted)


def _have_counted(tenant: tenancy.Tenant) -> None:
    with tenancy.entered(tenant):
        count.apply_async(queue="facts", ignore_result=True)


@shared_task(  # type: ignore[untyped-decorator]  # Celery carries no types
    base=TenantTask, name="maagal.count", ignore_result=True
)
def count() -> None:
    """Count what there is in the tenant, for the operators' pages."""
    usage.keep()


@shared_task(  # type: ignore[untyped-decorator]  # Celery carries no types
    base=HouseTask, name="maagal.carry_out", ignore_result=True
)
def carry_out() -> None:
    """Ring for the tenants whose failed work an operator wishes to be tried again, and for those that one has spoken to."""
    for tenant in trying_again.wished():
        with tenancy.entered(tenant):
            try_again.apply_async(queue="facts", ignore_result=True)
    for tenant in outside_voices.to_ring_for():
        with tenancy.entered(tenant):
            hear.apply_async(queue="urgent", ignore_result=True)


@shared_task(  # type: ignore[untyped-decorator]  # Celery carries no types
    base=TenantTask, name="maagal.hear", ignore_result=True
)
def hear() -> None:
    """Let the tenant know that an operator spoke to it."""
    publish(outside_voices.OperatorsSpoke(tenancy.current().id))


@shared_task(  # type: ignore[untyped-decorator]  # Celery carries no types
    base=TenantTask, name="maagal.try_again", ignore_result=True
)
def try_again() -> None:
    """Revive the tenant's failed work; the wish is done once that is committed, and killed before it is done again."""
    revived = trying_again.revive_failed()
    commit()
    trying_again.done(revived)
    usage.keep()


def send(tenant: tenancy.Tenant, queue: str, ids: list[str]) -> None:
    """Ring for a worker: the relay's way to Celery."""
    with tenancy.entered(tenant):
        handle.apply_async((ids,), queue=queue, ignore_result=True)


def make_celery(flask_app: Flask, settings: Settings, beat: Mapping[str, float]) -> Celery:
    """Make the Celery application of this house; `beat` maps a task's name to its period in seconds."""
    celery = Celery("maagal", broker=broker_url(settings.redis_url))
    celery.conf.update(
        task_serializer="json",
        accept_content=["json"],
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        task_ignore_result=True,
        task_time_limit=TIME_LIMIT,
        broker_connection_retry_on_startup=True,
        worker_hijack_root_logger=False,
        task_default_queue="facts",
        task_queues=[_queue(name) for name in QUEUES],
        broker_transport_options={
            "visibility_timeout": int(TIME_LIMIT * 1.5),
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            "socket_timeout": 5,
            "socket_connect_timeout": 3,
        },
        beat_schedule={name: {"task": name, "schedule": seconds} for name, seconds in beat.items()},
    )
    celery.flask_app = flask_app
    celery.set_default()
    return celery


def _queue(name: str) -> Queue:
    """Return a queue with an exchange and a key of its own: left to the defaults, all would hear what one is sent."""
    return Queue(name, exchange=Exchange(name), routing_key=name)  # type: ignore[no-untyped-call]  # kombu carries no types
