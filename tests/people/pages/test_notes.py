"""What coordinators noted about a person: shown where they reach for the phone, and to nobody else."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import select, text

from maagal.db import commit, db
from tenants.audit.models import AuditEntry
from tenants.people import notes
from tenants.people.models import Person
from tests.circle import Browser, Circle
from tests.people.importing.conftest import as_shown, check, work
from tests.people.roster.sheets import ADA, HEBREW, as_text
from tests.people.signing_in.door import post_form

Browse = Callable[..., Browser]
WISH = "לא להשאיר הודעה במשיבון"


def noted(person_id: UUID, author: UUID) -> None:
    notes.write(db.session.get_one(Person, person_id), WISH, author)
    commit()


def test_a_wish_in_a_sheet_is_read_on_the_persons_page_and_that_is_written_down(circle: Circle, browse: Browse) -> None:
    client = browse(circle.dana)
    address = check(client, circle.community, as_text([HEBREW, (*ADA[:7], WISH)]).encode())
    client.post(f"{address}/commit", data=as_shown(client, address))
    work()
    ada = db.session.scalars(select(Person.id).where(Person.import_id.is_not(None))).one()
    db.session.remove()
    assert WISH in client.get(f"/people/{ada}").text
    db.session.remove()
    read = select(AuditEntry).where(AuditEntry.subject == "person_note", AuditEntry.person_id == ada)
    assert [(entry.action, entry.actor_id) for entry in db.session.scalars(read)] == [("read", circle.dana)]


def test_coordinators_change_the_notes_which_lie_sealed(circle: Circle, browse: Browse) -> None:
    client, address = browse(circle.dana), f"/people/{circle.pnina}/notes"
    assert post_form(client, address, notes=WISH, version="1").status_code == 303
    assert WISH in client.get(address).text
    db.session.remove()
    raw = db.session.execute(text("select notes from people where notes is not null")).scalar_one()
    assert WISH.encode() not in bytes(raw)
    assert post_form(client, address, notes=" ", version="2").status_code == 303
    assert WISH not in client.get(f"/people/{circle.pnina}").text


def test_a_stale_change_of_the_notes_shows_what_stands(circle: Circle, browse: Browse) -> None:
    noted(circle.pnina, circle.gil)
    answer = post_form(browse(circle.dana), f"/people/{circle.pnina}/notes", notes="typed", version="1")
    assert answer.status_code == 409
    assert WISH in answer.text
    assert "typed" in answer.text


def test_notes_are_for_coordinators_alone(circle: Circle, ella: UUID, browse: Browse) -> None:
    noted(circle.pnina, circle.dana)
    client = browse(ella)
    assert WISH not in client.get(f"/people/{circle.pnina}").text
    assert client.get(f"/people/{circle.pnina}/notes").status_code == 404
    assert WISH not in browse(circle.pnina).get("/me").text
    assert browse(circle.miri).get(f"/people/{circle.pnina}/notes").status_code == 404
