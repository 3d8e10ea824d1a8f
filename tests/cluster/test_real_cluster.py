"""On a real cluster: `CITUS_URL=postgresql://administrator@coordinator/maagal bin/test tests/cluster`. The database is empty
before, has the extension on every node, and knows its nodes; roles and schemas made here are left for whoever looks.
"""

import os
import uuid

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError

from maagal import upgrading
from maagal.app import create_app
from maagal.bootstrap import plain
from maagal.config import Settings, settings
from maagal.db import commit, db, within
from maagal.environment import environment
from maagal.opening import open_and_furnish
from tenants.pairing.models import Pair
from tests.circle import make_circle
from tests.commands import run
from tests.conftest import serve_tasks
from tests.own_database import forget

GIVEN = os.environ.get("CITUS_URL", "")
pytestmark = pytest.mark.skipif(not GIVEN, reason="CITUS_URL names no cluster: Citus is in no package registry of this machine")
WHERE = "select nodename, nodeport from citus_shards where table_name::text = %s"


@pytest.fixture(scope="module")
def real(servers, tmp_path_factory):
    """The house on the cluster, and two tenants."""
    urls = {"database_url": GIVEN, "redis_url": servers.redis_url, "mail_url": "smtp://127.0.0.1:1"}
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("MAAGAL_")]:
            patch.delenv(name)
        patch.setenv("MAAGAL_CITUS", "1")
        for name, value in environment(tmp_path_factory.mktemp("cluster"), **urls, port=8000).items():
            patch.setenv(name, value)
        forget()
        upgrading.prepare(settings())
        app = create_app()
        serve_tasks(app)
        with app.app_context():
            yield [open_and_furnish(f"node-{uuid.uuid4().hex[:8]}", name="node") for _each in range(2)]
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()
    forget()


def test_each_tenant_lies_on_a_node_with_all_its_tables(real):
    with psycopg.connect(plain(make_url(Settings().database_url))) as connection:
        for tenant in real:
            tables = ("people", "pairs", "outbox", "audit")
            nodes = {connection.execute(WHERE, [f"{tenant.schema}.{table}"]).fetchone() for table in tables}
            assert len(nodes) == 1
            assert None not in nodes


def test_people_work_in_it_and_see_nothing_of_the_next(real):
    with within(real[0]):
        circle = make_circle()
        commit()
        assert circle.pnina
    db.session.remove()
    with within(real[1]):
        assert db.session.scalar(text("select count(*) from people")) == 0
        with pytest.raises(DBAPIError):
            db.session.execute(text(f'select * from "{real[0].schema}".people'))
        db.session.rollback()


def test_the_guards_of_pairs_and_concerns_hold_on_the_node(real):
    """Three triggers fire there; each asks a second table, which needs citus.allow_nested_distributed_execution."""
    with within(real[0]):
        circle = make_circle()
        nobody = Pair(participant_id=circle.pnina, mentor_id=circle.pnina, community_id=circle.community)
        db.session.add(nobody)
        with pytest.raises(IntegrityError, match="no seat is free"):
            db.session.flush()
        db.session.rollback()


def test_nobody_is_left_on_the_coordinator(real):
    assert "are placed" in run("cluster", "status")
