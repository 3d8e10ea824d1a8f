"""A person's notices are theirs: given out, moved with them, erased with them."""

from maagal.db import commit, db
from tenants.notifications import actions, belongings, queries
from tenants.notifications.models import Channel, Notice
from tests.circle import Circle
from tests.notifications.conftest import deliver
from tests.smtp_sink import Sink

TRIAL = "notifications/trial"


def test_an_export_holds_ones_own_notices_alone(circle: Circle) -> None:
    actions.tell(circle.miri, TRIAL, once="a")
    actions.tell(circle.pnina, TRIAL, once="a")
    actions.choose(circle.miri, [TRIAL], [])
    given = belongings.export(circle.miri)
    assert [(each["kind"], each["read"]) for each in given["notices"]] == [(TRIAL, False)]
    assert given["by_mail"] == {TRIAL: False}


def test_a_merge_moves_the_notices_and_keeps_the_wishes_of_who_stays(circle: Circle) -> None:
    for person in (circle.miri, circle.pnina):
        actions.tell(person, TRIAL, once="a")
    actions.choose(circle.miri, [TRIAL], [])
    actions.choose(circle.pnina, [TRIAL], [TRIAL])
    belongings.merge(circle.miri, circle.pnina)
    assert queries.unread(circle.miri, [TRIAL]) == 2
    assert queries.wishes(circle.miri) == {TRIAL: False}
    assert queries.unread(circle.pnina, [TRIAL]) == 0


def test_whoever_is_erased_is_told_nothing_more(circle: Circle, sink: Sink) -> None:
    actions.tell(circle.miri, TRIAL, once="a")
    actions.choose(circle.miri, [TRIAL], [TRIAL])
    belongings.erase(circle.miri)
    commit()
    deliver()
    assert sink.caught == []
    assert [db.session.scalar(db.select(db.func.count()).select_from(table)) for table in (Notice, Channel)] == [0, 0]
