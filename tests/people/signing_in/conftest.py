"""At the door: the outbox worked off by hand, limits that start at nought for each test."""

from email.message import EmailMessage

import pytest
from sqlalchemy import select

from maagal.config import settings
from maagal.db import db
from maagal.events import JOB, Outbox
from maagal.handling import handle
from maagal.limits import limiter
from maagal.tenancy import Tenant
from tests.people.signing_in.door import Post


@pytest.fixture
def post(letters: list[EmailMessage], oak: Tenant) -> Post:
    """Let the worker send what is in the outbox, and return all letters so far."""

    def send() -> list[EmailMessage]:
        db.session.remove()
        waiting = select(Outbox.id).where(Outbox.kind == JOB, Outbox.name == "people.send_sign_in", Outbox.state == "pending")
        handle(list(db.session.scalars(waiting)))
        db.session.remove()
        return letters

    return send


@pytest.fixture(autouse=True)
def _fresh_limits(house: object) -> None:
    limiter.reset()


@pytest.fixture
def not_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be at a public address, where nothing is waived."""
    monkeypatch.setattr(type(settings()), "is_loopback", property(lambda _self: False))
