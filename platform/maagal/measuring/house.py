"""What is read anew at each look: queues, work, tenants by state, backends. No tenant is entered."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, LiteralString

import psycopg
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.engine import make_url

from maagal import clock, migrate, progress
from maagal.bootstrap import plain
from maagal.config import settings
from maagal.queues import QUEUES
from maagal.readiness import LATEST, waited

CONNECT, ANSWER = 2, 2000  # seconds, milliseconds
BY_STATE = "select state, count(*) from control.tenants group by state"
BEHIND = "select count(*) from control.tenants where state <> 'erased' and revision = any(%s)"
WAITING = """
select q.key, sum((q.value ->> 0)::bigint), sum((q.value ->> 1)::bigint) from control.due, jsonb_each(waiting) q group by 1
"""
LATE = "select count(*) from control.due where what = 'outbox' and (at <= %s or oldest is not null)"
FAILED = "select f.key, sum(f.value::bigint) from control.usage, jsonb_each_text(failed) f group by 1"
WISHES = """
select count(*), coalesce(extract(epoch from now() - min(wished_at)), 0) from control.wishes where state in ('wanted', 'working')
"""  # number, and the seconds that the oldest waits; the doctor and the console ask this, too
BACKENDS = "select usename, count(*) from pg_stat_activity where usename like 'maagal%%' group by 1"
Ask = Callable[..., Sequence[Any]]


class House(Collector):
    """Asks at each look; a server that does not answer is a figure, too."""

    def collect(self) -> Iterator[Metric]:
        """Yield what can be had now."""
        up = GaugeMetricFamily("maagal_up", "Whether it answers.", labels=["part"])
        try:
            found = of_the_database()
        except psycopg.Error:
            found = []
        lengths = of_valkey()
        up.add_metric(["database"], float(bool(found)))
        up.add_metric(["valkey"], float(bool(lengths)))
        yield up
        yield from found
        yield from lengths


def of_the_database() -> list[Metric]:
    """Ask the control schema with the operators' login, which reads nothing else."""
    address, options = plain(make_url(settings().operator_url)), f"-c statement_timeout={ANSWER}"
    with psycopg.connect(address, autocommit=True, connect_timeout=CONNECT, options=options) as connection:

        def ask(query: LiteralString, *values: object) -> Sequence[Any]:
            return connection.execute(query, values or None).fetchall()

        return [*_tenants(ask), *_work(ask), *_rest(ask)]


def _tenants(ask: Ask) -> Iterator[Metric]:
    yield _family("maagal_tenants", "Organisations by state.", "state", ask(BY_STATE))
    yield _family("maagal_tenants_behind", "Organisations whose tables are older than this release.", "",
                  ask(BEHIND, list(migrate.earlier("tenant"))))  # fmt: skip


def _work(ask: Ask) -> Iterator[Metric]:
    waiting = {queue: (ripe, leased) for queue, ripe, leased in ask(WAITING)}
    for at, name, what in ((0, "pending", "Rows that wait to be handed out."), (1, "leased", "Rows that workers have.")):
        rows = [(queue, waiting.get(queue, (0, 0))[at]) for queue in QUEUES]
        yield _family(f"maagal_queue_{name}", f"{what} As the relay last saw it.", "queue", rows)
    ((oldest,),) = ask(LATEST)
    seconds = waited(oldest).total_seconds()
    yield _family("maagal_work_oldest_seconds", "How long the oldest row that is due waits to be finished.", "", [(seconds,)])
    yield _family("maagal_work_tenants", "Organisations with work that is due.", "", ask(LATE, clock.now()))
    yield _family("maagal_work_given_up", "Rows that were given up, as last counted.", "work", ask(FAILED))


def _rest(ask: Ask) -> Iterator[Metric]:
    number, seconds = ask(WISHES)[0]
    yield _family("maagal_wishes", "Wishes that wait for the provisioner.", "", [(number,)])
    yield _family("maagal_wishes_oldest_seconds", "How long the oldest of them waits.", "", [(seconds,)])
    yield _family("maagal_backends", "Connections of each login.", "login", ask(BACKENDS))


def of_valkey() -> list[Metric]:
    """Ask how many messages lie in each of Celery's queues."""
    lengths = progress.messages(settings().redis_url)
    if lengths is None:
        return []
    return [_family("maagal_queue_messages", "Batches that no worker has taken.", "queue", lengths.items())]


def _family(name: str, said: str, label: str, rows: Any) -> Metric:
    """Return a figure of one label, or of none where it is empty; rows are (label's value, number) or (number,)."""
    family = GaugeMetricFamily(name, said, labels=[label] if label else [])
    for *labels, number in rows:
        family.add_metric(labels, float(number))
    return family
