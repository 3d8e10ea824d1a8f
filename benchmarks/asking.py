"""A coordinator in each tenant of the crowd, and their requests for a page: in process, whole, by one client or by eight."""

import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import Context
from datetime import timedelta
from typing import NamedTuple

from flask import Flask

from maagal import clock, register
from maagal.db import commit, db, within
from maagal.limits import limiter
from maagal.tenancy import Tenant
from tenants.communities.models import Community
from tenants.people.models import Account, Membership, Person, SignedIn

PAGE = "/dashboard"
CLIENTS = 8


class Visitor(NamedTuple):
    """Where somebody's tenant answers, and the cookie that says who asks."""

    origin: str
    cookie: str


_known: dict[str, Visitor] = {}


def visitors(app: Flask, number: int) -> list[Visitor]:
    """Return a coordinator of each of the first tenants; those that are new are taken on."""
    with db.engine.begin() as connection:
        found = [row for row in register.everyone(connection) if row.slug.startswith("c")][:number]
    for tenant in found:
        if tenant.slug not in _known:
            _known[tenant.slug] = _taken_on(app, tenant)
    return [_known[tenant.slug] for tenant in found]


def rotating(visitors: Sequence[Visitor], number: int) -> list[Visitor]:
    """Return so many visitors: each tenant as often as any other, in no order."""
    dice, order = random.Random(7), list(visitors)
    dice.shuffle(order)
    return [order[at % len(order)] for at in range(number)]


def zipf(visitors: Sequence[Visitor], number: int) -> list[Visitor]:
    """Return so many visitors: the second tenant half as often as the first, the third a third as often."""
    weights = [1 / rank for rank in range(1, len(visitors) + 1)]
    return random.Random(7).choices(visitors, weights, k=number)


def asked(app: Flask, visitors: Sequence[Visitor]) -> float:
    """Ask for the page, one after the other; return the seconds of a request on average."""
    client = app.test_client(use_cookies=False)
    started = time.perf_counter()
    for visitor in visitors:
        Context().run(_ask, client, visitor)
    return (time.perf_counter() - started) / len(visitors)


def asked_by_many(app: Flask, visitors: Sequence[Visitor]) -> None:
    """Ask for the page by several clients at once, so that every connection of the pool is in use."""
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(lambda visitor: asked(app, [visitor]), visitors))


@contextmanager
def unlimited() -> Iterator[None]:
    """Let one address ask as often as it likes: six hundred a minute are enough for a person."""
    limiter.enabled = False
    try:
        yield
    finally:
        limiter.enabled = True


def _ask(client: object, visitor: Visitor) -> None:
    answer = client.get(PAGE, base_url=visitor.origin, headers={"Cookie": visitor.cookie})  # type: ignore[attr-defined]  # Flask's
    if answer.status_code != 200:
        message = f"{visitor.origin}{PAGE} answered {answer.status_code}"
        raise RuntimeError(message)


def _taken_on(app: Flask, tenant: Tenant) -> Visitor:
    with within(tenant):
        community = Community(name="מעגל")
        person = Person(first_name="דנה", last_name="רק", email="dana@example.org", gender="f")
        db.session.add_all((community, person))
        db.session.flush()
        account = Account(person_id=person.id)
        since = clock.today() - timedelta(days=30)
        db.session.add_all((
            account, Membership(person_id=person.id, role="coordinator", community_id=community.id, since=since),
        ))  # fmt: skip
        db.session.flush()
        session = SignedIn(account_id=account.id, expires_at=clock.now() + timedelta(days=1), second_factor=True)
        db.session.add(session)
        db.session.flush()
        subject = {"_user_id": f"{tenant.id}:{account.id}:{session.id}", "_fresh": True}
        commit()
    signed = app.session_interface.get_signing_serializer(app).dumps(subject)  # type: ignore[attr-defined]  # Flask's own
    return Visitor(f"http://{tenant.slug}.localhost:8000", f"maagal={signed}")
