"""What a mentor reads before both agreed tells nobody's name, however Hebrew writes it, and no way to reach them."""

import pytest

from maagal.db import commit, db
from tenants.pairing import rounds
from tenants.pairing.models import Pair, Round
from tenants.pairing.naming import tells_who
from tenants.people.models import Person
from tests.circle import token
from tests.pairing.conftest import SUMMARY


@pytest.mark.parametrize(
    "text",
    [
        "פנינה מחפשת עזרה",
        "לפנינה יש חובות",
        "הילדים של פנינה,בני שש",
        "ולפנינה יש חובות",
        "כשפנינה תוכל",
        "משפחת בן-טל והחובות",
        "פְּנִינָה מחפשת עזרה",
        "Tal/Pnina has debts",
        "אפשר להתקשר: 052-1234567",
        "+972 52 123 4567",
        "972521234567",
        "(052) 123 4567",
        "ת.ז. 123456782",
        "pnina77@example.org",
    ],
)
def test_a_text_that_tells_who_it_is_is_found_out(text):
    assert tells_who(text, "פנינה בן טל") or tells_who(text, "Pnina Tal")


@pytest.mark.parametrize(
    "text",
    [
        "גיל: 40–49, מהצפון. דוברת עברית ורוסית",
        "בת 43, בין 2019 ל-2021 בלי עבודה; חובות של 150,000 ש״ח",
        "שלושה ילדים, 2 מהם חיילים, 3-4 פגישות בחודש",
        "הלוואה של 1500000",
    ],
)
def test_a_text_that_tells_nothing_is_let_through(text):
    assert not tells_who(text, "פנינה בת אל")


@pytest.mark.parametrize("text", ["לפנינה יש חובות", "חובות, 052-1234567"])
def test_both_ways_of_asking_a_mentor_refuse_it(circle, browse, text):
    db.session.get_one(Person, circle.pnina).first_name = "פנינה"
    draft = rounds.begin([circle.community], circle.dana)
    address, version = f"/rounds/{draft.id}/publish", draft.version
    commit()
    client = browse(circle.dana)
    told = {"csrf_token": token(client), "approved": "y", "version": version, "send": str(circle.pnina)}
    published = client.post(address, data=told | {f"summary-{circle.pnina}": text})
    proposed = client.post(f"/matching/people/{circle.pnina}/mentors/{circle.miri}", data=told | {"summary": text})
    assert (published.status_code, proposed.status_code) == (422, 422)
    assert text in published.text
    assert db.session.scalars(db.select(Pair)).all() == []


@pytest.mark.parametrize("sent", [{}, {"send": "x"}, {"send": "PNINA", "summary-PNINA": "  "}])
def test_a_round_that_would_ask_nobody_is_not_published(circle, browse, sent):
    draft = rounds.begin([circle.community], circle.dana)
    draft_id, version = draft.id, draft.version
    commit()
    client = browse(circle.dana)
    sent = {name.replace("PNINA", str(circle.pnina)): text.replace("PNINA", str(circle.pnina)) for name, text in sent.items()}
    told = {"csrf_token": token(client), "approved": "y", "version": version}
    texts = {f"summary-{circle.pnina}": SUMMARY + "!"}
    answer = client.post(f"/rounds/{draft_id}/publish", data=texts | told | sent)
    assert answer.status_code == 422
    if "send" not in sent:
        assert SUMMARY + "!" in answer.text
    assert db.session.get_one(Round, draft_id).state == "draft"
