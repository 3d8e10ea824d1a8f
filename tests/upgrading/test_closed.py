"""A tenant that is behind is closed, and it alone: its pages, its tasks, the relay, the sweep; nothing of it is lost."""

import pytest
from sqlalchemy import func, select

from maagal import clock, due, migrate, register, relay, tasks, upgrading
from maagal.config import settings
from maagal.db import commit, db, within
from maagal.events import Outbox
from maagal.tenancy import TenantBehind, entered
from tenants.notifications import actions
from tests.circle import make_circle
from tests.upgrading.releases import later_release

NEW = {"9001_new": "alter table people add column nickname text"}


@pytest.fixture
def news(three):
    """Somebody in ash and somebody in birch is to be told something."""
    for tenant in three[:2]:
        with within(tenant):
            actions.tell(make_circle().miri, "notifications/trial", once="a")
            commit()


@pytest.fixture
def birch_is_behind(three, tmp_path):
    """This release is newer than birch alone."""
    with later_release(tmp_path, **NEW):
        for slug in ("ash", "cedar"):
            list(upgrading.upgrade_tenants(settings(), slug))
        register.forget()
        yield three[1]


def turned():
    handed = []
    db.session.remove()
    with entered(None):
        relay.turn(lambda tenant, queue, ids: handed.extend((tenant.slug, queue) for _ in ids))
    return handed


def states(tenant):
    with within(tenant):
        return dict(db.session.execute(select(Outbox.name, Outbox.state)).all())


def test_its_pages_answer_503_and_the_others_do_not_and_it_is_back_right_after_its_upgrade(visit, birch_is_behind):
    assert [visit(slug) for slug in ("ash", "birch", "cedar")] == [200, 503, 200]
    assert visit("birch", "/healthz") == 200
    list(upgrading.upgrade_tenants(settings()))
    until_asked_again()
    assert visit("birch") == 200


def until_asked_again():
    """Let the register's half second pass without waiting for it."""
    for key, (at, tenant) in register._known.items():
        register._known[key] = (at - register.SOON - 0.01, tenant)


def test_nobody_enters_it(birch_is_behind):
    with pytest.raises(TenantBehind, match="birch stands at 0010_reports"), within(register.by_slug("birch")):
        pass


def test_its_task_is_rejected_and_its_row_waits(news, birch_is_behind):
    header = {tasks.HEADER: str(birch_is_behind.id)}
    db.session.remove()
    assert tasks.handle.apply(([],), headers=header).state == "REJECTED"
    list(upgrading.upgrade_tenants(settings()))
    register.forget()
    assert tasks.handle.apply(([],), headers=header).state == "SUCCESS"


def test_the_relay_passes_by_and_comes_back_within_seconds(news, birch_is_behind):
    assert {slug for slug, _queue in turned()} == {"ash", "cedar"}
    (waiting,) = [each for each in due.ready(clock.now() + relay.PATIENCE) if each.tenant_id == birch_is_behind.id]
    assert clock.now() < waiting.at
    list(upgrading.upgrade_tenants(settings()))
    register.forget()
    with clock.held_at(clock.now() + relay.PATIENCE):
        assert "birch" in {slug for slug, _queue in turned()}


def test_the_sweep_passes_by_and_corrects_the_others(news, birch_is_behind, administrator):
    administrator.execute("delete from control.due")
    db.session.remove()
    with entered(None):
        assert relay.sweep() == 3
    assert {slug for slug, _queue in turned()} == {"ash", "cedar"}


def test_a_tenant_ahead_of_this_release_is_served_while_the_release_is_exchanged(three, visit, tmp_path):
    """An upgrade only adds what the release before can live with: the old processes go on until they are exchanged."""
    with later_release(tmp_path, **NEW):
        list(upgrading.upgrade_tenants(settings()))
    register.forget()
    assert register.by_slug("ash").revision not in {migrate.head("tenant"), *migrate.earlier("tenant")}
    assert [visit(each.slug) for each in three] == [200, 200, 200]
    with within(three[0]):
        assert db.session.scalar(select(func.count()).select_from(Outbox)) >= 0
