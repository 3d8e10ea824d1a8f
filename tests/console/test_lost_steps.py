"""Where too few people of an organisation may confirm a lost second step, an operator calls there: a role, a number, no name."""

from uuid import UUID

import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url

from maagal import clock, outside_voices, tasks, tenancy
from maagal.bootstrap import plain
from maagal.config import Settings
from maagal.db import commit, db, within
from maagal.events import Outbox
from maagal.handling import handle
from tenants.people.renewing import actions, queries
from tests.circle import make_circle, make_person
from tests.console.conftest import post


@pytest.fixture
def alone(oak):
    """Oak with one administrator, who lost the app, and two who coordinate; the operators were told."""
    circle = make_circle()
    ella = make_person("Ella", "Min", "administrator", None)
    commit()
    renewal = actions.ask(ella, "lost").id
    commit()
    work_off()
    return circle, renewal


def work_off():
    """Do everything that is due in the tenant at hand."""
    for _round in range(4):
        due = select(Outbox.id).where(Outbox.state == "pending", Outbox.due_at <= clock.now())
        due = due.where(Outbox.name.not_in(("audit.chain", "mail")))
        found = list(db.session.scalars(due))
        db.session.remove()
        handle(found)
        db.session.remove()


def hear(provisioner, tenant):
    """Be the scheduler, and then the tenant's own worker."""
    rung = outside_voices.to_ring_for()
    if tenant in rung:
        tasks.hear.run()
        commit()
    work_off()
    return {each.slug for each in rung}


def speak(client, renewal, verb="voices", **told):
    return post(client, f"/console/lost-steps/{renewal}/{verb}", token_from="/console/", **told)


def test_an_operator_and_one_of_the_organisation_make_two(console, provisioner, oak, alone):
    circle, renewal = alone
    listed = console.get("/console/lost-steps").text
    assert (str(renewal) in listed, "Ella" in listed) == (True, False)
    page = console.get(f"/console/lost-steps/{renewal}").text
    assert queries.by_id(renewal).reference in page
    assert "Ella" not in page
    db.session.remove()
    unsure = speak(console, renewal)
    assert (unsure.status_code, 'id="how-error"' in unsure.text) == (422, True)
    assert speak(console, renewal, how="called").status_code == 303
    assert hear(provisioner, oak) == {"oak"}
    assert queries.by_id(renewal).state == "asked"
    actions.confirm(renewal, circle.dana, "met")
    commit()
    work_off()
    assert queries.by_id(renewal).state == "agreed"
    db.session.remove()
    assert "אושר" in console.get(f"/console/lost-steps/{renewal}").text


def test_the_same_operator_twice_is_one_and_an_old_page_says_how_it_stands(console, bea, provisioner, oak, alone):
    circle, renewal = alone
    actions.confirm(renewal, circle.dana, "met")
    commit()
    assert speak(console, renewal, how="met").status_code == 303
    again = speak(console, renewal, how="called")
    assert (again.status_code, 'class="notice wait"' in again.text) == (409, True)
    hear(provisioner, oak)
    assert queries.by_id(renewal).state == "agreed"
    with pytest.raises(actions.NotNow):
        actions.confirm(renewal, circle.gil, "met")
    db.session.rollback()


def test_two_who_coordinate_are_not_enough_without_an_operator(provisioner, oak, alone):
    circle, renewal = alone
    for person in (circle.dana, circle.gil):
        actions.confirm(renewal, person, "met")
        commit()
    assert queries.by_id(renewal).state == "asked"


def test_an_operator_refuses_and_what_is_over_is_not_to_be_confirmed(console, bea, provisioner, oak, alone):
    _circle, renewal = alone
    assert speak(console, renewal, "refusal").status_code == 303
    hear(provisioner, oak)
    assert queries.by_id(renewal).state == "refused"
    db.session.remove()
    assert str(renewal) not in bea.get("/console/lost-steps").text
    assert speak(bea, renewal, how="called").status_code == 409


def test_what_was_said_is_heard_again_until_it_is_noted_and_counts_once(console, provisioner, oak, alone):
    _circle, renewal = alone
    speak(console, renewal, how="called")
    assert oak in outside_voices.to_ring_for()
    assert oak not in outside_voices.to_ring_for()
    for _killed_and_again in range(2):
        tasks.hear.run()
        commit()
    work_off()
    assert [voice.role for voice in queries.voices_of(renewal)] == ["operator"]
    db.session.remove()
    assert outside_voices.unheard() == []


def test_an_operator_speaks_of_what_an_organisation_asked_alone_and_changes_nothing(console, ada, provisioner, oak, elm, alone):
    _circle, renewal = alone
    db.session.remove()
    with psycopg.connect(plain(make_url(Settings().operator_url)), autocommit=True) as connection:
        said = "insert into control.renewal_voices (renewal_id, operator_id, tenant_id, how) values (%s, %s, %s, 'met')"
        for wrong in ((UUID(int=1), oak.id), (renewal, elm.id)):
            with pytest.raises(psycopg.Error):
                connection.execute(said, [wrong[0], ada.id, wrong[1]])
        for change in ("update control.renewals set state = 'agreed'", "delete from control.renewal_voices"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(change)


def test_the_house_next_door_hears_nothing(console, provisioner, oak, elm, alone):
    _circle, renewal = alone
    speak(console, renewal, how="called")
    db.session.remove()
    with tenancy.entered(None), within(elm):
        assert outside_voices.unheard() == []
        db.session.remove()
