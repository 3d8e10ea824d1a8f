"""Somebody is told once: one line in the inbox, one mail, worked out when it is sent."""

from uuid import UUID

import pytest
from flask import current_app
from sqlalchemy import delete

from maagal import handling, mail
from maagal.db import commit, db, within
from maagal.events import Outbox
from maagal.tenancy import Tenant
from tenants.notifications import actions, notices, queries
from tenants.notifications.models import Notice
from tenants.people.models import Person
from tests.circle import Circle
from tests.notifications.conftest import deliver, outcome
from tests.smtp_sink import Sink

TRIAL = "notifications/trial"


def told(person_id: UUID) -> queries.Told:
    """Tell somebody, and fetch what a mail would know."""
    actions.tell(person_id, TRIAL, once="a")
    commit()
    (notice_id,) = db.session.scalars(db.select(Notice.id).where(Notice.person_id == person_id))
    return queries.told([notice_id])[notice_id]


def test_a_second_telling_is_a_no_op(circle: Circle) -> None:
    for _again in range(2):
        actions.tell(circle.miri, TRIAL, once="a")
        commit()
    assert [db.session.scalar(db.select(db.func.count()).select_from(table)) for table in (Notice, Outbox)] == [1, 1]


def test_two_people_may_be_told_under_the_same_name(circle: Circle) -> None:
    actions.tell(circle.miri, TRIAL, once="a")
    actions.tell(circle.pnina, TRIAL, once="a")
    assert db.session.scalar(db.select(db.func.count()).select_from(Notice)) == 2


def test_what_was_not_committed_was_never_told(circle: Circle, sink: Sink) -> None:
    actions.tell(circle.miri, TRIAL, once="a")
    db.session.rollback()
    deliver()
    assert sink.caught == []


def test_urgent_notices_go_by_the_urgent_queue(circle: Circle) -> None:
    actions.tell(circle.miri, TRIAL, once="a", urgent=True)
    actions.tell(circle.miri, TRIAL, once="b")
    assert sorted(db.session.scalars(db.select(Outbox.queue))) == ["delivery", "urgent"]


@pytest.mark.parametrize(
    ("change", "why"), [({}, ""), ({"state": "left"}, "left"), ({"email": None}, "no_address"), ({"email": ""}, "no_address")]
)
def test_who_hears_of_it(circle: Circle, change: dict[str, str], why: str) -> None:
    person = db.session.get_one(Person, circle.miri)
    for name, value in change.items():
        setattr(person, name, value)
    assert notices.who(person) == why


def test_whether_it_is_wanted(circle: Circle) -> None:
    found = told(circle.miri)
    assert notices.whether(found) == ""
    assert notices.whether(found._replace(by_mail=False)) == "unwanted"
    found.notice.urgent = True
    assert notices.whether(found._replace(by_mail=False)) == ""
    found.person.safe_channel = "phone"
    assert notices.whether(found) == "not_safe"


def test_what_it_says_is_in_the_readers_language(circle: Circle) -> None:
    found = told(circle.miri)
    hebrew = notices.what(found.notice, found.person)
    found.person.locale = "en"
    english = notices.what(found.notice, found.person)
    assert 'dir="rtl"' in hebrew.html
    assert 'lang="he"' in hebrew.html
    assert "הודעת ניסיון" in hebrew.plain
    assert 'dir="ltr"' in english.html
    assert "A trial notice" in english.subject


def test_plain_text_isolates_names_and_escapes_nothing(circle: Circle) -> None:
    plain = mail.plain_text(current_app.jinja_env)
    shown = plain.from_string("{{ 'A & B'|bdi }} {{ at|moment }}").render(at=db.session.get_one(Person, circle.miri).created_at)
    assert shown.startswith("\u2068A & B\u2069 ")
    assert "<" not in shown


def test_a_mail_arrives_with_both_shapes_and_the_right_sender(circle: Circle, oak: Tenant, sink: Sink) -> None:
    found = told(circle.miri)
    row = db.session.scalar(db.select(Outbox.id))
    deliver()
    (letter,) = sink.caught
    assert letter.to == "miri.lev@example.org"
    assert letter.message_id == f"<{row}@oak.localhost>"
    assert letter.message["From"].addresses[0].display_name == oak.name
    assert letter.message["From"].addresses[0].addr_spec == "no-reply@oak.localhost"
    assert letter.message["Auto-Submitted"] == "auto-generated"
    plain, html = letter.message.get_body(("plain",)), letter.message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "http://oak.localhost:8000/notices" in plain.get_content()
    assert 'href="http://oak.localhost:8000/notices"' in html.get_content()
    assert "<style" not in html.get_content()
    assert letter.raw.isascii()
    assert outcome(found.notice.id) == ("done", None)


def test_nobody_who_left_is_written_to(circle: Circle, sink: Sink) -> None:
    found = told(circle.miri)
    db.session.get_one(Person, circle.miri).state = "left"
    commit()
    deliver()
    assert sink.caught == []
    assert outcome(found.notice.id) == ("done", "left")


def test_what_was_switched_off_stays_in_the_inbox(circle: Circle, sink: Sink) -> None:
    found = told(circle.miri)
    actions.choose(circle.miri, [TRIAL], [])
    commit()
    deliver()
    assert sink.caught == []
    assert outcome(found.notice.id) == ("done", "unwanted")
    assert queries.unread(circle.miri, [TRIAL]) == 1


def test_an_erased_notice_is_done(circle: Circle, sink: Sink) -> None:
    found = told(circle.miri)
    db.session.execute(delete(Notice))
    commit()
    deliver()
    assert sink.caught == []
    assert outcome(found.notice.id) == ("done", "erased")


def test_the_neighbours_mail_never_goes_out_here(circle: Circle, elm: Tenant, sink: Sink) -> None:
    told(circle.miri)
    ids = list(db.session.scalars(db.select(Outbox.id)))
    db.session.rollback()
    with within(elm):
        handling.handle(ids)
        deliver()
    assert sink.caught == []
    deliver()
    assert len(sink.caught) == 1


def test_one_notice_that_cannot_be_written_does_not_stop_the_others(circle: Circle, sink: Sink) -> None:
    actions.tell(circle.pnina, "notifications/no_such_template", once="a")
    broken = db.session.scalar(db.select(Notice.id))
    found = told(circle.miri)
    deliver()
    assert [letter.to for letter in sink.caught] == ["miri.lev@example.org"]
    assert outcome(broken) == ("pending", "not_written_TemplateNotFound")
    assert outcome(found.notice.id) == ("done", None)
