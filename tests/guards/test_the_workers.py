"""What the reliability of background work hangs on: settings, queues, and ids as all that ever travels."""

import ast
import dataclasses
import inspect
from datetime import date, datetime
from pathlib import Path
from typing import get_args, get_type_hints
from uuid import UUID

import pytest

from maagal import capability, programs, tasks
from maagal.capability import load
from maagal.events import Listeners, name_of

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for folder in ("platform/maagal", "tenants", "workers") for path in (ROOT / folder).rglob("*.py"))
CODES = {"role": str}  # words of the house, not of a person
SIMPLE = {UUID, int, bool, date, datetime, type(None)}
PROMISED = {  # SECURITY, "Nothing saved is lost"
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    "task_ignore_result": True,
    "task_time_limit": 20,
    "broker_connection_retry_on_startup": True,
    "task_serializer": "json",
    "accept_content": ["json"],
}
TRANSPORT = {"unacked_restore_interval": 5, "unacked_restore_throttle": 1, "socket_timeout": 5, "socket_connect_timeout": 3}
FORBIDDEN = {"eta", "countdown", "expires"}
CHORDS = {"chord", "chain", "group", "retry", "autoretry_for", "retry_backoff"}


def test_celery_is_set_as_promised(house):
    conf = house.extensions["celery"].conf
    assert {name: conf[name] for name in PROMISED} == PROMISED
    transport = conf.broker_transport_options
    assert {name: transport[name] for name in TRANSPORT} == TRANSPORT
    assert transport["visibility_timeout"] >= 1.5 * conf.task_time_limit
    assert conf.result_backend is None


def test_the_default_queue_and_every_other_are_worked_on_and_urgent_waits_behind_nothing(house):
    conf = house.extensions["celery"].conf
    worked = [program.command[program.command.index("--queues") + 1].split(",") for program in _workers()]
    assert {queue.name for queue in conf.task_queues} == {name for queues in worked for name in queues}
    assert conf.task_default_queue in {name for queues in worked for name in queues}
    assert ["urgent"] in worked


def _workers():
    return [each for group in programs.programs(8000) for each in group if "--queues" in each.command]


def test_no_task_waits_retries_or_joins_in_celery():
    """Due times and attempts live in PostgreSQL: a message that waits in Valkey is lost with it."""
    assert [found for path in SOURCES for found in celerys_own_ways(path)] == []


def celerys_own_ways(path):
    """Yield calls with ETA or countdown, and what is called or imported of Celery's retries and chords."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            named = {keyword.arg for keyword in node.keywords}
            called = getattr(node.func, "attr", "")
            if called in {"apply_async", "send_task", "signature"} and named & FORBIDDEN:
                yield f"{path.name}:{node.lineno} {named & FORBIDDEN}"
            if called in {"retry", "delay"} or (getattr(node.func, "id", "") == "shared_task" and named & CHORDS):
                yield f"{path.name}:{node.lineno} {called or named & CHORDS}"
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("celery"):
            yield from (f"{path.name}:{node.lineno} {each.name}" for each in node.names if each.name in CHORDS)


def test_the_scan_finds_what_it_forbids(tmp_path):
    bad = tmp_path / "bad.py"
    bad.write_text("from celery import chord\ntask.apply_async((1,), countdown=5)\nself.retry()\nshared_task(retry_backoff=1)\n")
    assert len(list(celerys_own_ways(bad))) == 4


def jobs():
    return [(each.name, name, job) for each in load() for name, job in each.jobs.items()]


@pytest.mark.parametrize(("owner", "name", "job"), jobs())
def test_a_job_is_named_after_its_capability_and_takes_ids_as_strings(owner, name, job):
    assert name.startswith(f"{owner}.")
    wanted = get_type_hints(job)
    for parameter in inspect.signature(job).parameters.values():
        assert parameter.kind in {parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY}
        assert set(get_args(wanted[parameter.name]) or (wanted[parameter.name],)) <= {str, int, bool, type(None)}, (
            f"{name}({parameter}): the outbox keeps JSON"
        )
    assert not inspect.iscoroutinefunction(job)


def test_every_job_that_is_asked_for_is_somebodys(house):
    """`later("pairing.expire", …)` with a name that no manifest lists would fail eight times, in silence."""
    known = set(house.extensions["house"].listeners.jobs)
    assert len(known) == len(jobs()), "two capabilities claim one job"
    constants = {constant for path in SOURCES for constant in asked_for(path)}
    assert constants
    assert constants <= known


def asked_for(path):
    """Yield the names of jobs that a file asks for: literals, and constants of its own."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    own = dict(named for node in tree.body if isinstance(node, ast.Assign) for named in _constants(node))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "later" and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant):
                yield first.value
            elif isinstance(first, ast.Name) and first.id in own:
                yield own[first.id]


def _constants(node):
    names = node.targets[0].elts if isinstance(node.targets[0], ast.Tuple) else node.targets
    values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
    return [
        (name.id, value.value)
        for name, value in zip(names, values, strict=False)
        if isinstance(name, ast.Name) and isinstance(value, ast.Constant)
    ]


def test_a_deliverer_takes_claimed_rows_and_a_slot_what_its_reader_passes():
    takes = {"timeline": 2, "person_merge": 2, "figures": 3, "usage": 0}
    for each in load():
        for name, deliverer in each.deliverers.items():
            assert len(inspect.signature(deliverer).parameters) == 1, name
        for slot, function in each.slots.items():
            inspect.signature(function).bind(*range(takes.get(slot, 1)))
        for react in (reaction for reactions in each.reacts.values() for reaction in reactions):
            inspect.signature(react).bind(None)


def facts():
    """Every class of every events.py, and those that manifests react to."""
    found = {kind for each in load() for kind in each.reacts}
    for name in capability.ORDER:
        file = ROOT / "tenants" / name / "events.py"
        if file.exists():
            module = __import__(f"tenants.{name}.events", fromlist=["*"])
            found |= {kind for _name, kind in inspect.getmembers(module, inspect.isclass) if kind.__module__ == module.__name__}
    return sorted(found, key=name_of)


@pytest.mark.parametrize("fact", facts(), ids=lambda fact: fact.__name__)
def test_a_fact_is_frozen_says_what_happened_and_carries_ids_only(fact):
    assert dataclasses.is_dataclass(fact)
    assert fact.__dataclass_params__.frozen
    assert fact.__doc__
    assert not fact.__doc__.startswith(f"{fact.__name__}("), "the dataclass wrote this docstring, nobody else did"
    for name, kind in get_type_hints(fact).items():
        assert CODES.get(name) == kind or set(get_args(kind) or (kind,)) <= SIMPLE, f"{name}: {kind} may hold words"


def test_the_listeners_of_a_fact_are_found_by_the_name_the_outbox_keeps(house):
    listeners: Listeners = house.extensions["house"].listeners
    assert {name: name_of(kind) for name, (kind, _reactions) in listeners.facts.items()} == {
        name: name for name in listeners.facts
    }
    assert tasks.TIME_LIMIT == 20
