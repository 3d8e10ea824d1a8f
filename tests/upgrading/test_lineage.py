"""A server whose tables come from a history that was rewritten is refused in one line, before anything is touched."""

import psycopg
import pytest

from maagal import lineage, migrate, provisioning, upgrading
from maagal.config import settings


@pytest.fixture
def connection(here):
    with provisioning.connect(settings()) as opened:
        yield opened
        lineage.note(opened)


def noted(connection: psycopg.Connection, told: str) -> None:
    """Have it that the server was made from something else."""
    with connection.transaction():
        connection.execute("set local role maagal_owner")
        connection.execute(f"comment on schema control is '{told}'")


def test_what_was_prepared_by_this_very_code_goes_on(connection):
    assert lineage.check(connection) is None


@pytest.mark.parametrize("written", ["", "0001_gone {tenant} x", "{shared} 0000_gone x", "{shared} {tenant} 00ff"])
def test_what_another_history_made_is_refused(connection, written):
    noted(connection, written.format(shared=migrate.head("shared"), tenant=migrate.head("tenant")))
    with pytest.raises(lineage.MadeOtherwise, match="begin anew"):
        upgrading.prepare(settings())
