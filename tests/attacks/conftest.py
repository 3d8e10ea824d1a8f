"""One tenant that somebody filled with attacks: texts that are markup, code for templates or formulas."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from flask import Flask
from psycopg import sql

from maagal.db import within
from maagal.limits import limiter
from maagal.opening import open_and_furnish
from tests.attacks.words import FORMULA, MARKUP
from tests.guards import world
from tests.isolation.cage import Cage, cage
from tests.isolation.painting import paint
from tests.isolation.rows import Schema, administrator
from tests.isolation.waiting import add_what_waits


@contextmanager
def attacked(app: Flask, slug: str) -> Iterator[Cage]:
    """Open and furnish a tenant; hold a connection that looks into it."""
    with administrator() as connection:
        with app.app_context():
            tenant = open_and_furnish(slug, name=MARKUP[:60], kind="public", demo=True)
            schema = Schema(connection, tenant.schema)
            with within(tenant):
                home = world.furnish(tenant)
                add_what_waits(home)
        yield silent(Cage(**vars(home), schema=schema))


def silent(made: Cage) -> Cage:
    """Let nothing of a tenant be due: tests that come later wait until nothing is due anywhere."""
    made.schema.connection.execute(sql.SQL("update {} set state = 'done'").format(made.schema.table("outbox")))
    made.schema.connection.execute("delete from control.due where tenant_id = %s", [made.tenant.id])
    return made


@pytest.fixture(scope="session")
def marked_up(house: Flask) -> Iterator[Cage]:
    """A tenant in which every text is markup."""
    with attacked(house, "briar") as made:
        with house.app_context(), within(made.tenant):
            paint(made.schema, MARKUP)
        yield made


@pytest.fixture(scope="session")
def calculating(house: Flask) -> Iterator[Cage]:
    """A tenant in which every name begins as a formula does."""
    with ExitStack() as stay:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(world, "mark_of", lambda tenant: f"{FORMULA}{tenant.slug}")
            made = stay.enter_context(attacked(house, "thorn"))
        yield made


@pytest.fixture(autouse=True)
def _fresh_limits(house: Flask) -> None:
    limiter.reset()


@pytest.fixture(scope="session")
def cages(house: Flask) -> Iterator[dict[str, Cage]]:
    """Two tenants with a canary in every text."""
    with ExitStack() as stay:
        yield {slug: silent(stay.enter_context(cage(house, slug, "public"))) for slug in ("damson", "bullace")}
