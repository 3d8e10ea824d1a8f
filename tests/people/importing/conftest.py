"""A coordinator's desk: sheets are sent as a browser sends them, and the worker is let run when the test says so."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from maagal import clock
from maagal.db import commit, db, within
from maagal.events import Outbox
from maagal.handling import handle
from maagal.limits import limiter
from maagal.opening import open_and_furnish
from maagal.tenancy import Tenant
from tenants.people.models import Person
from tenants.people.roster import reading
from tests.circle import Browser, Circle, make_circle, sign_in_as, token
from tests.conftest import empty

SAMPLES = Path(reading.__file__).parent / "samples"


@pytest.fixture(autouse=True)
def _fresh_limits(house: object) -> None:
    limiter.reset()


@pytest.fixture(scope="session")
def employer(house: Any, oak_and_elm: object) -> Tenant:
    """A business tenant."""
    with house.app_context():
        return open_and_furnish("sadot", name="שדות", kind="business", demo=True)


@pytest.fixture
def sadot(employer: Tenant, context: object) -> Iterator[Tenant]:
    """Be inside the business tenant, empty."""
    empty(employer)
    with within(employer):
        yield employer


@pytest.fixture
def sadot_circle(sadot: Tenant) -> Circle:
    return make_circle()


@pytest.fixture
def desk(sadot_circle: Circle, sadot: Tenant, context: Any) -> Browser:
    """The coordinator Dana in the business tenant."""
    client = Browser(context, use_cookies=True)
    client.origin = f"http://{sadot.slug}.localhost:8000"
    db.session.remove()
    sign_in_as(client, sadot_circle.dana, sadot)
    return client


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def upload(client: Browser, community: object, data: bytes, name: str = "sheet.csv") -> TestResponse:
    form = {"community": str(community), "sheet": (io.BytesIO(data), name), "csrf_token": token(client)}
    return client.post("/import", data=form, content_type="multipart/form-data")


def import_id(response: TestResponse) -> str:
    found = re.search(r"/import/([0-9a-f-]{36})", response.location or response.text)
    assert found, response.status
    return found[1]


def as_shown(client: Browser, address: str, **changes: object) -> dict[str, object]:
    """Return the fields of the page's form as the browser would send them back."""
    page = client.get(address)
    assert page.status_code == 200, (address, page.status)
    main = page.text[page.text.index("<main") :]
    sent = dict(re.findall(r'<input[^>]*name="(csrf_token|seen)"[^>]*value="([^"]*)"', main))
    sent |= dict(re.findall(r'<input checked[^>]*name="(kind)"[^>]*value="([^"]*)"', main))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)".*?>(.*?)</select>', main, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        sent[name] = chosen[1] if chosen else ""
    return sent | changes


def check(client: Browser, community: object, data: bytes, name: str = "sheet.csv") -> str:
    """Upload a sheet and accept its columns; return its address."""
    answer = upload(client, community, data, name)
    assert answer.status_code == 303, answer.text
    address = f"/import/{import_id(answer)}"
    answer = client.post(f"{address}/columns", data=as_shown(client, f"{address}/columns"))
    assert answer.status_code == 303, answer.text
    return address


def bring_in(client: Browser, address: str, **more: object) -> None:
    answer = client.post(f"{address}/commit", data=as_shown(client, address, **more))
    assert answer.status_code == 303, answer.text
    work()


def work(most: int = 100) -> int:
    """Let a worker do the jobs and facts that wait, up to a number of rows; return how many it did."""
    db.session.remove()
    did = 0
    waiting = select(Outbox.id).where(Outbox.state == "pending", Outbox.name.in_(NAMES)).order_by(Outbox.id)
    while did < most and (ids := list(db.session.scalars(waiting.limit(most - did)))):
        db.session.execute(db.update(Outbox).where(Outbox.id.in_(ids)).values(state="handed"))
        commit()
        handle(ids)
        db.session.remove()
        did += len(ids)
    return did


def make_due() -> None:
    """Let nothing that waits be for later."""
    db.session.execute(db.update(Outbox).where(Outbox.state == "pending").values(due_at=clock.now() - timedelta(seconds=1)))
    commit()


def people() -> int:
    """Count who is here."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Person)) or 0


NAMES = (
    "people.check_import", "people.commit_import", "people.undo_import",
    "tenants.people.events.WelcomeWished", "tenants.people.events.RosterWithdrawn",
)  # fmt: skip
