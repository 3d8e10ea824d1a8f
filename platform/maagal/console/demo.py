"""The demonstration's operator: no password, no second factor, and only on this machine."""

import psycopg
from sqlalchemy import select

from maagal import clock
from maagal.console.models import Operator
from maagal.console.viewer import waived
from maagal.db import db
from maagal.ids import new_id

EMAIL = "operator@example.org"
MAKE = """
insert into control.operators (id, email, is_demo, made_at) values (%s, %s, true, %s) on conflict (email) do nothing
"""


def demo_operator() -> Operator | None:
    """Return the operator to try the console as; None where there is no demonstration."""
    if not waived():
        return None
    return db.session.scalar(select(Operator).where(Operator.is_demo, Operator.ended_at.is_(None)).limit(1))


def make_demo_operator(connection: psycopg.Connection) -> None:
    """Add the operator, with the provisioner's login; a second time is a no-op."""
    connection.execute(MAKE, [new_id(), EMAIL, clock.now()])
