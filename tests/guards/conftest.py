"""Furnished tenants, and clients for everybody in them. Each module builds its own and leaves nothing behind."""

from collections.abc import Callable, Iterator
from itertools import count
from uuid import UUID

import pytest
from flask import Flask

from maagal.db import db, within
from maagal.opening import open_and_furnish
from maagal.tenancy import Tenant
from tests.circle import Browser, at
from tests.conftest import empty
from tests.guards.world import Home, furnish

SLUGS = {"pine": "public", "fir": "public", "mill": "business"}
_hosts = count(1)


@pytest.fixture(scope="session")
def tenants_of_the_guards(house: Flask) -> list[Tenant]:
    """Two public tenants and a business."""
    with house.app_context():
        return [open_and_furnish(slug, name=slug, kind=kind, demo=True) for slug, kind in SLUGS.items()]


@pytest.fixture(scope="module")
def homes(house: Flask, tenants_of_the_guards: list[Tenant]) -> Iterator[dict[str, Home]]:
    """All three, furnished."""
    made = {}
    for tenant in tenants_of_the_guards:
        empty(tenant)
        with house.app_context(), within(tenant):
            made[tenant.slug] = furnish(tenant)
    yield made
    for tenant in tenants_of_the_guards:
        empty(tenant)


@pytest.fixture(scope="module")
def enter(house: Flask) -> Callable[[Home, str | None], Browser]:
    """Return a client at a home's address, signed in as one of its people by name or as nobody; kept for the module."""
    clients: dict[tuple[str, str | None], Browser] = {}

    def client(home: Home, name: str | None = None) -> Browser:
        key = (home.tenant.slug, name)
        if key not in clients:
            clients[key] = _client(house, home, home.people[name] if name else None)
        return clients[key]

    return client


def _client(house: Flask, home: Home, person_id: UUID | None) -> Browser:
    """Let each client ask from an address of its own, so that nobody uses up another's share."""
    with house.app_context():
        db.session.remove()
        made = at(house, home.tenant, person_id)
    made.environ_base["REMOTE_ADDR"] = f"10.9.0.{next(_hosts)}"
    return made
