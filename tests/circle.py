"""The people of the small world, and a way to sign in as one of them without walking through the sign-in."""

import re
from contextvars import Context
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient

from maagal import clock, tenancy
from maagal.db import commit, db, within
from maagal.tenancy import Tenant, current_or_none
from tenants.communities.models import Community
from tenants.people.models import Account, Membership, Person, Profile, SignedIn


class Browser(FlaskClient):
    """A client at one tenant's address; each request runs in a context of its own, as in a server's thread."""

    origin = "http://localhost:8000"

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Ask for a page; `base_url` and an absolute address override where we are."""
        kwargs.setdefault("base_url", self.origin)
        return Context().run(partial(super().open, *args, **kwargs))


SINCE = date(2026, 1, 1)


@dataclass(frozen=True)
class Circle:
    """Ids of one community and its people."""

    community: UUID
    dana: UUID
    gil: UUID
    miri: UUID
    pnina: UUID
    adam: UUID


def make_person(first: str, last: str, role: str, community: UUID | None, **profile: object) -> UUID:
    """Add a person with a role since SINCE, an account and a profile (its columns by name); return the person's id."""
    email = f"{first.lower()}.{last.lower()}@example.org"
    person = Person(first_name=first, last_name=last, email=email, phone=None, gender="f")
    db.session.add(person)
    db.session.flush()
    answers = {"languages": ["he"], "free_hours": [[0, 540, 720]], "mode": "either", "screened_at": SINCE} | profile
    if role == "mentor":
        answers.setdefault("training_valid_until", clock.today() + timedelta(days=300))
    db.session.add_all((
        Profile(person_id=person.id, **answers),
        Account(person_id=person.id),
        Membership(person_id=person.id, role=role, community_id=community, since=SINCE),
    ))  # fmt: skip
    db.session.flush()
    return person.id


def make_circle() -> Circle:
    """Make the community and its five people in the current tenant."""
    community = Community(name="מעגל בדיקה")
    db.session.add(community)
    db.session.flush()
    made = Circle(
        community=community.id,
        dana=make_person("Dana", "Rak", "coordinator", community.id),
        gil=make_person("Gil", "Or", "coordinator", community.id),
        miri=make_person("Miri", "Lev", "mentor", community.id, skills=["budgeting"]),
        pnina=make_person("Pnina", "Tal", "participant", community.id, life_areas=["financial"]),
        adam=make_person("Adam", "Bar", "advisor", community.id),
    )
    commit()
    return made


def at(house: Flask, tenant: Tenant, person_id: UUID | None = None) -> Browser:
    """Return a client at a tenant's address, signed in as a person or as nobody."""
    made = Browser(house, use_cookies=True)
    made.origin = f"http://{tenant.slug}.localhost:8000"
    if person_id is not None:
        sign_in_as(made, person_id, tenant)
    return made


def sign_in_as(client: Browser, person_id: UUID, tenant: Tenant) -> None:
    """Give a client a living session of a person, in the tenant whose address it uses."""
    if current_or_none() == tenant:
        subject = _session_row(person_id, tenant)
    else:
        db.session.remove()
        with tenancy.entered(None), within(tenant):
            subject = _session_row(person_id, tenant)
    with client.session_transaction(base_url=client.origin) as cookie:
        cookie["_user_id"] = subject
        cookie["_fresh"] = True


def _session_row(person_id: UUID, tenant: Tenant) -> str:
    account = db.session.scalar(db.select(Account).where(Account.person_id == person_id))
    row = SignedIn(account_id=account.id, expires_at=clock.now() + timedelta(days=1), second_factor=True)
    db.session.add(row)
    commit()
    subject = f"{tenant.id}:{account.id}:{row.id}"
    db.session.remove()
    return subject


def token(client: FlaskClient, path: str = "/accessibility") -> str:
    """Return a CSRF token of this client's session, as a page holds it."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(path).text)
    assert found
    return found[1]
