"""Dana has lost her app. Gil coordinates with her, Ella administers; both have an app of their own."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pyotp
import pytest
from sqlalchemy import select

from maagal import clock
from maagal.config import settings
from maagal.db import commit, db
from maagal.events import Outbox
from maagal.handling import handle
from maagal.limits import limiter
from maagal.tenancy import Tenant
from tenants.people.models import Account
from tenants.people.signing_in import second_factor
from tests.circle import Circle


@pytest.fixture(autouse=True)
def _fresh_limits(house: object) -> None:
    limiter.reset()


@pytest.fixture(autouse=True)
def _not_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(settings()), "is_loopback", property(lambda _self: False))


@pytest.fixture
def app_of(circle: Circle, ella: UUID) -> Callable[[UUID], str]:
    """Give everybody an app, and return a way to read a fresh code of somebody's."""
    secrets, steps = {}, {}
    for account in db.session.scalars(select(Account)):
        second_factor.prepare(account)
        account.totp_confirmed_at = clock.now()
        secrets[account.person_id] = second_factor.secret_of(account)
    commit()

    def code(person_id: UUID) -> str:
        now = int(clock.now().timestamp()) // 30
        steps[person_id] = max(steps.get(person_id, now - 1) + 1, now)
        return pyotp.TOTP(secrets[person_id]).generate_otp(steps[person_id])

    return code


@pytest.fixture
def work_off(oak: Tenant, letters: list) -> Callable[[], None]:
    """Return a way to do everything that is due in the outbox, as workers do."""

    def everything() -> None:
        for _round in range(6):
            db.session.remove()
            due = select(Outbox.id).where(Outbox.state == "pending", Outbox.due_at <= clock.now(), Outbox.name != "audit.chain")
            found = list(db.session.scalars(due))
            db.session.remove()
            if not found:
                return
            handle(found)

    return everything


@pytest.fixture
def pass_by(told: dict[str, str]) -> Iterator[Callable[[timedelta], None]]:
    """Return a way to let time pass for every request; afterwards the clock is as it was."""
    file = Path(told["MAAGAL_CLOCK_FILE"])
    yield lambda span: clock.set_to(clock.now() + span, file)
    file.unlink(missing_ok=True)
