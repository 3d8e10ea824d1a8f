"""A tenant whose every text sings, and the ids that lie in it."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from uuid import UUID

from flask import Flask
from psycopg import sql
from sqlalchemy import Select, select
from werkzeug.routing import Rule as Route
from werkzeug.routing import UUIDConverter

from maagal import clock, handling
from maagal.db import db, within
from maagal.events import OPEN_STATES, Outbox
from maagal.opening import open_and_furnish
from maagal.permissions import VISITOR
from maagal.tenancy import Tenant
from tests.guards.world import Home, candidates, furnish, mark_of
from tests.isolation.painting import paint
from tests.isolation.rows import Schema, administrator
from tests.isolation.waiting import add_what_waits


@dataclass(frozen=True)
class Cage(Home):
    """A furnished and painted tenant."""

    schema: Schema

    @property
    def host(self) -> str:
        """Where it answers."""
        return f"{self.tenant.slug}.localhost"

    @property
    def words(self) -> set[str]:
        """What gives it away, in lower case."""
        return {self.mark, str(self.tenant.id), self.tenant.schema, self.host}

    def roles(self, name: str | None) -> frozenset[str]:
        """Return what somebody is here; nobody is a visitor."""
        if name is None:
            return frozenset({VISITOR})
        query = "select role from {} where person_id = %s and until is null"
        statement = sql.SQL(query).format(self.schema.table("memberships"))
        return frozenset(role for (role,) in self.schema.connection.execute(statement, [self.people[name]]))

    def values(self, route: Route, name: str, most: int) -> list[str]:
        """Return what a parameter may be here: what the world names first, then rows of each table it may mean."""
        if not isinstance(route._converters.get(name), UUIDConverter):
            return list(candidates(route, name, self.ids))
        named = candidates(route, name, self.ids) if name in self.ids else ()
        rows = (str(each) for table in self.schema.meant_by(name) for each in islice(self.schema.ids[table], most))
        return list(dict.fromkeys([*named, *rows]))[: max(most, len(named), len(self.schema.meant_by(name)))]


@contextmanager
def cage(app: Flask, slug: str, kind: str) -> Iterator[Cage]:
    """Open a tenant, furnish and paint it; hold a connection that looks into it."""
    with administrator() as connection:
        with app.app_context():
            tenant = open_and_furnish(slug, name=f"CANARY-{slug}-house", kind=kind, demo=True)
            schema = Schema(connection, tenant.schema)
            with within(tenant):
                home = furnish(tenant)
                add_what_waits(home)
                paint(schema, mark_of(tenant))
        yield Cage(**vars(home), schema=schema)  # outside the application: tests that come later stand in none


def react(app: Flask, tenant: Tenant, later: timedelta = timedelta()) -> None:
    """Do everything of a tenant's outbox that is due, now or later, and what comes of it."""
    with clock.held_at(clock.now() + later) if later else nullcontext(), app.app_context(), within(tenant):
        while ids := list(db.session.scalars(_due())):
            db.session.rollback()
            handling.handle(ids)


def _due() -> Select[UUID]:
    return select(Outbox.id).where(Outbox.state.in_(OPEN_STATES), Outbox.due_at <= clock.now()).order_by(Outbox.id)
