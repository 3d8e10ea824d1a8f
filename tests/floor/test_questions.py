"""What hot pages ask is answered together, in the one tenant and the one transaction that are at hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from sqlalchemy import bindparam, func, select

from maagal import tenancy
from maagal.db import commit, db, within
from maagal.questions import Asking, Promise, Question, among, at_once, gathered, reader, together
from maagal.tenancy import Tenant, TenantMixup
from tenants.audit.actions import record
from tenants.audit.models import AuditEntry
from tenants.people.models import Person
from tests.circle import Browser, Circle

NAMED = Question(select(Person.first_name).where(among(Person.first_name, "names")).order_by(Person.first_name))
FOLLOWING = Question(select(func.min(Person.first_name).label("name")).where(Person.first_name > bindparam("name")))


@reader
def first_of(*names: str) -> Asking[str]:
    """Return the first of these names that somebody has."""
    (found,) = yield [NAMED.of(names=list(names))]
    return str(found[0].first_name)


@reader
def after(name: str) -> Asking[str]:
    """Return the name that follows the first of the names."""
    here = yield from first_of.asking(name)
    (found,) = yield [FOLLOWING.of(name=here)]
    return str(found[0].name)


@contextmanager
def round_trips() -> Iterator[list[object]]:
    """Count how often a pipeline is opened."""
    opened: list[object] = []
    pipeline = psycopg.Connection.pipeline

    def counted(connection: Any) -> Any:
        opened.append(connection)
        return pipeline(connection)

    with patch.object(psycopg.Connection, "pipeline", counted):
        yield opened


@pytest.fixture(autouse=True)
def _three(oak: Tenant) -> None:
    for name in ("Ada", "Bo", "Eve"):
        db.session.add(Person(first_name=name, last_name=""))
    commit()


def test_a_reader_is_called_like_any_function() -> None:
    assert first_of("Eve", "Bo") == "Bo"
    assert after("Ada") == "Bo"


def test_readers_that_go_on_asking_share_their_steps() -> None:
    with round_trips() as opened:
        assert together(after.asking("Ada"), first_of.asking("Eve"), after.asking("Bo")) == ["Bo", "Eve", "Eve"]
    assert len(opened) == 2


def test_a_slot_may_hold_plain_functions_as_well() -> None:
    assert together(gathered([first_of, str.upper], "Bo")) == [["Bo", "BO"]]
    assert together(at_once()) == [[]]


def test_what_was_promised_is_asked_along() -> None:
    promise = Promise(lambda: after.asking("Bo"))
    with round_trips() as opened:
        assert together(after.asking("Ada")) == ["Bo"]
        assert promise.answer() == promise.answer() == "Eve"
    assert len(opened) == 2


def test_a_promise_is_kept_though_nothing_else_was_asked_or_all_was_undone() -> None:
    assert Promise(lambda: first_of.asking("Eve")).answer() == "Eve"
    undone = Promise(lambda: first_of.asking("Ada"))
    db.session.rollback()
    assert undone.answer() == "Ada"


def test_what_was_just_added_is_found() -> None:
    db.session.add(Person(first_name="Zoe", last_name=""))
    assert first_of("Zoe") == "Zoe"


def test_nothing_is_asked_in_another_tenant_than_the_transaction_began_in(elm: Tenant) -> None:
    first_of("Ada")
    with tenancy.entered(elm), pytest.raises(TenantMixup):
        first_of("Ada")


def test_a_tenant_is_asked_of_its_own_people_alone(elm: Tenant) -> None:
    db.session.remove()
    with within(elm):
        assert NAMED.rows(names=["Ada"]) == []


def test_what_is_sent_along_stands_or_falls_with_the_transaction() -> None:
    record(None, "read", "dashboard")
    db.session.rollback()
    commit()
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 0
    record(None, "read", "dashboard")
    commit()
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 1


def test_what_is_sent_along_is_there_for_whoever_reads_on() -> None:
    record(None, "read", "dashboard")
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 1


def test_what_is_sent_along_is_never_written_into_another_tenant(elm: Tenant) -> None:
    first_of("Ada")
    record(None, "read", "dashboard")
    with tenancy.entered(elm), pytest.raises(TenantMixup):
        commit()
    db.session.rollback()
    db.session.remove()
    with within(elm):
        assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 0


@pytest.mark.parametrize(("path", "most"), [("/dashboard", 1), ("/notices", 2)])
def test_a_page_takes_few_round_trips(path: str, most: int, circle: Circle, browse: Any) -> None:
    client: Browser = browse(circle.dana)
    assert client.get(path).status_code == 200
    with round_trips() as opened:
        client.get(path)
    assert len(opened) <= most
