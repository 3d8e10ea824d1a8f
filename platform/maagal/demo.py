"""The demonstration: two organisations with three months behind them, written by the product's own verbs.

Each capability brings its part through the slot `demo`, from the ground upwards. Time is held at the moments of that
history; facts are reacted to at once, in this process, while the tenant does not answer yet and the relay leaves it alone.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select, update

from maagal import clock, due, handing, handling, provisioning, register
from maagal.addresses import console_addresses
from maagal.config import settings
from maagal.console.demo import make_demo_operator
from maagal.db import commit, db, within
from maagal.events import FACT, JOB, OPEN_STATES, Outbox
from maagal.opening import open_and_furnish
from maagal.permissions import ROLES
from maagal.tenancy import Tenant

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)  # the day the rosters were written
WEEKS = 13
PAST = ("meetings.remind", "meetings.ask", "pairing.remind", "pairing.expire", "intake.still_ownerless")
STILL_NEWS = timedelta(hours=20)


@dataclass(frozen=True)
class Plan:
    """A demo tenant: its name and kind, and the sheets its communities come from (community's name -> file)."""

    slug: str
    name: str
    kind: str
    sheets: dict[str, str]
    staff_sheet: str = ""


PLANS = (
    Plan("keshet", "קשת – קהילות תמיכה", "public", {
        "קהילת חיפה": "people-haifa.csv", "קהילת נצרת": "people-nazareth.csv",
        "קהילת רמת גן": "people-ramat-gan.xlsx", "קהילת באר שבע": "people-beer-sheva.xlsx",
    }),
    Plan("sadot", "שדות – עובדים למען עובדים", "business", {"קהילת שדות": "people-sadot.csv"}, "staff-sadot.csv"),
)  # fmt: skip


@dataclass
class World:
    """What the parts of a demo share: the plan, dice that always fall alike, the day it begins and ends, and who plays a role."""

    plan: Plan
    now: datetime
    dice: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311  made-up history, not secrets
    people: dict[str, str] = field(default_factory=dict)  # role -> id of whoever visitors try it as

    @property
    def begin(self) -> datetime:
        """The moment the history begins."""
        return self.now - timedelta(weeks=WEEKS)

    @contextmanager
    def at(self, moment: datetime) -> Iterator[None]:
        """Be at a moment; what was done is committed and reacted to before time moves on."""
        with clock.held_at(moment):
            yield
            self.settle()

    def settle(self, *jobs: str) -> None:
        """Commit, and let the house react to every fact, and do the named jobs that are due."""
        commit()
        wanted = (Outbox.kind == FACT) | ((Outbox.kind == JOB) & Outbox.name.in_(jobs))
        ripe = select(Outbox.id).where(wanted, Outbox.state == "pending", Outbox.due_at <= clock.now())
        while ids := list(db.session.scalars(ripe.order_by(Outbox.due_at, Outbox.id).limit(200))):
            db.session.rollback()
            handling.handle(ids)


def make(app: Flask) -> None:
    """Make what is missing of the demonstration: its operator, its tenants; one whose making broke off is made anew."""
    file = settings().clock_file
    if file is not None and not file.exists():
        clock.set_to(NOW, file)
    now = clock.now()
    with provisioning.connect(settings()) as connection:
        make_demo_operator(connection)
    for plan in PLANS:
        found = register.by_slug(plan.slug)
        if found is None or found.state == "opening":
            _make_one(app, World(plan, now))


def _make_one(app: Flask, world: World) -> None:
    plan = world.plan
    with provisioning.connect(settings()) as connection:
        provisioning.abandon(connection, plan.slug)
        with clock.held_at(world.begin):
            made = open_and_furnish(plan.slug, name=plan.name, kind=plan.kind, demo=True, state="opening")
        with within(made):
            for part in app.extensions["house"].slot("demo"):
                part(world)
                with clock.held_at(world.now):
                    world.settle()
            _drop_the_past(world)
        provisioning.announce(connection, plan.slug, world.people)
    register.forget()
    _wake(made)


def _drop_the_past(world: World) -> None:
    """Reminders and mails of the history are not sent any more; those of the last day still are."""
    old = Outbox.state.in_(OPEN_STATES) & (Outbox.due_at < world.now - STILL_NEWS)
    told = (Outbox.kind == "mail") | Outbox.name.in_(PAST)
    db.session.execute(update(Outbox).where(old, told).values(state="dropped", done_at=world.now))
    commit()


def _wake(tenant: Tenant) -> None:
    with within(tenant):
        next_at = db.session.scalar(handing.next_hour())
        db.session.rollback()
        due.upsert(next_at or clock.now())


def sign_ins() -> str:
    """Return the addresses of the demo tenants and a sign-in for each role, a line each."""
    lines = []
    for plan in PLANS:
        tenant = register.by_slug(plan.slug)
        if tenant is not None:
            host, path = register.address(tenant), f"http://127.0.0.1{settings().port_suffix}/c/{plan.slug}"
            lines += [f"{plan.slug} ({plan.kind}): {host}/   or   {path}/"]
            lines += [f"  {role:<14} {host}/demo/{role}   or   {path}/demo/{role}" for role in ROLES]
    console = "   or   ".join(f"{where}demo" for where in console_addresses())
    return "\n".join([*lines, f"console (operator): {console}"])
