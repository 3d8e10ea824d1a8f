"""The register asks once what was changed, however many tenants it knows."""

import pytest

from maagal import register
from maagal.tenancy import entered
from tests.counting import statements


@pytest.fixture
def known(context, oak_and_elm):
    """Both tenants are known, and nothing was changed since we asked."""
    with entered(None):
        register.forget()
        for slug in ("oak", "elm"):
            register.by_slug(slug)
        a_while_passes()
        register.by_slug("oak")
        yield


def a_while_passes():
    """Let the seconds pass after which we ask again, without waiting for them."""
    register._Heard.at -= register.FRESH + 0.01


def test_whom_nobody_changed_is_asked_for_together_in_one_question(known):
    with statements() as sent:
        a_while_passes()
        for _ in range(10):
            register.by_slug("oak"), register.by_slug("elm")
    assert sum("snapshot" in each for each in sent) == 1
    assert len(sent) <= 3, "a transaction that somebody keeps open makes both look changed, once"


def test_a_change_is_heard_of_within_seconds_and_others_are_not_asked_for_again(known, administrator):
    administrator.execute("update control.tenants set name = 'אלון גדול' where slug = 'oak'")
    try:
        assert register.by_slug("oak").name == "אלון", "not asked yet"
        a_while_passes()
        with statements() as sent:
            assert register.by_slug("oak").name == "אלון גדול"
            register.by_slug("elm")
        assert len(sent) in {2, 3}
    finally:
        administrator.execute("update control.tenants set name = 'אלון' where slug = 'oak'")
        register.forget()


def test_a_change_that_was_under_way_when_we_asked_is_heard_of_when_it_is_committed(known, administrator):
    with administrator.transaction():
        administrator.execute("update control.tenants set name = 'אלון גדול' where slug = 'oak'")
        for _ in range(3):
            a_while_passes()
            assert register.by_slug("oak").name == "אלון"
    try:
        a_while_passes()
        assert register.by_slug("oak").name == "אלון גדול"
    finally:
        administrator.execute("update control.tenants set name = 'אלון' where slug = 'oak'")
        register.forget()
