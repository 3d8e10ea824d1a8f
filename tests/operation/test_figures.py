"""What the private port tells of a running house, and to whom it tells nothing."""

import time

import psycopg
from prometheus_client.parser import text_string_to_metric_families

from maagal.counters import counted
from maagal.queues import QUEUES
from maagal.tour.house import House
from tests.operation.conftest import MARK, Ask

LABELS = {"endpoint", "method", "status", "le", "queue", "work", "outcome", "state", "part", "login", "why"}
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def scraped(house: House, ask: Ask) -> tuple[str, Samples]:
    """Return what is told, as text and by name and labels."""
    status, _headers, text = ask("/metrics", port=house.instance.metrics_port)
    assert status == 200
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return text, {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for sample in samples}


def test_requests_are_counted_by_endpoint_and_status_over_all_processes(running: House, ask: Ask) -> None:
    for _ in range(20):
        ask("/sign-in")
    ask(f"/{MARK}")
    time.sleep(0.5)
    _text, samples = scraped(running, ask)
    wanted = ("maagal_requests_total", (("endpoint", "sign_in.ask"), ("method", "GET"), ("status", "2xx")))
    assert samples[wanted] >= 20
    assert samples["maagal_requests_total", (("endpoint", "-"), ("method", "GET"), ("status", "4xx"))] >= 1
    assert samples["maagal_request_seconds_count", (("endpoint", "sign_in.ask"),)] >= 20


def test_queues_tenants_work_and_backends_are_told(running: House, ask: Ask) -> None:
    _text, samples = scraped(running, ask)
    for queue in QUEUES:
        for name in ("pending", "leased", "messages"):
            assert (f"maagal_queue_{name}", (("queue", queue),)) in samples
    assert samples["maagal_tenants", (("state", "open"),)] == 2
    assert samples["maagal_tenants_behind", ()] == 0
    assert samples["maagal_up", (("part", "database"),)] == samples["maagal_up", (("part", "valkey"),)] == 1
    assert samples["maagal_backends", (("login", "maagal_app"),)] >= 1
    assert ("maagal_work_oldest_seconds", ()) in samples


def test_what_became_of_work_is_counted(running: House, ask: Ask) -> None:
    deadline = time.monotonic() + 60
    done = ("maagal_outbox_total", (("outcome", "done"), ("work", "maagal.opening.TenantOpened")))
    while scraped(running, ask)[1].get(done, 0) < 2:  # both organisations were furnished by a worker
        assert time.monotonic() < deadline
        time.sleep(0.5)


def test_no_figure_tells_of_a_tenant_or_of_a_person(running: House, ask: Ask, administrator: psycopg.Connection) -> None:
    ask(f"/sign-in?email={MARK}", User_Agent=MARK)
    text, samples = scraped(running, ask)
    assert {name for _name, labels in samples for name, _value in labels} <= LABELS
    told = administrator.execute("select id::text, slug, schema_name, name from control.tenants").fetchall()
    assert len(told) == 2
    values = {value for _name, labels in samples for _label, value in labels}
    for words in told:
        assert not values & set(words)
        assert not any(word in text for word in (words[0], words[2], words[3], MARK))


def test_figures_are_nowhere_on_the_public_port(running: House, ask: Ask) -> None:
    assert ask("/metrics")[0] == 404
    assert ask("/metrics", Host=f"localhost:{running.port}")[0] == 404


def test_no_figure_that_processes_count_has_a_label_for_a_tenant() -> None:
    families = list(counted.collect())
    assert families
    names = {name for each in counted._collector_to_names for name in getattr(each, "_labelnames", ())}
    assert names
    assert names <= LABELS
