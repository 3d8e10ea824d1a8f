"""A concern reaches whoever must act, never the person it is about, and rings until somebody answers."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from maagal import clock
from maagal.db import commit, db, within
from maagal.events import Outbox
from maagal.ids import new_id
from maagal.tenancy import Tenant
from tenants.communities import actions as communities
from tenants.notifications.models import Notice
from tenants.pairing import actions as pairing
from tenants.pairing.models import Pair
from tenants.safeguarding import actions, queries, tasks
from tenants.safeguarding.models import Concern
from tests.at_once import one_while_the_other
from tests.circle import Circle, make_person
from tests.notifications.conftest import deliver
from tests.smtp_sink import Sink

Fetch = Callable[[UUID], Pair]


def raised(circle: Circle, level: int = 2, about: UUID | None = None, pair: Pair | None = None) -> Concern:
    made = actions.raise_concern(new_id(), circle.miri, level, "מפחדת לחזור הביתה", about_id=about, pair=pair)
    commit()
    return made


def told(kind: str = "safeguarding/raised") -> set[UUID]:
    return set(db.session.scalars(db.select(Notice.person_id).where(Notice.kind == kind)))


def test_both_coordinators_are_told_at_once_and_urgently(circle: Circle) -> None:
    raised(circle)
    assert told() == {circle.dana, circle.gil}
    assert set(db.session.scalars(db.select(Notice.urgent))) == {True}
    mails = db.session.scalars(db.select(Outbox.queue).where(Outbox.name == "mail"))
    assert list(mails) == ["urgent", "urgent"]


def test_the_coordinator_it_is_about_is_not_told_and_sees_nothing(circle: Circle) -> None:
    made = raised(circle, about=circle.dana)
    assert told() == {circle.gil}
    assert not queries.is_handled_by(circle.dana, {circle.community}, made.id)
    assert queries.open_ones(circle.dana, {circle.community}) == []
    assert [line.id for line in queries.open_ones(circle.gil, {circle.community})] == [made.id]


def test_where_she_is_the_only_one_every_other_coordinator_of_the_organisation_is_told(circle: Circle) -> None:
    place = communities.open_community("מעגל קטן")
    only = make_person("Ora", "Lev", "coordinator", place.id)
    noa = make_person("Noa", "Lev", "mentor", place.id)
    made = actions.raise_concern(new_id(), noa, 1, "…", about_id=only)
    commit()
    assert told() == {circle.dana, circle.gil}
    assert queries.is_handled_by(circle.dana, {circle.community}, made.id)
    assert not queries.is_handled_by(only, {place.id}, made.id)


def test_a_coordinator_of_another_community_sees_it_only_once_nobody_answered(circle: Circle) -> None:
    place = communities.open_community("מעגל אחר")
    far = make_person("Tal", "Far", "coordinator", place.id)
    made = raised(circle)
    assert not queries.is_handled_by(far, {place.id}, made.id)
    made.answer_by = clock.now()
    commit()
    assert queries.is_handled_by(far, {place.id}, made.id)


def test_the_words_are_sealed(circle: Circle) -> None:
    made = raised(circle)
    assert "מפחדת".encode() not in made.words
    assert actions.words_of(made) == "מפחדת לחזור הביתה"


def test_pressing_twice_raises_one(circle: Circle) -> None:
    key = new_id()
    for _time in range(2):
        actions.raise_concern(key, circle.miri, 1, "פעם אחת")
    commit()
    assert db.session.scalar(db.select(db.func.count()).select_from(Concern)) == 1
    assert db.session.scalar(db.select(db.func.count()).select_from(Notice)) == 2


def test_it_rings_with_everybody_but_the_one_it_is_about_and_asks_to_ring_again(circle: Circle) -> None:
    place = communities.open_community("מעגל אחר")
    far = make_person("Tal", "Far", "coordinator", place.id)
    made = raised(circle, level=3, about=circle.dana)
    for _time in range(2):
        tasks.ring(concern_id=str(made.id), turn=1)
        commit()
    assert told("safeguarding/unanswered") == {circle.gil, far}
    rings = db.session.scalars(db.select(Outbox.once).where(Outbox.name == actions.RING).order_by(Outbox.once))
    assert list(rings) == [f"{actions.RING}:{made.id}:1", f"{actions.RING}:{made.id}:2"]
    tasks.ring(concern_id=str(made.id), turn=2)
    commit()
    count = db.select(db.func.count()).where(Notice.kind == "safeguarding/unanswered", Notice.person_id == far)
    assert db.session.scalar(count) == 2


def test_it_is_silent_once_somebody_took_it(circle: Circle) -> None:
    made = raised(circle, level=3)
    actions.take(made, circle.gil)
    tasks.ring(concern_id=str(made.id), turn=1)
    commit()
    assert told("safeguarding/unanswered") == set()


def test_a_mail_that_waited_is_not_sent_once_somebody_took_it(circle: Circle, sink: Sink) -> None:
    made = raised(circle, level=3)
    tasks.ring(concern_id=str(made.id), turn=1)
    actions.take(made, circle.gil)
    commit()
    deliver()
    outcomes = dict(
        db.session.execute(
            db.select(Notice.kind, Outbox.error).where(Outbox.body["notice"].astext == db.cast(Notice.id, db.Text))
        ).all()
    )
    assert outcomes == {"safeguarding/raised": None, "safeguarding/unanswered": "taken"}
    assert set(db.session.scalars(db.select(Outbox.state).where(Outbox.name == "mail"))) == {"done"}
    assert len(sink.caught) == 2


def test_it_is_taken_by_one_and_closed_only_with_a_note(circle: Circle) -> None:
    made = raised(circle)
    with pytest.raises(actions.NotYours):
        actions.close(made, "דיברתי איתה", circle.dana)
    actions.take(made, circle.dana)
    with pytest.raises(actions.NotYours):
        actions.take(made, circle.gil)
    with pytest.raises(actions.NoNote):
        actions.close(made, "  ", circle.dana)
    actions.close(made, "דיברתי איתה", circle.dana)
    commit()
    assert (made.state, actions.note_of(made)) == ("closed", "דיברתי איתה")


def test_another_ones_concern_is_not_handed_out_for_its_id(circle: Circle) -> None:
    made = raised(circle)
    with pytest.raises(actions.NotYours):
        actions.raise_concern(made.id, circle.pnina, 1, "…")


def test_two_presses_in_the_same_moment_raise_one_and_both_are_thanked(circle: Circle, oak: Tenant, house: Flask) -> None:
    key = new_id()
    press = partial(actions.raise_concern, key, circle.miri, 3, "פעם אחת")
    assert one_while_the_other(house, oak, press, press) == ["done", "done"]
    assert db.session.scalar(db.select(db.func.count()).select_from(Concern)) == 1
    assert db.session.scalar(db.select(db.func.count()).select_from(Notice)) == 2


def test_of_two_who_take_it_in_the_same_moment_one_is_told_and_pressing_twice_is_no_fault(
    circle: Circle, oak: Tenant, house: Flask
) -> None:
    for second, said in ((circle.gil, "done"), (circle.dana, "NotYours")):
        made = raised(circle).id

        def take(who: UUID, concern_id: UUID = made) -> None:
            actions.take(db.session.get_one(Concern, concern_id), who)

        assert one_while_the_other(house, oak, partial(take, circle.gil), partial(take, second)) == ["done", said]
        assert db.session.get_one(Concern, made).taken_by == circle.gil


def test_the_record_of_a_pair_is_not_closed_over_an_open_concern(circle: Circle, pair: UUID, fetch: Fetch) -> None:
    made = raised(circle, pair=fetch(pair)).id
    assert queries.open_concerns(pair) == 1
    pairing.close(stays := fetch(pair), "coordinator", "goals_met")
    with pytest.raises(IntegrityError, match="a concern is open"):
        pairing.finish(stays)
    db.session.rollback()
    concern = db.session.get_one(Concern, made)
    actions.take(concern, circle.dana)
    actions.close(concern, "הוסדר", circle.dana)
    commit()
    pairing.close(stays := fetch(pair), "coordinator", "goals_met")
    pairing.finish(stays)
    commit()
    assert fetch(pair).state == "closed"


def test_the_house_next_door_hears_nothing(circle: Circle, elm: Tenant) -> None:
    made = raised(circle).id
    db.session.remove()
    with within(elm):
        assert queries.by_id(made) is None
        assert told() == set()
