"""The record of who did what: added to, chained, and never altered unnoticed."""

import threading
from datetime import timedelta

import psycopg
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from maagal import clock
from maagal.bootstrap import plain
from maagal.config import Settings
from maagal.db import commit, db, within
from maagal.events import Outbox
from maagal.ids import new_id
from tenants.audit import actions, queries
from tenants.audit.models import AuditEntry, AuditLink


def entries(count: int) -> None:
    person = new_id()
    for _ in range(count):
        actions.record(new_id(), "read", "pair", new_id(), person_id=person)
    commit()


def test_each_entry_gets_one_link_and_the_chain_holds(oak):
    entries(3)
    assert actions.chain() == 3
    entries(2)
    assert actions.chain() == 2
    assert actions.chain() == 0
    assert actions.broken_link(queries.chained()) is None
    commit()


def test_an_entry_changed_behind_our_back_is_found(oak):
    entries(4)
    actions.chain()
    commit()
    victim = db.session.scalar(select(AuditLink.audit_id).where(AuditLink.seq == 3))
    db.session.rollback()
    with psycopg.connect(plain(make_url(Settings().database_url)), autocommit=True) as administrator:
        administrator.execute(f"update \"{oak.schema}\".audit set action = 'reed' where id = %s", [victim])
    assert actions.broken_link(queries.chained()) == 3


def test_two_workers_at_once_make_one_chain(context, oak):
    entries(50)
    db.session.remove()
    made = []

    def link() -> None:
        with context.app_context(), within(oak):
            made.append(actions.chain())
            commit()

    threads = [threading.Thread(target=link) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(made) == [0, 50]
    assert actions.broken_link(queries.chained()) is None


def test_writing_asks_for_the_chain_and_not_each_time(oak):
    actions.forget_asking()
    entries(5)
    asked = db.session.scalar(select(func.count()).where(Outbox.name == actions.CHAIN))
    assert asked == 1


def test_what_is_rolled_back_was_never_recorded(oak):
    actions.record(None, "read", "pair")
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 0


def test_a_person_sees_who_looked_but_not_their_own_looks(oak):
    me, other = new_id(), new_id()
    actions.record(me, "read", "pair", new_id(), person_id=me)
    actions.record(other, "read", "pair", new_id(), person_id=me)
    actions.record(other, "read", "pair", new_id(), person_id=new_id())
    commit()
    assert [entry.actor_id for entry in queries.about(me)] == [other]
    assert queries.about(me)[0].at > clock.now() - timedelta(minutes=1)


def test_a_concern_is_not_told_to_whose_file_it_lies_in_but_to_whoever_raised_it(oak):
    pnina, miri, dana, by_miri, by_pnina = (new_id() for _ in range(5))
    for actor, concern in ((miri, by_miri), (pnina, by_pnina)):
        actions.record(actor, "raised", "concern", concern, person_id=pnina)
        actions.record(dana, "read", "concern", concern, person_id=pnina)
        actions.record(dana, "closed", "concern", concern, person_id=pnina)
    actions.record(dana, "read", "person", pnina, person_id=pnina)
    commit()
    told = [(each.actor_id, each.subject_id) for each in queries.about(pnina)]
    assert told == [(dana, pnina), (dana, by_pnina), (dana, by_pnina)]
