"""Ten thousand rows of one tenant leave room for another's one; what waits is known by its own hour."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import psycopg
import pytest
from sqlalchemy.engine import make_url

from maagal import clock, handling, programs, relay
from maagal.bootstrap import plain
from maagal.config import Settings, settings
from maagal.console import queries
from maagal.db import commit, db, within
from maagal.events import Outbox, later
from maagal.queues import BATCH, LANES, QUEUES, within_share
from maagal.tenancy import Tenant, entered

JOB = "floor.trial"
Rung = list[tuple[str, str, int]]


@pytest.fixture
def administrator(oak: Tenant, elm: Tenant) -> Iterator[psycopg.Connection]:
    with psycopg.connect(plain(make_url(Settings().database_url)), autocommit=True) as connection:
        connection.execute("delete from control.due")
        yield connection


def wish(number: int, queue: str, at: datetime | None = None) -> None:
    """Ask for jobs in the tenant at hand."""
    for _ in range(number):
        later(JOB, at or clock.now(), queue=queue)
    commit()


def turned() -> Rung:
    """Let the relay look once; return what it rang for: slug, queue, how many."""
    rung: Rung = []
    db.session.remove()
    with entered(None):
        relay.turn(lambda tenant, queue, ids: rung.append((tenant.slug, queue, len(ids))))
    return rung


def test_a_flood_lies_with_the_workers_one_batch_at_a_time_and_the_neighbours_go_beside_it(
    administrator: psycopg.Connection, oak: Tenant, elm: Tenant
) -> None:
    wish(3 * BATCH, "delivery")
    assert turned() == [("oak", "delivery", BATCH)]
    db.session.remove()
    with entered(None), within(elm):
        wish(1, "delivery")
    assert turned() == [("elm", "delivery", 1)]
    assert turned() == []


def test_the_next_batch_follows_when_the_last_row_is_done(administrator: psycopg.Connection, oak: Tenant) -> None:
    wish(2 * BATCH, "delivery")
    turned()
    finish(BATCH - 1)
    assert turned() == [], "the batch still holds its process"
    finish(1)
    assert turned() == [("oak", "delivery", BATCH)]


def finish(number: int) -> None:
    ids = list(db.session.scalars(db.select(Outbox.id).where(Outbox.state == "handed").limit(number)))
    for row in handling.claim(ids):
        handling.finish(row, None)


def test_a_tenants_own_flood_does_not_hold_up_what_is_urgent_in_it(administrator: psycopg.Connection, oak: Tenant) -> None:
    wish(2 * BATCH, "delivery", clock.now() - timedelta(hours=1))
    assert [each[1] for each in turned()] == ["delivery"]
    wish(1, "urgent")
    assert turned() == [("oak", "urgent", 1)]


def test_queues_of_one_lane_share_a_tenants_share(administrator: psycopg.Connection, oak: Tenant) -> None:
    wish(10, "facts")
    wish(10, "delivery")
    wish(10, "reports")
    assert turned() == [("oak", "facts", 10)]
    finish(10)
    assert turned() == [("oak", "delivery", 10)]


def test_a_larger_house_gives_a_larger_share(
    administrator: psycopg.Connection, oak: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "tenant_batches", 3)
    wish(4 * BATCH, "delivery")
    assert turned() == [("oak", "delivery", BATCH)] * 3
    assert [within_share(leased, 3) // BATCH for leased in (0, 1, BATCH, BATCH + 1, 3 * BATCH)] == [3, 2, 2, 1, 0]


def test_whoever_had_their_share_goes_behind_those_who_wait(administrator: psycopg.Connection, oak: Tenant) -> None:
    wish(2 * BATCH, "delivery", clock.now() - timedelta(hours=1))
    turned()
    row = administrator.execute("select at > now() - interval '1 minute' from control.due").fetchone()
    assert row == (True,)


def test_the_index_keeps_the_hour_of_what_is_handed_out_again_and_again(
    administrator: psycopg.Connection, oak: Tenant
) -> None:
    began = clock.now()
    wish(3, "delivery", began)
    for minutes in range(4):
        with clock.held_at(began + timedelta(minutes=2 * minutes, seconds=1)):
            assert turned() == [("oak", "delivery", 3)]
            oldest, waiting = administrator.execute("select oldest, waiting from control.due").fetchone() or (None, None)
            assert (oldest, waiting) == (began, {"delivery": [0, 3]})
    db.session.remove()
    with entered(None, "operator"):
        late, number = queries.overdue(began + timedelta(minutes=1))
        db.session.rollback()
    assert (number, late[0].at) == (1, began)


def test_what_was_tried_in_vain_waits_for_its_next_attempt_and_is_not_late(
    administrator: psycopg.Connection, oak: Tenant
) -> None:
    began = clock.now()
    wish(1, "delivery", began - timedelta(hours=1))
    turned()
    (row,) = handling.claim(list(db.session.scalars(db.select(Outbox.id))))
    handling.finish(row, "mail_unreachable")
    with clock.held_at(began + timedelta(minutes=1)):
        assert turned() == [("oak", "delivery", 1)]
    assert administrator.execute("select oldest > %s from control.due", [began]).fetchone() == (True,)


def test_every_lane_has_its_own_worker_and_one_process_more_than_a_tenants_share() -> None:
    workers = [each for group in programs.programs(8000) for each in group if each.queues]
    assert sorted(each.queues for each in workers) == sorted(LANES)
    sizes = {each.queues: int(each.command[each.command.index("--concurrency") + 1]) for each in workers}
    assert all(size > Settings.model_fields["tenant_batches"].default for lane, size in sizes.items() if lane != ("urgent",))
    assert Counter(QUEUES).most_common(1)[0][1] == 1
