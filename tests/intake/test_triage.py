"""What coordinators do with requests, and what nobody else sees of them."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from maagal import clock, sealing, tenancy
from maagal.config import settings
from maagal.db import commit, db, within
from maagal.ids import new_id
from maagal.tenancy import Tenant
from tenants.audit.models import AuditEntry
from tenants.communities.actions import open_community
from tenants.communities.queries import membership
from tenants.intake import actions, belongings, figures, notices, queries, tasks
from tenants.intake.asked import Asked
from tenants.intake.events import HelpRequestSubmitted
from tenants.intake.models import HelpRequest, RequestStep
from tenants.notifications.models import Notice
from tenants.people import alike
from tenants.people.models import Account, Person
from tests.circle import Circle, make_person, token
from tests.intake.asking import ASKED, NEED, REACH, WISHES, ask_for_help, from_elsewhere, reload

Browse = Callable[..., FlaskClient]


def decide(client: FlaskClient, request_id: UUID, way: str, prefix: str, **told: object) -> TestResponse:
    form = {f"{prefix}-{name}": value for name, value in told.items()} | {"csrf_token": token(client)}
    return client.post(f"/requests/{request_id}/{way}", data=form)


def test_a_coordinator_reads_the_words_and_the_reading_is_written_down(circle: Circle, noa: UUID, browse: Browse) -> None:
    page = browse(circle.dana).get(f"/requests/{noa}")
    assert page.status_code == 200
    assert "קשה לי" in page.text
    read = db.session.scalar(db.select(AuditEntry).where(AuditEntry.action == "read"))
    assert (read.actor_id, read.subject_id, read.person_id) == (circle.dana, noa, reload(noa).person_id)


def test_nobody_but_coordinators_sees_the_queue_or_a_request(
    circle: Circle, noa: UUID, elm: Tenant, browse: Browse
) -> None:
    for address in ("/requests", "/requests/new", f"/requests/{noa}"):
        for person in (circle.miri, circle.pnina, circle.adam):
            assert browse(person).get(address).status_code == 404
        assert browse().get(address).status_code == 303
    assert decide(browse(circle.miri), noa, "owner", "take", version=1).status_code == 404
    db.session.remove()
    with within(elm):
        stranger = make_person("Elm", "Er", "coordinator", open_community("ליד").id)
        commit()
    with tenancy.entered(None):
        next_door = browse(stranger, tenant=elm)
        assert next_door.get("/requests").status_code == 200
        assert next_door.get(f"/requests/{noa}").status_code == 404


def test_a_request_without_a_community_is_everybodys_and_then_only_its_own(
    circle: Circle, noa: UUID, zohar: UUID, browse: Browse
) -> None:
    assert browse(zohar).get(f"/requests/{noa}").status_code == 200
    client = browse(circle.dana)
    assert decide(client, noa, "conversation", "begin", version=1).status_code == 303
    version = reload(noa).version
    assert decide(client, noa, "acceptance", "accepted", version=version, community=str(circle.community)).status_code == 303
    assert browse(zohar).get(f"/requests/{noa}").status_code == 404
    assert "נועה" not in browse(zohar).get("/requests?show=decided").text
    assert membership(reload(noa).person_id, "participant", circle.community)


def test_nobody_accepts_into_a_community_of_others(circle: Circle, noa: UUID, zohar: UUID, browse: Browse) -> None:
    client = browse(zohar)
    decide(client, noa, "conversation", "begin", version=1)
    version = reload(noa).version
    answer = decide(client, noa, "acceptance", "accepted", version=version, community=str(circle.community))
    assert answer.status_code == 422
    assert reload(noa).state == "in_conversation"


def test_a_coordinator_does_not_decide_about_herself(circle: Circle, browse: Browse) -> None:
    own = actions.submit(ASKED, new_id())
    own.person_id = circle.dana
    own.words = None
    commit()
    found = own.id
    assert browse(circle.dana).get(f"/requests/{found}").status_code == 404
    assert browse(circle.dana).get("/my-request").status_code == 200
    assert browse(circle.gil).get(f"/requests/{found}").status_code == 200


def test_whoever_was_slower_is_told_and_loses_no_word(circle: Circle, noa: UUID, browse: Browse) -> None:
    decide(browse(circle.gil), noa, "owner", "take", version=1)
    answer = decide(browse(circle.dana), noa, "conversation", "begin", version=1, note="דיברנו הבוקר")
    assert answer.status_code == 409
    assert "דיברנו הבוקר" in answer.text
    assert f'name="begin-version" type="hidden" value="{reload(noa).version}"' in answer.text
    assert reload(noa).state == "new"


def test_a_state_that_does_not_follow_is_refused(circle: Circle, noa: UUID, browse: Browse) -> None:
    answer = decide(browse(circle.dana), noa, "acceptance", "accepted", version=1, community=str(circle.community))
    assert answer.status_code == 409
    assert reload(noa).state == "new"


def test_declining_owes_a_reason(circle: Circle, noa: UUID, browse: Browse) -> None:
    client = browse(circle.dana)
    decide(client, noa, "conversation", "begin", version=1)
    version = reload(noa).version
    answer = decide(client, noa, "refusal", "declined", version=version, note="הסבר ארוך")
    assert answer.status_code == 422
    assert "הסבר ארוך" in answer.text
    assert decide(client, noa, "refusal", "declined", version=version, reason="out_of_scope").status_code == 303
    last = queries.steps(noa)[-1][0]
    assert (last.state, last.reason, last.actor_id) == ("declined", "out_of_scope", circle.dana)


def test_htmx_gets_the_case_alone_and_a_toast(circle: Circle, noa: UUID, browse: Browse) -> None:
    client = browse(circle.dana)
    form = {"risk-version": 1, "risk-risk": "2", "risk-note": "איום", "csrf_token": token(client)}
    answer = client.post(f"/requests/{noa}/risk", data=form, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<div id="case"')
    assert "beforeend:#toasts" in answer.text
    assert reload(noa).risk == 2
    note = queries.steps(noa)[-1][0].note
    assert "איום".encode() not in note
    rows = client.get("/requests", headers={"HX-Request": "true"}).text
    assert rows.lstrip().startswith('<div id="rows"')


def test_a_coordinator_writes_down_what_is_told_on_the_phone_and_a_double_click_is_one_request(
    circle: Circle, browse: Browse
) -> None:
    client = browse(circle.dana)
    draft = client.get("/requests/new").text.split('name="draft_id" value="')[1].split('"')[0]
    told = REACH | NEED | WISHES | {"draft_id": draft, "csrf_token": token(client)}
    refused = client.post("/requests/new", data=told | {"first_name": ""})
    assert refused.status_code == 422
    assert NEED["words"] in refused.text
    first, second = client.post("/requests/new", data=told), client.post("/requests/new", data=told)
    assert first.location == second.location
    found = db.session.scalar(db.select(HelpRequest))
    assert found.owner_id == circle.dana
    assert sealing.unseal(found.words, sealing.Place("help_requests", found.id, "words")) == NEED["words"]


def test_a_probable_duplicate_is_shown_with_reasons_and_never_joined(circle: Circle, browse: Browse) -> None:
    first = actions.submit(Asked(first_name="נועה", last_name="כהן", phone="+972521112233"), new_id())
    second = actions.submit(Asked(first_name="כהן", last_name="נועה", phone="+972521112233"), new_id())
    named_alike = actions.submit(Asked(first_name="נועה", last_name="כהן", phone="+972539998877"), new_id())
    commit()
    ids = first.person_id, second.person_id, named_alike.person_id
    assert len(set(ids)) == 3
    reasons = alike.probable_duplicates(db.session.get_one(Person, ids[1]))[0].reasons
    assert [reason._args[0] for reason in reasons] == ["first and last name exchanged", "the same phone number"]
    assert alike.probable_duplicates(db.session.get_one(Person, ids[2])) == []
    has_account = db.session.scalars(db.select(Account.person_id).where(Account.person_id.in_(ids)))
    assert set(has_account) == {ids[0], ids[2]}
    page = browse(circle.dana).get(f"/requests/{second.id}").text
    assert "<bdi>נועה כהן</bdi>" in page


def test_every_coordinator_hears_of_it_once_and_again_after_a_day_without_an_owner(
    circle: Circle, noa: UUID, zohar: UUID
) -> None:
    happened = HelpRequestSubmitted(noa, reload(noa).person_id)
    notices.tell_coordinators(happened)
    notices.tell_coordinators(happened)
    told = db.select(Notice.person_id).where(Notice.kind == "intake/new_request")
    assert sorted(db.session.scalars(told)) == sorted((circle.dana, circle.gil, zohar))
    tasks.still_ownerless(str(noa))
    again = db.select(Notice).where(Notice.kind == "intake/ownerless")
    assert len(list(db.session.scalars(again))) == 3


def test_whoever_took_it_is_left_in_peace(circle: Circle, noa: UUID) -> None:
    actions.take(reload(noa), circle.gil)
    tasks.still_ownerless(str(noa))
    assert list(db.session.scalars(db.select(Notice))) == []


def test_the_person_sees_kind_words_without_any_role_and_takes_it_back(
    circle: Circle, noa: UUID, browse: Browse
) -> None:
    person_id = reload(noa).person_id
    client = browse(person_id)
    assert client.get("/my-request").status_code == 200
    assert client.get(f"/requests/{noa}").status_code == 404
    assert client.post("/my-request/withdrawal", data={"csrf_token": token(client)}).status_code == 303
    assert client.post("/my-request/withdrawal", data={"csrf_token": token(client)}).status_code == 303
    assert reload(noa).state == "withdrawn"
    steps = db.session.scalar(db.select(db.func.count()).select_from(RequestStep))
    assert steps == 2


def test_figures_of_a_month(circle: Circle, browse: Browse) -> None:
    try:
        clock.set_to(clock.now(), settings().clock_file)
        ask_for_help(from_elsewhere(browse()))
        found = db.session.scalar(db.select(HelpRequest))
        actions.begin(found, circle.dana)
        actions.set_risk(found, circle.dana, 1)
        actions.waitlist(found, circle.dana, circle.community)
        commit()
        today = clock.today(tenancy.current().zone)
        counted = {code: value for code, _unit, value in figures.figures(None, today, today + timedelta(days=20))}
    finally:
        settings().clock_file.unlink()
    assert counted["requests_new"] == counted["requests_waitlisted"] == counted["waiting_list"] == 1
    assert counted["requests_accepted"] == 0
    assert counted["longest_wait"] in (19, 20)
    assert figures.figures(new_id(), today, today + timedelta(days=20))[0] == ("requests_new", "count", 0)


def test_what_is_held_of_a_person_is_given_out_and_moves_with_them(circle: Circle, noa: UUID) -> None:
    found = reload(noa)
    actions.begin(found, circle.dana, "שיחה טובה")
    commit()
    belongings.merge(circle.pnina, found.person_id)
    commit()
    told = belongings.export(circle.pnina)["help_requests"][0]
    assert told["words"] == "קשה לי"
    assert told["steps"][-1]["note"] == "שיחה טובה"
