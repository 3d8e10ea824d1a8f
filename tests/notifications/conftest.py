"""A catcher that the house sends its mail to."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from maagal import clock, handling
from maagal.config import settings
from maagal.db import db
from maagal.events import OPEN_STATES, Outbox
from tests.smtp_sink import Sink


@pytest.fixture
def sink(told: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    """A running catcher, known to the house as its mail server."""
    started = Sink().start()
    monkeypatch.setenv("MAIL_URL", started.url)
    settings.cache_clear()
    yield started
    monkeypatch.undo()
    settings.cache_clear()
    started.stop()


def deliver() -> None:
    """Do what the relay and a worker would: act on every row that is due in the current tenant."""
    db.session.rollback()
    due = db.select(Outbox.id).where(Outbox.state.in_(OPEN_STATES), Outbox.due_at <= clock.now())
    ids = list(db.session.scalars(due))
    db.session.rollback()
    handling.handle(ids)
    db.session.expire_all()


def outcome(notice_id: UUID) -> tuple[str, str | None]:
    """Return the state and the error of a notice's mail."""
    row = db.session.scalars(db.select(Outbox).where(Outbox.once == f"mail:{notice_id}")).one()
    db.session.refresh(row)
    return row.state, row.error
