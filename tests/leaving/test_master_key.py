"""The master key changes while people work; without it nothing opens, and that is said in one line."""

import secrets

import pytest

from maagal import keystore, sealing
from maagal.config import settings
from maagal.db import within
from maagal.ids import new_id
from maagal.keystore import KeyUnreadable
from maagal.leaving import rotating
from maagal.sealing import Place
from tests.commands import refused


@pytest.fixture
def master(grove, monkeypatch):
    """Return a way to be told other master keys; at the end every tenant's key is under the first one again."""
    first = settings().master_key

    def told(new, old=""):
        monkeypatch.setenv("MAAGAL_MASTER_KEY", new)
        monkeypatch.setenv("MAAGAL_MASTER_KEY_OLD", old)
        settings.cache_clear()
        keystore.forget()
        told.latest = new or told.latest

    told.first = told.latest = first
    yield told
    told(first, told.latest)
    list(rotating.rotate())
    told(first)
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def sealed(grove):
    place = Place("people", new_id(), "notes")
    with within(grove):
        return sealing.seal("נאמר בסוד", place.row, place), place


def opens(tenant, sealed) -> bool:
    keystore.forget()
    with within(tenant):
        return sealing.unseal(*sealed) == "נאמר בסוד"


def test_both_keys_are_believed_until_the_last_is_changed_and_then_the_old_one_goes(grove, elm, sealed, master, run):
    new = secrets.token_hex(32)
    master(new, master.first)
    assert opens(grove, sealed)
    assert "were wrapped anew" in run("keys", "rotate")
    master(new)
    assert opens(grove, sealed)
    assert "opens the keys of all" in run("keys", "check")
    assert run("keys", "rotate").startswith("0 of ")


def test_a_change_that_dies_half_way_goes_on(grove, elm, sealed, master):
    for tenant in (grove, elm):
        keystore.for_owner(tenant.id, "somebody")
    new = secrets.token_hex(32)
    master(new, master.first)
    half = rotating.rotate()
    assert next(half)
    half.close()
    assert opens(grove, sealed)
    changed = list(rotating.rotate())
    assert sum(changed) == len(changed) - 1
    master(new)
    assert opens(grove, sealed)


@pytest.mark.parametrize(("key", "said"), [("", "missing"), ("ab", "64 hex digits"), ("f" * 64, "does not open")])
def test_without_it_nothing_opens_and_one_line_says_so(grove, sealed, master, key, said):
    master(key)
    with pytest.raises(KeyUnreadable, match=said):
        opens(grove, sealed)
    line = refused("keys", "check").strip()
    assert "master key" in line.lower().replace("_", " ")
    assert "\n" not in line
    told = master.latest
    master.latest = master.first  # the lost one never wrapped anything
    assert told


def test_a_key_that_is_not_the_old_one_changes_nothing(grove, sealed, master):
    master("a" * 64, "b" * 64)
    assert "does not open" in refused("keys", "rotate")
    master.latest = master.first
    master(master.first)
    assert opens(grove, sealed)
