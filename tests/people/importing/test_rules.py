"""What holds whatever the sheet says: who may, once only, never twice, and a way back."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, text, update

from maagal import clock
from maagal.db import commit, db, within
from maagal.events import Outbox
from maagal.tenancy import Tenant
from tenants.audit.models import AuditEntry
from tenants.communities import actions as communities
from tenants.people.importing import actions, queries, sheets, tasks
from tenants.people.models import Account, ImportBatch, Membership, Person, SignedIn
from tenants.people.roster import reading
from tests.circle import Browser, Circle, make_person, token
from tests.people.importing.conftest import as_shown, bring_in, check, import_id, make_due, people, sample, upload, work
from tests.people.roster.sheets import ADA, BO, EVE, HEBREW, as_text

Browse = Callable[..., Browser]
SHEET = as_text([HEBREW, ADA, BO, EVE]).encode()


def batch_at(address: str) -> ImportBatch:
    db.session.remove()
    return db.session.get(ImportBatch, address.rsplit("/", maxsplit=1)[-1])


def long_sheet(rows: int, first: int = 0) -> bytes:
    lines = (f"mentor,Ada{n},Levi,05{20000000 + n},note {n}\n" for n in range(first, first + rows))
    return ("role,first name,last name,phone,notes\n" + "".join(lines)).encode()


def test_only_coordinators_and_public_administration_see_the_door(circle: Circle, browse: Browse) -> None:
    ada = make_person("Ada", "Min", "administrator", None)
    commit()
    assert browse().get("/import").status_code == 303
    for stranger in (circle.miri, circle.pnina, circle.adam):
        assert browse(stranger).get("/import").status_code == 404
    assert browse(circle.dana).get("/import").status_code == 200
    client = browse(ada)
    bring_in(client, check(client, circle.community, SHEET))
    assert people() == 6 + 3


def test_a_coordinator_of_another_community_reaches_neither_sheet_nor_community(circle: Circle, browse: Browse) -> None:
    other = communities.open_community("מעגל אחר")
    zohar = make_person("Zohar", "Ash", "coordinator", other.id)
    commit()
    address = check(browse(circle.dana), circle.community, SHEET)
    client = browse(zohar)
    for page in ("", "/columns", "/progress", "/to-correct.csv", "/to-correct.xlsx"):
        assert client.get(address + page).status_code == 404
    for deed in ("/columns", "/commit", "/undo"):
        assert client.post(address + deed, data={"csrf_token": token(client)}).status_code == 404
    assert upload(client, circle.community, SHEET).status_code == 422
    assert "מעגל בדיקה" not in client.get("/import").text


def test_the_house_next_door_knows_nothing_of_it(circle: Circle, elm: Tenant, browse: Browse) -> None:
    address = check(browse(circle.dana), circle.community, SHEET)
    db.session.remove()
    with within(elm):
        assert queries.by_id(UUID(address.split("/")[-1])) is None


def test_administration_of_an_employer_never_imports(desk: Browser, sadot: Tenant) -> None:
    db.session.execute(update(Membership).where(Membership.role == "coordinator").values(role="administrator", community_id=None))
    commit()
    assert desk.get("/import").status_code == 404


def test_a_staff_file_is_no_kind_of_import_where_the_public_is_served(circle: Circle, browse: Browse) -> None:
    client = browse(circle.dana)
    answer = upload(client, circle.community, sample("staff-sadot.csv"))
    address = f"/import/{import_id(answer)}/columns"
    answer = client.post(address, data=as_shown(client, address, kind="staff"))
    assert answer.status_code == 422


@pytest.mark.parametrize(("data", "name"), [(b"", "empty.csv"), (b"%PDF-1.7 ...", "list.pdf"), (b"one\ntwo\n", "list.csv")])
def test_what_is_no_sheet_is_refused_with_a_sentence(data: bytes, name: str, circle: Circle, browse: Browse) -> None:
    answer = upload(browse(circle.dana), circle.community, data, name)
    assert answer.status_code == 422
    assert 'id="sheet-error"' in answer.text
    assert db.session.scalar(select(func.count()).select_from(ImportBatch)) == 0


def test_a_file_that_is_too_large_is_refused(circle: Circle, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 100_000)  # above half a megabyte werkzeug's test client leaves files open
    answer = upload(browse(circle.dana), circle.community, SHEET + b"\n" * 100_000)
    assert answer.status_code == 422
    assert 'id="sheet-error"' in answer.text


def test_a_needed_column_that_is_missing_is_named_and_choices_are_kept(circle: Circle, browse: Browse) -> None:
    client = browse(circle.dana)
    address = f"/import/{import_id(upload(client, circle.community, SHEET))}/columns"
    answer = client.post(address, data=as_shown(client, address, column_0="", column_3="", column_4=""))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    answer = client.post(address, data=as_shown(client, address, column_4="phone"))
    assert answer.status_code == 422
    assert 'id="column_4-error"' in answer.text
    assert client.get(address.removesuffix("/columns")).status_code == 303


def test_columns_can_be_told_otherwise(circle: Circle, browse: Browse) -> None:
    strange = SHEET.replace("תפקיד".encode(), "מה".encode(), 1)
    client = browse(circle.dana)
    address = f"/import/{import_id(upload(client, circle.community, strange))}"
    refused = client.post(f"{address}/columns", data=as_shown(client, f"{address}/columns"))
    assert refused.status_code == 422
    told = client.post(f"{address}/columns", data=as_shown(client, f"{address}/columns", column_0="role"))
    assert told.status_code == 303
    assert batch_at(address).counts["good"] == 3


def test_two_clicks_bring_everybody_in_once(circle: Circle, browse: Browse) -> None:
    client, before = browse(circle.dana), people()
    address = check(client, circle.community, SHEET)
    form = as_shown(client, address)
    assert [client.post(f"{address}/commit", data=form).status_code for _ in range(2)] == [303, 303]
    work()
    assert client.post(f"{address}/commit", data=form).status_code == 303
    work()
    assert people() - before == 3


def test_a_sheet_that_was_checked_anew_meanwhile_answers_409(circle: Circle, browse: Browse) -> None:
    client, before = browse(circle.dana), people()
    address = check(client, circle.community, SHEET)
    old = as_shown(client, address)
    columns = f"{address}/columns"
    assert client.post(columns, data=as_shown(client, columns, column_7="")).status_code == 303
    answer = client.post(f"{address}/commit", data=old)
    assert answer.status_code == 409
    work()
    assert people() == before
    fresh = as_shown(client, address)
    assert client.post(f"{address}/commit", data=fresh).status_code == 303


def test_killed_in_the_middle_and_begun_again_nobody_is_doubled(circle: Circle, browse: Browse) -> None:
    client, before = browse(circle.dana), people()
    address = check(client, circle.community, long_sheet(120))
    client.post(f"{address}/commit", data=as_shown(client, address))
    batch_id = address.split("/")[-1]
    db.session.remove()
    tasks.commit_import(batch_id, 0)
    db.session.rollback()  # killed before the commit: nothing of it is there
    assert people() == before
    tasks.commit_import(batch_id, 0)
    commit()
    assert people() - before == actions.CHUNK
    tasks.commit_import(batch_id, 0)
    commit()
    assert people() - before == actions.CHUNK
    assert batch_at(address).counts["made"] == actions.CHUNK
    work()
    assert (people() - before, batch_at(address).state) == (120, "committed")


def test_progress_is_told_and_not_repeated(circle: Circle, browse: Browse) -> None:
    client = browse(circle.dana)
    address = check(client, circle.community, long_sheet(120))
    client.post(f"{address}/commit", data=as_shown(client, address))
    work(1)
    page = client.get(address).text
    assert 'max="120" value="50"' in page
    first = client.get(f"{address}/progress", headers={"HX-Request": "true"})
    assert (first.status_code, "<html" in first.text, 'value="50"' in first.text) == (200, False, True)
    again = client.get(f"{address}/progress", headers={"HX-Request": "true", "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.headers["HX-Reswap"]) == (304, "none")
    work()
    over = client.get(f"{address}/progress", headers={"HX-Request": "true", "If-None-Match": first.headers["ETag"]})
    assert over.headers["HX-Refresh"] == "true"


def test_the_same_people_in_two_sheets_at_once_come_in_once(circle: Circle, browse: Browse) -> None:
    client, before = browse(circle.dana), people()
    one, two = (check(client, circle.community, SHEET, name) for name in ("one.csv", "two.csv"))
    for address in (one, two):
        client.post(f"{address}/commit", data=as_shown(client, address))
    work()
    assert people() - before == 3
    assert sorted(batch_at(each).counts["made"] for each in (one, two)) == [0, 3]


def test_taking_back_removes_those_who_did_nothing_yet(circle: Circle, browse: Browse) -> None:
    client, before = browse(circle.dana), people()
    address = check(client, circle.community, long_sheet(60))
    bring_in(client, address, notify="y")
    busy = list(db.session.scalars(select(Person).where(Person.import_id.is_not(None)).order_by(Person.id).limit(2)))
    account = db.session.scalars(select(Account).where(Account.person_id == busy[0].id)).one()
    db.session.add(SignedIn(account_id=account.id, expires_at=clock.now()))
    db.session.add(Membership(person_id=busy[1].id, role="advisor", community_id=circle.community, since=clock.today()))
    commit()
    for _ in range(2):
        assert client.post(f"{address}/undo", data={"csrf_token": token(client)}).status_code == 303
    make_due()
    work()
    batch = batch_at(address)
    assert (batch.state, batch.counts["removed"], batch.counts["kept"]) == ("undone", 58, 2)
    assert people() - before == 2
    assert client.post(f"{address}/commit", data=as_shown(client, address, seen=batch.version)).status_code == 409


def test_the_sheet_at_rest_is_sealed_and_gone_after_a_week(circle: Circle, browse: Browse) -> None:
    client = browse(circle.dana)
    address = check(client, circle.community, SHEET)
    bring_in(client, address)
    raw = db.session.execute(text("select sheet, verdict from import_batches")).one()
    assert "עדה".encode() not in bytes(raw.sheet) + bytes(raw.verdict)
    assert "עדה" in str(sheets.table_of(batch_at(address)).rows)
    waiting = db.session.scalars(select(Outbox).where(Outbox.name == actions.FORGET)).one()
    assert abs(waiting.due_at - clock.now() - timedelta(days=7)) < timedelta(minutes=1)
    tasks.forget_sheet(**waiting.body)
    commit()
    raw = db.session.execute(text("select sheet, verdict from import_batches")).one()
    assert (raw.sheet, raw.verdict) == (None, None)
    assert client.get(address).status_code == 200
    assert client.get(f"{address}/to-correct.csv").status_code == 404


def test_a_sheet_nobody_decided_on_expires(circle: Circle, browse: Browse) -> None:
    client = browse(circle.dana)
    address = check(client, circle.community, SHEET)
    form = as_shown(client, address)
    db.session.remove()
    tasks.forget_sheet(address.split("/")[-1])
    commit()
    assert client.get(address).status_code == 200
    assert client.post(f"{address}/commit", data=form).status_code == 409


def test_reading_a_sheet_and_everybody_it_brought_is_on_record(circle: Circle, browse: Browse) -> None:
    client = browse(circle.dana)
    address = check(client, circle.community, SHEET)
    bring_in(client, address)
    db.session.remove()
    told = list(db.session.scalars(select(AuditEntry).where(AuditEntry.actor_id == circle.dana)))
    assert {"uploaded", "committed", "brought_in", "read"} <= {entry.action for entry in told}
    assert sum(entry.action == "brought_in" and entry.person_id is not None for entry in told) == 3


def test_one_person_uploads_only_so_often_in_an_hour(circle: Circle, browse: Browse) -> None:
    client = browse(circle.dana)
    form = {"csrf_token": token(client)}
    answers = [client.post("/import", data=form).status_code for _ in range(31)]
    assert (answers[0], answers[-1]) == (422, 429)
    assert upload(browse(circle.gil), circle.community, SHEET).status_code == 303
