"""What an organisation decides for itself: one row, remembered, and never older than what a signed-in reader saw."""

import pytest
from sqlalchemy.orm.exc import StaleDataError

from maagal import own_settings, tenancy
from maagal.db import commit, db, within
from tests.circle import make_person
from tests.counting import statements


def test_nothing_was_decided_at_first(oak):
    assert own_settings.get("words", "as they are") == "as they are"
    assert own_settings.version() == 0


def test_a_value_is_read_back_and_forgotten_by_none(oak):
    own_settings.put({"offer_days": 5, "holidays": ["2027-01-01"]})
    own_settings.put({"offer_days": None})
    commit()
    assert own_settings.current() == own_settings.Kept(2, {"holidays": ["2027-01-01"]})


def test_what_was_rolled_back_was_never_decided(oak):
    own_settings.put({"offer_days": 5})
    assert own_settings.get("offer_days") == 5
    db.session.rollback()
    assert own_settings.get("offer_days") is None


def test_a_form_that_saw_an_older_version_is_refused(oak):
    own_settings.put({"offer_days": 5}, seen=0)
    own_settings.put({"offer_days": 6}, seen=1)
    with pytest.raises(StaleDataError):
        own_settings.put({"offer_days": 7}, seen=1)


def test_the_neighbour_decides_for_itself(oak, elm):
    own_settings.put({"offer_days": 5})
    commit()
    db.session.remove()
    with tenancy.entered(None), within(elm):
        assert own_settings.get("offer_days") is None


def test_values_are_remembered_between_requests(oak):
    own_settings.put({"offer_days": 5})
    commit()
    own_settings.get("offer_days")
    with statements() as asked:
        assert own_settings.get("offer_days") == 5
    assert asked == []


def test_a_newer_version_that_a_session_brings_along_is_asked_for(oak):
    own_settings.put({"offer_days": 5})
    commit()
    own_settings.get("offer_days")
    db.session.execute(own_settings.Settings.__table__.update().values(values={"offer_days": 9}, version=2))
    commit()
    assert own_settings.get("offer_days") == 5  # another process wrote it, and nobody told this one
    own_settings.heard(2)
    assert own_settings.get("offer_days") == 9


def test_administration_finds_every_setting_in_one_place(circle, browse):
    tova = make_person("Tova", "Min", "administrator", None)
    commit()
    client = browse(tova)
    shown = client.get("/organisation").text
    assert "/organisation/accessibility" in shown
    assert browse(circle.dana).get("/organisation").status_code == 404


def test_a_process_remembers_no_more_tenants_than_it_may(oak, elm, monkeypatch):
    monkeypatch.setattr(tenancy, "MOST_REMEMBERED", 1)
    own_settings.forget()
    for tenant in (oak, elm, oak, elm):
        db.session.remove()
        with tenancy.entered(None), within(tenant):
            own_settings.get("offer_days")
    assert len(own_settings._known) <= 2
