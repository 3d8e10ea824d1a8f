"""Whoever looks: a signed-in person with the roles they hold today."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask_login import UserMixin
from sqlalchemy import and_, bindparam, func, or_, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by

from maagal import clock, own_settings, tenancy
from maagal.config import settings
from maagal.db import db
from maagal.permissions import STAFF_ROLES
from maagal.questions import Question
from tenants.people.models import Account, Membership, Person, SignedIn

SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, eq=False)
class Viewer(UserMixin):  # type: ignore[misc]  # flask-login carries no types
    """A signed-in person. `held` is (role, community or None) for each membership of today."""

    session_id: UUID
    account_id: UUID
    person_id: UUID
    name: str
    gender: str | None
    locale: str | None
    timezone: str | None
    held: frozenset[tuple[str, UUID | None]]

    @property
    def roles(self) -> frozenset[str]:
        """The roles held today, wherever."""
        return frozenset(role for role, _place in self.held)

    def communities(self, role: str) -> frozenset[UUID]:
        """The communities in which a role is held today."""
        return frozenset(place for held, place in self.held if held == role and place is not None)

    def coordinates(self, community_id: UUID | None) -> bool:
        """Whether this is a coordinator of that community."""
        return community_id in self.communities("coordinator")

    def get_id(self) -> str:
        """The session's subject: tenant, account and the session's row."""
        return f"{tenancy.current().id}:{self.account_id}:{self.session_id}"


def load_account(subject: str) -> Viewer | None:
    """Return who a session's subject is here and now; None for another tenant's, an ended or an expired one."""
    tenant_id, _, rest = subject.partition(":")
    account_id, _, session_id = rest.partition(":")
    if tenant_id != str(tenancy.current().id) or not session_id:
        return None
    today, now = clock.today(tenancy.current().zone), clock.now()
    found = SESSION.rows(account=UUID(account_id), session=UUID(session_id), today=today, now=now)
    row = next(iter(found), None)
    if row is not None:
        own_settings.heard(row.settings)
    if row is None or (needs_second_factor({role for role, _ in _held(row)}) and not row.second_factor):
        return None
    if row.seen_at < now - SEEN_EVERY:
        db.session.execute(update(SignedIn).where(SignedIn.id == row.session_id).values(seen_at=now))
    return Viewer(
        session_id=row.session_id,
        account_id=UUID(account_id),
        person_id=row.person_id,
        name=f"{row.first_name} {row.last_name}".strip(),
        gender=row.gender,
        locale=row.locale,
        timezone=row.timezone,
        held=_held(row),
    )


def needs_second_factor(roles: set[str] | frozenset[str]) -> bool:
    """Whether these roles sign in with a second factor; waived only on a demo tenant, on this machine alone."""
    waived = tenancy.current().is_demo and settings().is_loopback
    return bool(STAFF_ROLES & roles) and not waived


def _session() -> Any:
    """Select one living session with its person and today's memberships, in one round trip."""
    today: Any = bindparam("today")
    current = and_(
        Membership.person_id == Person.id,
        Membership.since <= today,
        or_(Membership.until.is_(None), Membership.until > today),
    )
    role = func.concat(Membership.role, ":", Membership.community_id)
    held = select(func.array_agg(aggregate_order_by(role, role))).where(current).scalar_subquery()
    mine = (SignedIn.id == bindparam("session"), SignedIn.account_id == bindparam("account"))
    living = (SignedIn.ended_at.is_(None), SignedIn.expires_at > bindparam("now"))
    return (
        select(
            SignedIn.id.label("session_id"), SignedIn.second_factor, SignedIn.seen_at, Person.id.label("person_id"),
            Person.first_name, Person.last_name, Person.gender, Person.locale, Person.timezone, held.label("held"),
            own_settings.VERSION.label("settings"),
        )
        .join(Account, Account.id == SignedIn.account_id)
        .join(Person, Person.id == Account.person_id)
        .where(*mine, *living, Person.state == "active")
    )  # fmt: skip


SESSION = Question(_session())


def _held(row: Any) -> frozenset[tuple[str, UUID | None]]:
    pairs = (each.partition(":") for each in row.held or ())
    return frozenset((role, UUID(place) if place else None) for role, _, place in pairs)
