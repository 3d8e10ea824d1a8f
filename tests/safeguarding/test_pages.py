"""Raising, handling and stopping, as people see it."""

import re
from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from maagal.db import commit, db, within
from maagal.ids import new_id
from maagal.tenancy import Tenant
from tenants.audit.models import AuditEntry
from tenants.notifications.models import Notice
from tenants.pairing import actions as pairing
from tenants.pairing.models import Pair
from tenants.people.models import Membership, Person
from tenants.safeguarding import actions, notices, queries
from tenants.safeguarding.models import Concern
from tests.circle import Browser, Circle, make_person, token
from tests.notifications.conftest import deliver
from tests.smtp_sink import Sink

Browse = Callable[..., Browser]
Fetch = Callable[[UUID], Pair]
WORDS = "מפחדת לחזור הביתה"


def send(client: FlaskClient, address: str, **answers: str) -> object:
    form = {"key": str(new_id()), "level": "2", "about": "else", "words": WORDS, "csrf_token": token(client)}
    return client.post(address, data=form | answers)


def raised(circle: Circle, pair: Pair | None = None) -> UUID:
    made = actions.raise_concern(new_id(), circle.miri, 2, WORDS, about_id=circle.pnina, pair=pair)
    commit()
    return made.id


def test_the_numbers_to_call_come_before_any_question(circle: Circle, browse: Browse) -> None:
    shown = browse(circle.pnina).get("/concerns/new").text
    for number in ("100", "101", "1201", "118"):
        assert -1 < shown.index(f'href="tel:{number}"') < shown.index('name="level"')
    assert shown.index('name="about"') < shown.index('class="notice') < shown.index('name="words"')


def test_a_mentor_names_the_participant_and_the_concern_belongs_to_the_pair(
    circle: Circle, pair: UUID, browse: Browse
) -> None:
    client = browse(circle.miri)
    address = f"/concerns/new?pair_id={pair}"
    assert "Pnina Tal" in client.get(address).text
    answer = send(client, address, about=str(circle.pnina))
    assert (answer.status_code, answer.location) == (303, "/concerns/sent?level=2")
    made = db.session.scalars(db.select(Concern)).one()
    assert (made.pair_id, made.person_id, made.about_id) == (pair, circle.pnina, circle.pnina)
    assert made.community_id == circle.community


def test_whoever_is_not_of_the_pair_learns_no_name_from_its_address_and_is_heard_all_the_same(
    circle: Circle, pair: UUID, browse: Browse
) -> None:
    client = browse(circle.adam)
    address = f"/concerns/new?pair_id={pair}&person_id={circle.pnina}"
    shown = client.get(address).text
    assert "Pnina" not in shown
    assert "Miri" not in shown
    assert send(client, address, about=str(circle.pnina)).status_code == 422
    assert send(client, address).status_code == 303
    made = db.session.scalars(db.select(Concern)).one()
    assert (made.pair_id, made.person_id) == (None, None)


def test_words_are_asked_for_unless_there_is_no_time_and_what_was_chosen_is_kept(
    circle: Circle, browse: Browse
) -> None:
    client = browse(circle.miri)
    refused = send(client, "/concerns/new", words=" ", level="1")
    assert refused.status_code == 422
    assert re.search(r'<input[^>]*checked[^>]*value="1"', refused.text)
    assert db.session.scalars(db.select(Concern)).all() == []
    urgent = send(client, "/concerns/new", words="", level="3")
    assert urgent.status_code == 303
    assert 'href="tel:100"' in client.get(urgent.location).text


def test_where_nobody_may_answer_the_page_says_so_and_an_administrator_hears_without_its_content(
    circle: Circle, browse: Browse, sink: Sink
) -> None:
    ada = make_person("Ada", "Min", "administrator", None)
    db.session.get_one(Person, circle.gil).state = "left"
    commit()
    miri = browse(circle.miri)
    assert "grave" not in browse(ada).get("/today").text
    answer = send(miri, "/concerns/new", about=str(circle.dana), level="1")
    assert (answer.status_code, answer.location) == (303, "/concerns/sent?level=1&told=administrators")
    shown = miri.get(answer.location).text
    assert "נשלחה זה עתה לרכזי" not in shown
    assert "הנהלת הארגון קיבלה הודעה" in shown
    assert 'href="tel:100"' in shown
    assert [(row.person_id, row.kind) for row in db.session.scalars(db.select(Notice))] == [(ada, actions.NOBODY_THERE)]
    deliver()
    assert [letter.to for letter in sink.caught] == ["ada.min@example.org"]
    client, concern = browse(ada), db.session.scalars(db.select(Concern.id)).one()
    assert "אין מי שרשאי לענות" in client.get("/today").text
    assert not any(word in client.get(page).text for page in ("/today", "/notices") for word in (WORDS, "Dana", "Miri"))
    assert client.get(f"/concerns/{concern}").status_code == 404


def test_once_somebody_is_appointed_they_hear_of_it_and_the_administrator_no_more(circle: Circle, browse: Browse) -> None:
    ada = make_person("Ada", "Min", "administrator", None)
    db.session.get_one(Person, circle.gil).state = "left"
    made = actions.raise_concern(new_id(), circle.miri, 3, WORDS, about_id=circle.dana)
    actions.ring(made, 1)
    assert len(db.session.scalars(db.select(Notice).where(Notice.person_id == ada)).all()) == 2
    noa = make_person("Noa", "Bar", "coordinator", circle.community)
    actions.ring(made, 2)
    commit()
    told = db.session.scalars(db.select(Notice.person_id).where(Notice.kind == actions.UNANSWERED))
    assert list(told) == [noa]
    assert notices.answerable({"concern_id": str(made.id)}, ada) == "answerable"
    assert "אין מי שרשאי לענות" not in browse(ada).get("/today").text


def test_a_second_press_of_the_same_form_changes_nothing(circle: Circle, browse: Browse) -> None:
    client, key = browse(circle.miri), str(new_id())
    assert send(client, "/concerns/new", key=key).status_code == 303
    assert send(client, "/concerns/new", key=key).status_code == 303
    assert len(db.session.scalars(db.select(Concern)).all()) == 1


def test_visitors_are_asked_to_sign_in(circle: Circle, browse: Browse) -> None:
    concern = raised(circle)
    assert browse().get("/concerns/new").status_code == 303
    assert browse().get(f"/concerns/{concern}").status_code == 303


def test_whoever_raised_it_reads_their_own_text_and_no_more(circle: Circle, browse: Browse) -> None:
    concern = raised(circle)
    shown = browse(circle.miri).get(f"/concerns/{concern}")
    assert shown.status_code == 200
    assert WORDS in shown.text
    assert "/taking" not in shown.text
    assert browse(circle.miri).get("/concerns").status_code == 404


def test_nobody_else_reads_it_least_of_all_whom_it_is_about(circle: Circle, elm: Tenant, browse: Browse) -> None:
    address = f"/concerns/{raised(circle)}"
    assert browse(circle.pnina).get(address).status_code == 404
    assert browse(circle.adam).get(address).status_code == 404
    db.session.remove()
    with within(elm):
        from_next_door = browse(None, elm).get(address)
    assert from_next_door.status_code == 303


def test_a_coordinator_reads_takes_and_closes_it_and_each_reading_is_written_down(
    circle: Circle, browse: Browse
) -> None:
    address = f"/concerns/{raised(circle)}"
    client = browse(circle.dana)
    assert WORDS in client.get(address).text
    assert client.post(f"{address}/taking", data={"csrf_token": token(client)}).status_code == 303
    refused = client.post(f"{address}/closing", data={"csrf_token": token(client), "note": ""})
    assert refused.status_code == 422
    closed = client.post(f"{address}/closing", data={"csrf_token": token(client), "note": "דיברתי איתה\nוגם איתו"})
    assert closed.status_code == 303
    assert '<p dir="auto">וגם איתו</p>' in client.get(address).text
    asked = db.select(AuditEntry.action).where(AuditEntry.subject == "concern").order_by(AuditEntry.at)
    assert list(db.session.scalars(asked)) == ["raised", "read", "taken", "closed", "read"]


def test_closing_what_nobody_took_without_a_note_is_refused_plainly(circle: Circle, browse: Browse) -> None:
    address, dana = f"/concerns/{raised(circle)}", browse(circle.dana)
    assert dana.post(f"{address}/closing", data={"csrf_token": token(dana)}).status_code == 422
    assert db.session.scalars(db.select(Concern.state)).one() == "open"


def test_the_second_who_takes_it_is_told_and_nothing_typed_is_lost(circle: Circle, browse: Browse) -> None:
    address = f"/concerns/{raised(circle)}"
    gil, dana = browse(circle.gil), browse(circle.dana)
    assert gil.post(f"{address}/taking", data={"csrf_token": token(gil)}).status_code == 303
    late = dana.post(f"{address}/taking", data={"csrf_token": token(dana)})
    assert late.status_code == 409
    assert "Gil Or" in late.text


def test_one_tap_ends_the_mentors_access_and_a_reason_gives_it_back(
    circle: Circle, pair: UUID, browse: Browse, fetch: Fetch
) -> None:
    client = browse(circle.dana)
    miri = browse(circle.miri)
    assert miri.post(f"/pairs/{pair}/stop", data={"csrf_token": token(miri)}).status_code == 404
    assert client.post(f"/pairs/{pair}/stop", data={"csrf_token": token(client)}).status_code == 303
    assert fetch(pair).stopped_at is not None
    address = f"/pairs/{pair}/access"
    assert client.post(address, data={"csrf_token": token(client), "reason": ""}).status_code == 422
    assert client.post(address, data={"csrf_token": token(client), "reason": "טעות בשם"}).status_code == 303
    assert fetch(pair).stopped_at is None
    reasons = db.select(AuditEntry.reason).where(AuditEntry.action == "let_back")
    assert list(db.session.scalars(reasons)) == ["טעות בשם"]


def test_a_coordinator_who_is_the_mentor_does_not_give_access_back_to_themself(
    circle: Circle, pair: UUID, browse: Browse, fetch: Fetch
) -> None:
    pairing.stop(fetch(pair))
    since = date(2026, 1, 1)
    db.session.add(Membership(person_id=circle.miri, role="coordinator", community_id=circle.community, since=since))
    commit()
    miri, address = browse(circle.miri), f"/pairs/{pair}/access"
    assert miri.get("/dashboard").status_code == 200
    assert miri.get(address).status_code == 404
    assert miri.post(address, data={"csrf_token": token(miri), "reason": "זאת אני"}).status_code == 404
    assert miri.get(f"/pairs/{pair}/meetings").status_code == 404
    assert fetch(pair).stopped_at is not None
    assert browse(circle.dana).get(address).status_code == 200


def test_the_mentors_next_request_finds_nothing(circle: Circle, pair: UUID, browse: Browse, fetch: Fetch) -> None:
    miri, dana = browse(circle.miri), browse(circle.dana)
    concern = raised(circle, fetch(pair))
    assert miri.get(f"/pairs/{pair}").status_code == 200
    assert dana.post(f"/concerns/{concern}/stop", data={"csrf_token": token(dana)}).status_code == 303
    assert miri.get(f"/pairs/{pair}").status_code == 404
    assert browse(circle.pnina).get(f"/pairs/{pair}").status_code == 200


def test_what_nobody_took_is_grave_and_stands_before_what_is_being_handled(
    circle: Circle, pair: UUID, fetch: Fetch, speaking: None
) -> None:
    dana = _coordinator(circle)
    taken, waiting = queries.by_id(raised(circle, fetch(pair))), raised(circle)
    assert taken is not None
    actions.take(db.session.merge(taken), circle.gil)
    commit()
    cards = notices.exceptions(dana)
    assert [(card.tone, str(waiting) in card.url) for card in cards] == [("grave", True), ("warn", False)]
    assert [entry.url for entry in notices.timeline(dana, pair)] == [cards[1].url]


class _Dana:
    def __init__(self, person_id: UUID, community: UUID) -> None:
        self.person_id, self.community = person_id, community

    def communities(self, _role: str) -> frozenset[UUID]:
        return frozenset({self.community})


def _coordinator(circle: Circle) -> _Dana:
    return _Dana(circle.dana, circle.community)


@pytest.mark.parametrize("who", ["pnina", "miri", "adam", "dana"])
def test_the_way_to_raise_a_concern_is_on_every_page_of_everybody_in_a_community(
    circle: Circle, browse: Browse, who: str
) -> None:
    client = browse(getattr(circle, who))
    for address in ("/today", "/me", "/notices"):
        shown = client.get(address, follow_redirects=True)
        assert shown.status_code == 200
        assert 'href="/concerns/new"' in shown.text
