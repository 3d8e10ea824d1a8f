"""Sealed texts open where they lie, for the tenant whose they are, while their key exists."""

import pytest

from maagal import keystore
from maagal.db import db, within
from maagal.ids import new_id
from maagal.keystore import KeyGone
from maagal.sealing import Place, SealBroken, seal, unseal

NOTE = "חובות בהוצאה לפועל"


@pytest.fixture
def place():
    return Place("people", new_id(), "notes")


def test_a_sealed_text_opens_in_its_place_and_says_nothing_outside(oak, place):
    sealed = seal(NOTE, place.row, place)
    assert unseal(sealed, place) == NOTE
    assert NOTE.encode() not in sealed


@pytest.mark.parametrize("moved", ["table", "row", "column"])
def test_moved_to_another_place_it_does_not_open(oak, place, moved):
    sealed = seal(NOTE, place.row, place)
    elsewhere = {"table": place.table, "row": place.row, "column": place.column} | {
        moved: new_id() if moved == "row" else "other"
    }
    with pytest.raises(SealBroken):
        unseal(sealed, Place(**elsewhere))


def test_a_flipped_byte_is_noticed(oak, place):
    sealed = bytearray(seal(NOTE, place.row, place))
    sealed[-1] ^= 1
    with pytest.raises(SealBroken):
        unseal(bytes(sealed), place)


def test_another_tenant_cannot_open_it(oak, elm, place):
    sealed = seal(NOTE, place.row, place)
    db.session.rollback()
    with within(elm), pytest.raises(KeyGone):
        unseal(sealed, place)


def test_with_its_key_the_text_is_gone_for_good(oak, place):
    sealed = seal(NOTE, place.row, place)
    keystore.destroy(oak.id, str(place.row))
    with pytest.raises(KeyGone):
        unseal(sealed, place)


def test_each_person_has_a_key_of_their_own(oak, place):
    one, other = seal(NOTE, place.row, place), seal(NOTE, new_id(), place)
    assert one[1:17] != other[1:17]
    assert unseal(other, place) == NOTE


def test_keys_lie_in_a_database_of_their_own_and_wrapped(oak, place):
    seal(NOTE, place.row, place)
    key = keystore.for_owner(oak.id, str(place.row))
    with keystore.engine().connect() as connection:
        (wrapped,) = connection.exec_driver_sql("select wrapped from keys where id = %s", (key.id,)).one()
    assert len(bytes(wrapped)) == keystore.NONCE + 32 + 16
    assert keystore.engine().url.database != db.engine.url.database
