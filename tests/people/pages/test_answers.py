"""What matching asks, changed at any time: by the person what is theirs, by coordinators all of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from maagal import clock
from maagal.db import commit, db
from maagal.ids import new_id
from tenants.audit.models import AuditEntry
from tenants.communities.actions import join, open_community
from tenants.intake import actions as intake
from tenants.intake.asked import Asked
from tenants.pairing import board
from tenants.people.models import Person
from tests.circle import Browser, Circle, make_person
from tests.people.signing_in.door import post_form

Browse = Callable[..., Browser]
MENTOR = {"version": "1", "mode": "either", "capacity": "1", "languages": "he", "skills": "budgeting"}
PARTICIPANT = {"version": "1", "mode": "either", "gender_preference": "", "age_preference": "", "languages": "he"}


def person(person_id: UUID) -> Any:
    db.session.remove()
    return db.session.get_one(Person, person_id)


def fits(participant: UUID, community: UUID) -> int:
    db.session.remove()
    answer = board.who(participant, community)
    assert answer is not None
    return answer.possible


def test_a_minimal_request_is_completed_and_can_be_matched(circle: Circle, browse: Browse) -> None:
    request = intake.submit(Asked(first_name="Noa", phone="+972521112233", life_areas=("financial",)), new_id())
    intake.begin(request, circle.dana)
    intake.accept(request, circle.dana, circle.community)
    commit()
    noa = request.person_id
    assert fits(noa, circle.community) == 0
    client = browse(circle.dana)
    assert f"/people/{noa}/answers" in client.get(f"/matching/people/{noa}").text
    told = PARTICIPANT | {"mode": "remote", "languages": ["he", "ru"], "life_areas": "housing", "locality": "נצרת"}
    assert post_form(client, f"/people/{noa}/answers", **told, interests="music, chess", birth_year="1980").status_code == 303
    hours = {"free_hours-0-0-from": "09:00", "free_hours-0-0-until": "12:00", "phone": "052-1112233", "first_name": "Noa"}
    hours |= dict.fromkeys(("gender", "safe_channel", "locale", "timezone"), "") | {"version": "2"}
    assert post_form(client, f"/people/{noa}/edit", **hours).status_code == 303
    assert fits(noa, circle.community) == 1
    found = person(noa)
    assert (found.profile.languages, found.profile.mode, found.birth_year) == (["he", "ru"], "remote", 1980)
    assert found.profile.interests == ["music", "chess"]
    assert found.profile.latitude is not None


def test_training_that_lapsed_is_renewed_from_the_dashboard(circle: Circle, browse: Browse) -> None:
    person(circle.miri).profile.training_valid_until = clock.today() - timedelta(days=1)
    commit()
    assert fits(circle.pnina, circle.community) == 0
    client = browse(circle.dana)
    assert f"/people/{circle.miri}/answers#training_valid_until" in client.get("/dashboard").text
    renewed = {"training_valid_until": str(clock.today() + timedelta(days=90)), "screened_at": "2026-01-01"}
    assert post_form(client, f"/people/{circle.miri}/answers", **MENTOR | renewed | {"capacity": "3"}).status_code == 303
    assert person(circle.miri).profile.capacity == 3
    assert fits(circle.pnina, circle.community) == 1


def test_whoever_got_the_role_of_a_mentor_by_hand_can_be_screened(circle: Circle, browse: Browse) -> None:
    join(circle.adam, "mentor", circle.community)
    db.session.get_one(Person, circle.adam).profile.screened_at = None
    commit()
    before = fits(circle.pnina, circle.community)
    screened = {"screened_at": "2026-02-01", "training_valid_until": str(clock.today() + timedelta(days=90))}
    assert post_form(browse(circle.dana), f"/people/{circle.adam}/answers", **MENTOR | screened).status_code == 303
    assert fits(circle.pnina, circle.community) == before + 1


def test_everybody_changes_what_is_theirs_and_not_what_was_decided_about_them(circle: Circle, browse: Browse) -> None:
    client = browse(circle.miri)
    assert 'href="/me/answers"' in client.get("/me").text
    shown = client.get("/me/answers").text
    assert 'name="skills"' in shown
    assert 'name="life_areas"' not in shown
    assert 'name="capacity"' not in shown
    told = {"languages": "ar", "skills": ["law"], "other_skills": "sewing", "mode": "remote", "experience": "bereavement"}
    told |= {"other_experience": "army", "capacity": "9", "screened_at": "", "training_valid_until": ""}
    assert post_form(client, "/me/answers", version="1", **told).status_code == 303
    profile = person(circle.miri).profile
    assert (profile.languages, profile.skills, profile.other_skills) == (["ar"], ["law"], ["sewing"])
    assert profile.experience == ["bereavement", "army"]
    assert (profile.capacity, profile.screened_at is None, profile.training_valid_until is None) == (1, False, False)
    assert profile.free_hours == [[0, 540, 720]]


def test_a_stale_edit_of_answers_is_told_and_keeps_what_was_typed(circle: Circle, browse: Browse) -> None:
    hers, mine = browse(circle.dana), browse(circle.pnina)
    assert post_form(hers, f"/people/{circle.pnina}/answers", **PARTICIPANT).status_code == 303
    answer = post_form(mine, "/me/answers", **PARTICIPANT | {"interests": "typed words"})
    assert answer.status_code == 409
    assert 'value="typed words"' in answer.text
    assert person(circle.pnina).profile.interests == []
    assert post_form(mine, "/me/answers", **PARTICIPANT | {"interests": "typed words", "version": "2"}).status_code == 303
    assert person(circle.pnina).profile.interests == ["typed words"]


def test_answers_that_cannot_be_are_refused(circle: Circle, browse: Browse) -> None:
    client, address = browse(circle.dana), f"/people/{circle.miri}/answers"
    wrong = (
        {"capacity": "21"}, {"capacity": ""}, {"locality": "אין מקום כזה"}, {"birth_year": "2099"}, {"mode": "x"},
        {"screened_at": "yesterday"}, {"interests": "x" * 61},
    )  # fmt: skip
    assert [post_form(client, address, **MENTOR | each).status_code for each in wrong] == [422] * len(wrong)
    assert person(circle.miri).version == 1


def test_only_coordinators_of_the_community_and_the_person_change_answers(circle: Circle, browse: Browse) -> None:
    zohar = make_person("Zohar", "Ash", "coordinator", open_community("מעגל אחר").id)
    commit()
    for stranger in (circle.miri, circle.adam, zohar):
        client = browse(stranger)
        assert client.get(f"/people/{circle.pnina}/answers").status_code == 404
        assert post_form(client, f"/people/{circle.pnina}/answers", token_from="/me", **PARTICIPANT).status_code == 404


def test_a_change_of_answers_is_written_down_and_told_to_the_person(circle: Circle, browse: Browse) -> None:
    post_form(browse(circle.dana), f"/people/{circle.pnina}/answers", **PARTICIPANT)
    db.session.remove()
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "answers")).one()
    assert (entry.actor_id, entry.person_id, entry.action) == (circle.dana, circle.pnina, "changed")
    assert "Dana Rak" in browse(circle.pnina).get("/me/readers").text


def test_a_persons_page_shows_all_that_matching_reads(circle: Circle, browse: Browse) -> None:
    told = {"mode": "remote", "locality": "חיפה", "skills": "law", "other_skills": "sewing", "birth_year": "1969"}
    told |= {"training_valid_until": "2027-03-04", "capacity": "7", "cultures": "Ethiopian"}
    client = browse(circle.dana)
    assert post_form(client, f"/people/{circle.miri}/answers", **MENTOR | told).status_code == 303
    page = client.get(f"/people/{circle.miri}").text
    assert [word for word in ("חיפה", "sewing", "1969", "<bdi>7</bdi>", "Ethiopian", "2027") if word not in page] == []
