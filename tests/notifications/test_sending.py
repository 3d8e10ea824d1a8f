"""A mail server that refuses, slows down or goes away: nothing is lost, nothing is sent twice, nobody is named in a log."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from maagal import clock, handling, tenancy
from maagal.bootstrap import plain
from maagal.config import settings
from maagal.db import commit, db
from maagal.events import Outbox
from tenants.notifications import actions
from tenants.people.models import Person
from tests.circle import Circle
from tests.notifications.conftest import deliver
from tests.smtp_sink import Sink

TRIAL = "notifications/trial"
MIRI = "miri.lev@example.org"
OPEN = sql.SQL("select count(*) from pg_stat_activity where usename = 'maagal_app' and state like 'idle in transaction%'")


@pytest.fixture(autouse=True)
def clock_as_it_was() -> Iterator[None]:
    """Leave the clock of this world as it was."""
    yield
    file = settings().clock_file
    assert file is not None
    file.unlink(missing_ok=True)


def later_on(seconds: float) -> None:
    """Let time pass."""
    file = settings().clock_file
    assert file is not None
    clock.set_to(clock.now() + timedelta(seconds=seconds), file)


def tell(*people: UUID) -> None:
    """Tell each of them something."""
    for person in people:
        actions.tell(person, TRIAL, once="a")
    commit()


def rows() -> list[tuple[str, int, str | None]]:
    """Return state, attempts and error of all mails, in the order they were asked for."""
    found = db.session.execute(db.select(Outbox.state, Outbox.attempts, Outbox.error).order_by(Outbox.id))
    told = [tuple(row) for row in found]
    db.session.rollback()
    return told


def test_a_server_that_is_away_is_tried_again_later_and_later_until_it_is_given_up(circle: Circle) -> None:
    tell(circle.miri)
    ids = list(db.session.scalars(db.select(Outbox.id)))
    for attempt in range(1, handling.ATTEMPTS):
        deliver()
        assert rows() == [("pending", attempt, "mail_unreachable_ConnectionRefusedError")]
        handling.handle(ids)
        assert rows()[0][1] == attempt, "not before its hour, whoever rings"
        later_on(2**attempt * 5 + 1)
    deliver()
    assert rows() == [("failed", handling.ATTEMPTS, "mail_unreachable_ConnectionRefusedError")]


def test_what_arrives_after_a_refusal_has_the_same_message_id(circle: Circle, sink: Sink) -> None:
    sink.refuse[MIRI] = "451 not now"
    tell(circle.miri)
    deliver()
    assert rows() == [("pending", 1, "mail_451")]
    sink.refuse.clear()
    later_on(60)
    deliver()
    assert rows() == [("done", 2, None)]
    assert [letter.message_id for letter in sink.caught] == [f"<{db.session.scalar(db.select(Outbox.id))}@oak.localhost>"]


def test_a_final_refusal_is_not_tried_again(circle: Circle, sink: Sink) -> None:
    sink.refuse[MIRI] = "550 no such mailbox"
    tell(circle.miri, circle.pnina)
    deliver()
    assert rows() == [("failed", 1, "mail_550"), ("done", 1, None)]


def test_a_refused_sender_is_our_own_fault_and_costs_no_letter(circle: Circle, sink: Sink) -> None:
    sink.refuse["MAIL"] = "530 sign in first"
    tell(circle.miri)
    deliver()
    assert rows() == [("pending", 1, "mail_530")]


def test_no_transaction_is_open_while_the_server_is_talked_to(circle: Circle, sink: Sink) -> None:
    seen: list[int] = []
    sink.on_letter = lambda _letter: seen.append(_asked(OPEN))
    tell(circle.miri, circle.pnina)
    deliver()
    assert seen == [0, 0]


def test_an_address_that_is_none_fails_alone(circle: Circle, sink: Sink) -> None:
    db.session.get_one(Person, circle.miri).email = "no address\r\nBcc: all@example.org"
    tell(circle.miri, circle.pnina)
    deliver()
    assert rows() == [("failed", 1, "bad_address"), ("done", 1, None)]


def test_a_lost_connection_costs_the_others_no_attempt(circle: Circle, sink: Sink) -> None:
    sink.refuse[MIRI] = "421 closing"
    tell(circle.miri, circle.pnina)
    deliver()
    assert rows() == [("pending", 1, "mail_421"), ("pending", 0, None)]
    deliver()
    assert rows() == [("pending", 1, "mail_421"), ("done", 1, None)]


def test_a_batch_goes_over_one_connection_and_is_marked_letter_by_letter(circle: Circle, sink: Sink) -> None:
    done_before: list[int] = []
    sink.on_letter = lambda _letter: done_before.append(_done())
    tell(circle.miri, circle.pnina, circle.gil)
    deliver()
    assert sink.connections == 1
    assert done_before == [0, 1, 2]


def test_a_batch_that_runs_out_of_time_hands_back_the_rest(
    circle: Circle, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenants.notifications.tasks.ENOUGH", 0.3)
    sink.pause = 0.4
    tell(circle.miri, circle.pnina)
    deliver()
    assert rows() == [("done", 1, None), ("pending", 0, None)]


def test_a_row_whose_worker_always_died_is_given_up_and_stays_visible(circle: Circle, sink: Sink) -> None:
    tell(circle.miri)
    ids = list(db.session.scalars(db.select(Outbox.id)))
    db.session.rollback()
    for _death in range(handling.ATTEMPTS):
        assert handling.claim(ids)
        later_on(31)
    deliver()
    assert rows() == [("failed", handling.ATTEMPTS + 1, "never_finished")]
    assert sink.caught == []


def test_two_workers_never_hold_the_same_row(circle: Circle) -> None:
    tell(circle.miri)
    ids = list(db.session.scalars(db.select(Outbox.id)))
    db.session.rollback()
    assert [len(handling.claim(ids)) for _worker in range(2)] == [1, 0]


def test_logs_and_rows_name_nobody(circle: Circle, sink: Sink, capfd: pytest.CaptureFixture[str]) -> None:
    sink.refuse[MIRI] = f"550 <{MIRI}> is unknown here"
    tell(circle.miri)
    deliver()
    assert MIRI not in capfd.readouterr().err
    assert rows() == [("failed", 1, "mail_550")]


def _done() -> int:
    """Count the mails that are marked, as another process sees it."""
    table = sql.Identifier(tenancy.current().schema, "outbox")
    return _asked(sql.SQL("select count(*) from {} where state = 'done'").format(table))


def _asked(query: sql.SQL | sql.Composed) -> int:
    with psycopg.connect(plain(make_url(settings().database_url))) as connection:
        found = connection.execute(query).fetchone()
    return found[0] if found else -1
