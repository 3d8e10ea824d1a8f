"""Finding people, one's own profile, who looked at one's file, and the organisation's statement."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from maagal import clock
from maagal.db import commit, db, within
from maagal.opening import open_and_furnish
from maagal.tenancy import Tenant
from tenants.audit.models import AuditEntry
from tenants.communities.models import Community
from tenants.people import actions, handing_over, queries
from tenants.people.models import Account, Membership, Organisation, Person, SignedIn
from tests.circle import Browser, Circle, make_circle, make_person
from tests.people.signing_in.door import post_form

Browse = Callable[..., Browser]
PROFILE = {"first_name": "Miri", "last_name": "Lev", "email": "miri.lev@example.org", "version": "1"}
PROFILE |= dict.fromkeys(("gender", "safe_channel", "locale", "timezone"), "")


@pytest.fixture(scope="session")
def firm(house: Flask) -> Tenant:
    """An employer's tenant."""
    with house.app_context():
        return open_and_furnish("firm", name="מפעל", kind="business", demo=True)


def administrator() -> object:
    made = make_person("Ella", "Min", "administrator", None)
    commit()
    return made


def stranger() -> object:
    """Somebody of oak's other community."""
    other = Community(name="מעגל אחר")
    db.session.add(other)
    db.session.flush()
    made = make_person("Zara", "Far", "mentor", other.id)
    commit()
    return made


def test_a_visitor_finds_the_front_door_and_the_way_in(circle: Circle, browse: Browse) -> None:
    answer = browse().get("/")
    assert answer.status_code == 200
    assert "/sign-in" in answer.text


def test_whoever_is_signed_in_is_sent_to_their_first_page(circle: Circle, browse: Browse) -> None:
    assert browse(circle.miri).get("/").location == "/today"


def test_a_participant_whose_last_day_is_set_is_still_offered_to_matching(circle: Circle, browse: Browse) -> None:
    client, page = browse(circle.dana), f"/matching/people/{circle.pnina}"
    offered = []
    for days in (1, 0):
        last = update(Membership).where(Membership.person_id == circle.pnina)
        db.session.execute(last.values(until=clock.today() + timedelta(days=days)))
        commit()
        offered.append(f'href="{page}"' in client.get(f"/people/{circle.pnina}").text)
    assert offered == [True, False]


@pytest.mark.parametrize("path", ["/people", "/me", "/me/readers", "/organisation", "/today"])
def test_visitors_are_asked_to_sign_in(circle: Circle, browse: Browse, path: str) -> None:
    assert browse().get(path).location.startswith("/sign-in?next=")


@pytest.mark.parametrize("name", ["miri", "pnina", "adam"])
def test_only_those_who_may_find_people(circle: Circle, browse: Browse, name: str) -> None:
    client = browse(getattr(circle, name))
    assert client.get("/people").status_code == 404
    assert client.get(f"/people/{circle.dana}").status_code == 404
    assert client.get("/organisation").status_code == 404


def test_a_coordinator_finds_the_people_of_own_communities_only(circle: Circle, browse: Browse) -> None:
    far = stranger()
    client = browse(circle.dana)
    listed = client.get("/people").text
    assert "Miri Lev" in listed
    assert "Zara" not in listed
    assert client.get(f"/people/{circle.miri}").status_code == 200
    assert client.get(f"/people/{far}").status_code == client.get(f"/people/{far}/edit").status_code == 404
    assert post_form(client, f"/people/{far}/edit", token_from="/me", **PROFILE).status_code == 404


def test_search_is_by_name_or_phone_and_htmx_gets_the_list_alone(circle: Circle, browse: Browse) -> None:
    db.session.execute(db.text("update people set phone = '+972521234567' where first_name = 'Pnina'"))
    commit()
    client = browse(circle.dana)
    by_name, by_phone = client.get("/people?q=mir lev").text, client.get("/people?q=052-123-4567").text
    assert "Miri" in by_name and "Pnina" not in by_name  # noqa: PT018  one search
    assert "Pnina" in by_phone and "Miri" not in by_phone  # noqa: PT018  one search
    piece = client.get("/people?q=mir", headers={"HX-Request": "true"}).text
    assert "Miri" in piece
    assert "<html" not in piece
    assert client.get("/people?q=nobody").status_code == 200


def test_a_percent_sign_is_a_letter(circle: Circle, browse: Browse) -> None:
    assert "Miri" not in browse(circle.dana).get("/people?q=%25").text


def test_a_long_list_has_pages(circle: Circle, browse: Browse) -> None:
    for number in range(queries.PAGE):
        make_person(f"Guest{number:02}", "X", "mentor", circle.community)
    commit()
    client = browse(circle.dana)
    assert "Pnina" not in client.get("/people").text
    assert "Pnina" in client.get("/people?page=2").text


def test_administration_finds_everybody_of_a_public_tenant(circle: Circle, browse: Browse) -> None:
    stranger()
    client = browse(administrator())
    assert "Zara" in client.get("/people").text
    assert client.get(f"/people/{circle.pnina}").status_code == 200


def test_administration_of_a_business_finds_nobody(circle: Circle, browse: Browse, firm: Tenant) -> None:
    db.session.remove()
    with within(firm):
        miri = make_circle().miri
        administrator()
    client = browse(tenant=firm)
    assert post_form(client, "/demo/administrator").location == "/today"
    assert client.get("/people").status_code == client.get(f"/people/{miri}").status_code == 404
    assert "/people" not in client.get("/today").text


def test_elm_has_nobody_of_oak(circle: Circle, browse: Browse, elm: Tenant) -> None:
    db.session.remove()
    with within(elm):
        make_circle()
    client = browse(tenant=elm)
    post_form(client, "/demo/coordinator")
    assert client.get(f"/people/{circle.miri}").status_code == 404
    assert str(circle.miri) not in client.get("/people").text


def test_reading_a_page_is_told_to_the_person(circle: Circle, browse: Browse) -> None:
    assert "Dana Rak" not in browse(circle.miri).get("/me/readers").text
    browse(circle.dana).get(f"/people/{circle.miri}")
    assert "Dana Rak" in browse(circle.miri).get("/me/readers").text
    assert "Dana Rak" not in browse(circle.pnina).get("/me/readers").text


def test_a_profile_is_changed_with_its_free_hours(circle: Circle, browse: Browse) -> None:
    client = browse(circle.miri)
    shown = client.get("/me").text
    assert 'name="free_hours-0-0-from" value="09:00"' in shown
    early = {"free_hours-1-1-from": "08:00", "free_hours-1-1-until": "09:30"}
    late = {"free_hours-1-0-from": "18:15", "free_hours-1-0-until": "23:59"}
    answer = post_form(client, "/me", **PROFILE | {"phone": "052-1234567", "gender": "f", "locale": "en"} | early | late)
    assert (answer.status_code, answer.location) == (303, "/me")
    db.session.remove()
    miri = db.session.get_one(Person, circle.miri)
    assert (miri.phone, miri.gender, miri.locale, miri.version) == ("+972521234567", "f", "en", 2)
    assert miri.profile is not None
    assert miri.profile.free_hours == [[1, 480, 570], [1, 1095, 1440]]
    assert 'lang="en"' in client.get("/me").text


def test_what_cannot_be_accepted_is_said_and_kept_in_the_fields(circle: Circle, browse: Browse) -> None:
    client = browse(circle.miri)
    hours = {"free_hours-2-0-from": "12:00", "free_hours-2-0-until": "11:00"}
    answer = post_form(client, "/me", **PROFILE | {"first_name": " ", "phone": "12", "last_name": "Typed", **hours})
    assert answer.status_code == 422
    assert 'value="Typed"' in answer.text
    assert 'name="free_hours-2-0-from" value="12:00"' in answer.text
    assert all(f'href="#{name}"' in answer.text for name in ("first_name", "phone", "free_hours"))
    assert "אינו מספר שאפשר לחייג אליו" in answer.text
    db.session.remove()
    assert db.session.get_one(Person, circle.miri).last_name == "Lev"


def test_somebody_stays_within_reach(circle: Circle, browse: Browse) -> None:
    assert post_form(browse(circle.miri), "/me", **PROFILE | {"email": ""}).status_code == 422


def test_a_stale_edit_shows_what_stands_and_saving_again_keeps_it(circle: Circle, browse: Browse) -> None:
    mine, hers = browse(circle.miri), browse(circle.dana)
    assert post_form(hers, f"/people/{circle.miri}/edit", **PROFILE | {"last_name": "Levi"}).status_code == 303
    answer = post_form(mine, "/me", **PROFILE | {"last_name": "Lavie"})
    assert answer.status_code == 409
    assert "Levi" in answer.text
    assert 'value="Lavie"' in answer.text
    assert 'name="version" value="2"' in answer.text
    assert post_form(mine, "/me", **PROFILE | {"last_name": "Lavie", "version": "2"}).status_code == 303


def test_a_stale_edit_with_a_mistake_in_it_stays_stale(circle: Circle, browse: Browse) -> None:
    post_form(browse(circle.dana), f"/people/{circle.miri}/edit", **PROFILE | {"last_name": "Levi"})
    answer = post_form(browse(circle.miri), "/me", **PROFILE | {"first_name": ""})
    assert answer.status_code == 422
    assert 'name="version" value="1"' in answer.text


def test_display_is_kept_with_the_account_and_comes_back_at_sign_in(circle: Circle, browse: Browse) -> None:
    post_form(browse(circle.miri), "/accessibility", size="150", scheme="dark")
    db.session.remove()
    assert db.session.scalar(select(Account.display).where(Account.person_id == circle.miri)).startswith("150.")  # type: ignore[union-attr]  # the test made one
    other_device = browse()
    post_form(other_device, "/demo/mentor")
    assert 'data-size="150"' in other_device.get("/today").text


def test_the_statement_says_what_the_organisation_wrote(circle: Circle, browse: Browse) -> None:
    client = browse(administrator())
    values = {"coordinator": "Ruth Access", "phone": "03-5551234", "known_gaps": "The lift", "reviewed_on": "2026-11-01"}
    assert post_form(client, "/organisation/accessibility", **values, version="").status_code == 303
    statement = browse().get("/statement").text
    assert all(word in statement for word in ("Ruth Access", "The lift", "2026"))
    assert post_form(client, "/organisation/accessibility", **values, version="").status_code == 409
    assert post_form(client, "/organisation/accessibility", version="1", phone="7").status_code == 422
    db.session.remove()
    assert db.session.scalar(select(func.count(Organisation.id))) == 1


def test_removing_a_role_works_on_the_very_next_request(circle: Circle, browse: Browse) -> None:
    client = browse(circle.dana)
    assert client.get("/people").status_code == 200
    db.session.execute(db.update(Membership).where(Membership.person_id == circle.dana).values(until=clock.today()))
    commit()
    assert client.get("/people").status_code == 404


def test_leaving_ends_roles_and_sessions_at_once(circle: Circle, browse: Browse) -> None:
    client = browse(circle.dana)
    assert client.get("/people").status_code == 200
    actions.end_memberships_and_sessions(circle.dana)
    commit()
    assert client.get("/people").location.startswith("/sign-in")
    living = select(func.count(SignedIn.id)).where(SignedIn.ended_at.is_(None))
    assert db.session.scalar(living) == 0


def test_an_export_holds_what_is_kept_and_not_the_coordinators_notes(circle: Circle) -> None:
    made = handing_over.person_export(circle.miri)
    assert made["person"]["email"] == "miri.lev@example.org"
    assert made["profile"]["skills"] == ["budgeting"]
    assert [each["role"] for each in made["memberships"]] == ["mentor"]
    assert "notes" not in made["person"]


def test_no_change_without_a_record(circle: Circle, browse: Browse) -> None:
    post_form(browse(circle.dana), f"/people/{circle.miri}/edit", **PROFILE)
    db.session.remove()
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "changed")).one()
    assert (entry.actor_id, entry.person_id) == (circle.dana, circle.miri)
