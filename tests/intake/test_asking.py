"""Asking for help without an account: nothing typed is ever lost, and nothing is sent twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from flask.testing import FlaskClient

from maagal import clock, sealing
from maagal.config import settings
from maagal.db import commit, db, within
from maagal.events import Outbox
from maagal.tenancy import Tenant
from tenants.intake import drafts, tasks
from tenants.intake.models import Draft, HelpRequest, RequestStep
from tenants.people.models import Account, Person, Profile
from tests.circle import Circle, token
from tests.intake.asking import NEED, REACH, WISHES, ask_for_help, from_elsewhere, post

Browse = Callable[..., FlaskClient]


def count(kind: type) -> int:
    return db.session.scalar(db.select(db.func.count()).select_from(kind))


def test_a_visitor_asks_in_three_steps_and_becomes_a_person(oak: Tenant, browse: Browse) -> None:
    client = browse()
    answer = ask_for_help(client)
    assert answer.location.endswith("/help/thanks")
    found = db.session.scalar(db.select(HelpRequest))
    person = db.session.get(Person, found.person_id)
    assert (person.first_name, person.phone, person.safe_channel) == ("נועה", "+972521112233", "sms")
    assert (found.state, found.urgency, found.life_areas) == ("new", "soon", ["financial", "housing"])
    place = sealing.Place("help_requests", found.id, "words")
    assert sealing.unseal(found.words, place) == NEED["words"]
    assert NEED["words"].encode() not in found.words
    profile = db.session.get(Profile, person.id)
    assert profile.locality == "חיפה"
    assert profile.latitude
    assert profile.free_hours == [[0, 540, 960], [2, 1020, 1260]]
    assert count(Account) == count(RequestStep) == 1
    page = client.get("/help/thanks").text
    assert found.reference in page
    assert "נועה" not in page


def test_a_look_at_the_form_keeps_nothing(oak: Tenant, browse: Browse) -> None:
    client = from_elsewhere(browse())
    assert client.get("/help").status_code == 200
    assert post(client, "/help", {"first_name": "", "phone": ""}).status_code == 422
    assert count(Draft) == 0


def test_a_bad_number_is_named_beside_its_field_and_what_was_typed_stays(oak: Tenant, browse: Browse) -> None:
    client = from_elsewhere(browse())
    answer = post(client, "/help", REACH | {"phone": "052-11"})
    assert answer.status_code == 422
    assert 'value="052-11"' in answer.text
    assert 'id="phone-error"' in answer.text
    assert 'value="נועה"' in answer.text
    assert count(Draft) == 1
    assert 'value="052-11"' in client.get("/help").text


def test_neither_phone_nor_mail_is_refused_and_mail_alone_is_enough(oak: Tenant, browse: Browse) -> None:
    client = from_elsewhere(browse())
    assert post(client, "/help", {"first_name": "נועה", "safe_channel": "phone"}).status_code == 422
    alone = {"first_name": "נועה", "safe_channel": "email", "email": "Noa@Example.org"}
    assert post(client, "/help", alone).status_code == 303


def test_a_name_of_blanks_is_no_name(oak: Tenant, browse: Browse) -> None:
    client = from_elsewhere(browse())
    assert post(client, "/help", REACH | {"first_name": "   "}).status_code == 422


def test_a_year_of_birth_that_is_still_to_come_is_refused(oak: Tenant, browse: Browse) -> None:
    client = from_elsewhere(browse())
    post(client, "/help", REACH)
    post(client, "/help/need", NEED)
    this_year = clock.today(oak.zone).year
    for year, status in ((this_year + 1, 422), (1899, 422), (this_year - 16, 303)):
        assert post(client, "/help/wishes", WISHES | {"birth_year": str(year)}, "send").status_code == status


def test_who_sends_after_the_second_step_has_not_said_how_they_would_meet(oak: Tenant, browse: Browse) -> None:
    client = from_elsewhere(browse())
    post(client, "/help", REACH)
    post(client, "/help/need", NEED, "send")
    assert db.session.scalar(db.select(Profile.mode)) is None


def test_a_draft_is_found_again_by_its_link_when_the_cookie_is_gone(oak: Tenant, browse: Browse) -> None:
    client = from_elsewhere(browse())
    post(client, "/help", REACH)
    assert post(client, "/help/need", NEED, "later").location.endswith("/help/saved")
    saved = client.get("/help/saved").text
    address = saved.split('type="url"')[1].split('value="')[1].split('"')[0]
    assert address.startswith("http://oak.localhost:8000/help/resume/")
    path = address.removeprefix("http://oak.localhost:8000")
    elsewhere = browse()
    assert elsewhere.get("/help/need").status_code == 303
    assert elsewhere.get(path).status_code == 200
    assert elsewhere.get("/help/need").status_code == 303
    assert elsewhere.post(path, data={"csrf_token": token(elsewhere)}).status_code == 303
    assert NEED["words"] in elsewhere.get("/help/need").text
    row = db.session.scalar(db.select(Draft))
    assert path.rsplit("/", 1)[1].encode() not in row.token_hash
    assert "נועה".encode() not in row.content


def test_a_lost_session_loses_nothing_that_was_just_typed(oak: Tenant, browse: Browse) -> None:
    client = from_elsewhere(browse())
    answer = client.post("/help", data=REACH | {"then": "next"})
    assert answer.status_code == 422
    assert 'value="נועה"' in answer.text
    assert post(client, "/help", REACH).status_code == 303
    assert count(Draft) == 1


def test_the_hidden_secret_finds_the_draft_without_any_cookie(oak: Tenant, browse: Browse) -> None:
    client = from_elsewhere(browse())
    post(client, "/help", REACH)
    secret = client.get("/help/need").text.split('name="draft" value="')[1].split('"')[0]
    stranger = from_elsewhere(browse())
    assert post(stranger, "/help/need", NEED | {"draft": secret}).status_code == 303
    assert count(Draft) == 1
    assert "נועה" in stranger.get("/help").text


def test_a_form_of_another_site_cannot_have_somebody_write_into_a_draft_of_its_own(oak: Tenant, browse: Browse) -> None:
    spy = from_elsewhere(browse())
    post(spy, "/help", {"first_name": "x", "phone": REACH["phone"]})
    secret = spy.get("/help/need").text.split('name="draft" value="')[1].split('"')[0]
    person = from_elsewhere(browse())
    person.get(f"/help/resume/{secret}")
    person.post("/help/need", data=NEED | {"draft": secret, "then": "next"})
    person.post("/help/draft/need", data=NEED | {"draft": secret})
    assert NEED["words"] not in spy.get("/help/need").text
    assert NEED["words"] in person.post("/help/need", data=NEED | {"then": "next"}).text


def test_sending_twice_is_one_request(oak: Tenant, browse: Browse) -> None:
    client = from_elsewhere(browse())
    post(client, "/help", REACH)
    post(client, "/help/need", NEED)
    secret = client.get("/help/wishes").text.split('name="draft" value="')[1].split('"')[0]
    sent = WISHES | {"draft": secret}
    first, second = post(client, "/help/wishes", sent, "send"), post(client, "/help/wishes", sent, "send")
    assert first.location == second.location
    assert count(HelpRequest) == count(Person) == 1
    assert drafts.content(db.session.scalar(db.select(Draft))) == {}
    assert 'value="נועה"' not in client.get("/help").text


def test_two_sendings_at_the_same_moment_are_one_request(oak: Tenant, browse: Browse) -> None:
    client = from_elsewhere(browse())
    post(client, "/help", REACH)
    post(client, "/help/need", NEED)
    secret = client.get("/help/wishes").text.split('name="draft" value="')[1].split('"')[0]
    clients = [from_elsewhere(browse()) for _ in range(4)]
    forms = [WISHES | {"draft": secret, "then": "send", "csrf_token": token(each)} for each in clients]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda each, form: each.post("/help/wishes", data=form), clients, forms))
    assert [answer.location for answer in answers] == ["/help/thanks"] * 4
    assert count(HelpRequest) == count(Person) == 1


def test_somebody_tired_sends_after_the_second_step(oak: Tenant, browse: Browse) -> None:
    client = from_elsewhere(browse())
    post(client, "/help", REACH)
    assert post(client, "/help/need", NEED, "send").location.endswith("/help/thanks")
    assert count(HelpRequest) == 1


def test_danger_shows_whom_to_call_before_anything_else(oak: Tenant, browse: Browse) -> None:
    client = from_elsewhere(browse())
    post(client, "/help", REACH)
    assert "tel:1201" not in client.get("/help/need").text
    kept = client.post("/help/draft/need", data=NEED | {"urgency": "danger", "csrf_token": token(client)})
    assert "tel:1201" in kept.text
    assert 'hx-swap-oob="true"' in kept.text
    page = client.get("/help/wishes").text
    assert page.index("tel:100") < page.index("<form class=")
    post(client, "/help/wishes", WISHES, "send")
    assert "tel:101" in client.get("/help/thanks").text


def test_the_limits_of_confidence_come_before_the_first_words(oak: Tenant, browse: Browse) -> None:
    page = browse().get("/help").text
    assert page.index("/privacy") < page.index('name="first_name"')


def test_an_untouched_draft_is_gone_after_seven_days(oak: Tenant, browse: Browse) -> None:
    client = from_elsewhere(browse())
    post(client, "/help", REACH)
    draft = db.session.scalar(db.select(Draft))
    job = db.session.scalar(db.select(Outbox).where(Outbox.name == drafts.EXPIRE))
    assert job.body == {"draft_id": str(draft.id)}
    assert job.due_at - draft.touched_at < timedelta(days=7, seconds=5)
    draft_id = str(draft.id)
    try:
        clock.set_to(clock.now() + timedelta(days=6), settings().clock_file)
        tasks.expire_draft(draft_id)
        commit()
        assert count(Draft) == 1
        clock.set_to(clock.now() + timedelta(days=1, minutes=1), settings().clock_file)
        tasks.expire_draft(draft_id)
        tasks.expire_draft(draft_id)
        commit()
        assert count(Draft) == 0
    finally:
        settings().clock_file.unlink()


def test_a_draft_that_was_touched_gets_its_days_again(oak: Tenant, browse: Browse) -> None:
    client = from_elsewhere(browse())
    post(client, "/help", REACH)
    draft_id = str(db.session.scalar(db.select(Draft.id)))
    try:
        clock.set_to(clock.now() + timedelta(days=5), settings().clock_file)
        post(client, "/help/need", NEED)
        clock.set_to(clock.now() + timedelta(days=3), settings().clock_file)
        tasks.expire_draft(draft_id)
        commit()
        assert count(Draft) == 1
        waiting = db.select(Outbox).where(Outbox.name == drafts.EXPIRE)
        assert len(list(db.session.scalars(waiting))) == 2
    finally:
        settings().clock_file.unlink()


def test_the_person_deletes_the_draft(oak: Tenant, browse: Browse) -> None:
    client = from_elsewhere(browse())
    post(client, "/help", REACH, "later")
    assert client.post("/help/forget", data={"csrf_token": token(client)}).status_code == 303
    assert count(Draft) == 0


def test_places_are_suggested_and_any_other_may_be_typed(oak: Tenant, browse: Browse) -> None:
    client = from_elsewhere(browse())
    post(client, "/help", REACH)
    post(client, "/help/need", NEED)
    assert '<option value="באר שבע">' in client.get("/help/wishes").text
    post(client, "/help/wishes", {"locality": "ליד הנחל"}, "send")
    assert db.session.scalar(db.select(Profile.locality)) == "ליד הנחל"


def test_the_answer_is_the_same_for_somebody_known_already(circle: Circle, browse: Browse) -> None:
    accounts = count(Account)
    answer = ask_for_help(browse(), safe_channel="email", email="miri.lev@example.org", phone="")
    assert answer.location.endswith("/help/thanks")
    assert count(Account) == accounts


def test_a_draft_of_next_door_does_not_open_here(oak: Tenant, elm: Tenant, browse: Browse) -> None:
    client = from_elsewhere(browse())
    post(client, "/help", REACH)
    secret = client.get("/help").text.split('name="draft" value="')[1].split('"')[0]
    next_door = from_elsewhere(browse(tenant=elm))
    next_door.get(f"/help/resume/{secret}")
    next_door.post(f"/help/resume/{secret}", data={"csrf_token": token(next_door)})
    assert "נועה" not in next_door.get("/help").text
    db.session.remove()
    with within(elm):
        assert count(Draft) == 0


def test_too_many_requests_from_one_address_are_asked_to_wait(oak: Tenant, browse: Browse) -> None:
    client = from_elsewhere(browse())
    codes = [client.post("/help", data={"first_name": "x"}).status_code for _ in range(61)]
    assert codes[59] == 422
    assert codes[60] == 429
