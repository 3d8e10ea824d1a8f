"""What lies outside the database, and what two tenants happen to have in common."""

import io
from datetime import date
from uuid import UUID

import pytest
import redis
from sqlalchemy import select, text

from maagal import keystore, register, scopes, sealing, tenancy
from maagal.config import settings
from maagal.db import commit, db, within
from maagal.ids import new_id
from maagal.sealing import Place, SealBroken
from tenants.audit.actions import chain
from tenants.communities.models import Community
from tenants.people.models import Account, Membership, Person, Profile, SignedIn
from tenants.reports.actions import make_report
from tenants.reports.models import Report
from tests.circle import at, token
from tests.isolation.reading import opened

MAIL = "noa@example.org"


@pytest.fixture
def twins(oak, elm, context):
    """The same coordinator in both: one id, one account's id, one e-mail, one session's id; only the name differs."""
    person, account, session, place = (new_id() for _each in range(4))
    for tenant, name in ((oak, "Noa-of-oak"), (elm, "Noa-of-elm")):
        db.session.remove()
        with tenancy.entered(None), within(tenant):
            db.session.add_all((Person(id=person, first_name=name, email=MAIL), Community(id=place, name=f"Circle-{name}")))
            db.session.flush()
            db.session.add_all((
                Profile(person_id=person), Account(id=account, person_id=person),
                Membership(person_id=person, role="coordinator", community_id=place, since=date(2026, 1, 1)),
            ))  # fmt: skip
            db.session.flush()
            db.session.add(SignedIn(id=session, account_id=account, expires_at=date(2100, 1, 1), second_factor=True))
            commit()
    return person, account, session, place


def test_the_same_id_and_address_in_two_tenants_are_two_people(context, twins, oak, elm):
    person = twins[0]
    for tenant, other in ((oak, elm), (elm, oak)):
        page = at(context, tenant, person).get(f"/people/{person}").text
        assert f"Noa-of-{tenant.slug}" in page
        assert f"Noa-of-{other.slug}" not in page


def test_what_one_of_them_changes_stays_with_the_other(context, twins, oak, elm):
    person = twins[0]
    client = at(context, oak, person)
    answer = client.post("/notices/read", data={"csrf_token": token(client)})
    assert answer.status_code == 303
    db.session.remove()
    with tenancy.entered(None), within(oak):
        db.session.get_one(Person, person).first_name = "Changed"
        commit()
    with tenancy.entered(None), within(elm):
        assert db.session.get_one(Person, person).first_name == "Noa-of-elm"


def test_a_session_of_one_opens_nothing_of_the_other_though_every_id_is_the_same(context, twins, oak, elm):
    _person, account, session, _place = twins
    client = at(context, oak)
    for subject in (f"{elm.id}:{account}:{session}", f"{account}:{session}", f":{account}:{session}", str(account), ""):
        with client.session_transaction(base_url=client.origin) as cookie:
            cookie["_user_id"] = subject
        assert client.get("/people").status_code == 303, subject
    with client.session_transaction(base_url=client.origin) as cookie:
        cookie["_user_id"] = f"{oak.id}:{account}:{session}"
    assert client.get("/people").status_code == 200


def test_a_sealed_text_of_the_same_person_at_the_same_place_does_not_open_next_door(twins, oak, elm):
    person = twins[0]
    place = Place("people", person, "notes")
    sealed = sealing.seal("of oak", person, place)
    db.session.rollback()
    db.session.remove()
    with tenancy.entered(None), within(elm):
        sealing.seal("of elm", person, place)
        with pytest.raises((SealBroken, keystore.KeyGone)):
            sealing.unseal(sealed, place)
    keystore.destroy(elm.id, str(person))
    assert sealing.unseal(sealed, place) == "of oak"


def test_the_unwrapped_keys_in_memory_are_found_by_tenant(twins, oak, elm):
    person = twins[0]
    keys = {tenant.slug: keystore.for_owner(tenant.id, str(person)).id for tenant in (oak, elm)}
    assert keys["oak"] != keys["elm"]
    with pytest.raises(keystore.KeyGone):
        keystore.by_id(elm.id, keys["oak"])


def one_report_in_both(person, place, *tenants):
    """Make a report of the same id in each; return the id."""
    report = new_id()
    for tenant in tenants:
        db.session.remove()
        with tenancy.entered(None), within(tenant):
            made = make_report(place, date(2026, 9, 1), person).id
            db.session.flush()
            db.session.execute(text("update reports set id = :new where id = :old"), {"new": report, "old": made})
            commit()
    return report


def test_the_file_of_a_report_with_the_same_id_is_each_tenants_own(context, twins, oak, elm):
    person, _account, _session, place = twins
    report = one_report_in_both(person, place, oak, elm)
    for tenant, other in ((oak, elm), (elm, oak)):
        client = at(context, tenant, person)
        for _first_and_kept in range(2):
            printed = opened(client.get(f"/reports/{report}/pdf").data)
            assert f"Circle-Noa-of-{tenant.slug}" in printed
            assert f"Noa-of-{other.slug}" not in printed
    kept = list((settings().data / "files").rglob(f"{report}*"))
    assert {path.relative_to(settings().data / "files").parts[0] for path in kept} == {oak.schema, elm.schema}


def test_a_sheet_that_was_sent_to_one_is_not_there_in_the_other(context, twins, oak, elm):
    """The same coordinator in both, the same community's id; the upload's own id is taken along."""
    person, _account, _session, place = twins
    ours, theirs = at(context, oak, person), at(context, elm, person)
    sheet = b"first name,last name,role,phone\nSheet-of-oak,Levi,mentor,0525550100\n"
    sent = {"community": str(place), "sheet": (io.BytesIO(sheet), "sheet-of-oak.csv"), "csrf_token": token(ours)}
    address = ours.post("/import", data=sent, content_type="multipart/form-data").location.removesuffix("/columns")
    assert "Sheet-of-oak" in ours.get(f"{address}/columns").text
    for page in ("", "/columns", "/progress", "/to-correct.csv"):
        assert theirs.get(address + page).status_code == 404
    for deed in ("/columns", "/commit", "/undo"):
        assert theirs.post(address + deed, data={"csrf_token": token(theirs)}).status_code == 404
    assert "heet-of-oak" not in theirs.get("/import").text


def test_what_a_browser_keeps_of_one_tenant_does_not_stand_for_the_next_one(context, twins, oak, elm):
    """The same report's id in both, asked for with the first one's tag and a moment to come: never 304."""
    person, _account, _session, place = twins
    report = one_report_in_both(person, place, oak, elm)
    kept = at(context, oak, person).get(f"/reports/{report}/pdf")
    assert "no-store" in kept.headers["Cache-Control"]
    headers = {"If-None-Match": kept.headers.get("ETag", "*"), "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}
    answer = at(context, elm, person).get(f"/reports/{report}/pdf", headers=headers)
    assert answer.status_code == 200
    assert "Noa-of-elm" in opened(answer.data)


@pytest.mark.parametrize("parts", [("..", "x"), ("a", "..", "..", "x"), ("/etc/passwd",), ("a/../../x",), ("..",)])
def test_a_stored_files_path_never_leaves_its_tenants_folder(oak, parts):
    with pytest.raises(ValueError, match="inside its tenant"):
        scopes.file_path(*parts)


def test_a_path_through_a_link_to_elsewhere_is_refused(oak, elm):
    theirs = scopes.file_path("x", scope=scopes.CONTROL).parent.parent / elm.schema
    theirs.mkdir(parents=True, exist_ok=True)
    link = scopes.file_path("link")
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(theirs)
    try:
        with pytest.raises(ValueError, match="inside its tenant"):
            scopes.file_path("link", "x")
    finally:
        link.unlink()


def test_one_tenants_share_of_questions_is_not_used_up_in_another(context, oak, elm):
    """Ada's address is asked for too often in oak; at elm it is still answered."""
    answers = {}
    for tenant in (oak, elm):
        client = at(context, tenant)
        client.environ_base["REMOTE_ADDR"] = "10.77.0.1"
        data = {"csrf_token": token(client), "address": "ada-limits@example.org"}
        tries = 8 if tenant is oak else 1
        answers[tenant.slug] = [client.post("/sign-in", data=data).status_code for _try in range(tries)]
    assert answers["oak"][-1] == 429
    assert answers["elm"][0] < 400


def test_what_is_counted_lies_under_its_tenants_name_and_says_nothing(context, servers, oak):
    client = at(context, oak)
    client.post("/sign-in", data={"csrf_token": token(client), "address": "very-secret@example.org"})
    valkey = redis.Redis.from_url(servers.redis_url)
    keys = [key.decode() for key in valkey.scan_iter() if b"sign-in" in key]
    assert keys
    assert all(f"maagal:{oak.schema}:" in key or "maagal:t_" in key for key in keys)
    assert not any("secret" in key for key in keys)


def test_the_register_believes_no_host_of_one_for_another(oak, elm):
    for _cold_and_kept in range(2):
        assert register.by_host("oak.localhost") == oak
        assert register.by_host("elm.localhost") == elm
        assert register.by_id(oak.id) == oak
    assert register.by_slug(str(oak.id)) is None
    assert register.by_host("oak") is None


def test_locks_are_held_by_tenant(oak, elm):
    """Two tenants that write their records at the same moment do not wait for each other."""
    chain()
    held = db.session.scalar(text("select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()"))
    assert held == 1
    with tenancy.entered(elm), db.engine.connect() as other:
        other.execute(text("set local lock_timeout = '500ms'"))
        other.execute(text("select pg_advisory_xact_lock(hashtextextended(current_user || '/audit', 0))"))
        other.rollback()
    db.session.rollback()


def test_a_report_next_door_is_not_there(context, twins, oak, elm):
    person, _account, _session, place = twins
    db.session.remove()
    with tenancy.entered(None), within(elm):
        theirs = make_report(place, date(2026, 9, 1), person).id
        commit()
    client = at(context, oak, person)
    for kind in ("", "/pdf", "/xlsx", "/csv"):
        assert client.get(f"/reports/{theirs}{kind}").status_code == 404
    assert db.session.scalar(select(Report.id).where(Report.id == UUID(str(theirs)))) is None
