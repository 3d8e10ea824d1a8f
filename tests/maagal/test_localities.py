"""Places are found by the many ways their names are written."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maagal.localities import places

SPELLINGS = {
    "תל אביב": "תל אביב-יפו",
    "תל אביב - יפו": "תל אביב-יפו",
    "תל־אביב": "תל אביב-יפו",
    "ת״א": "תל אביב-יפו",
    "Tel Aviv": "תל אביב-יפו",
    "קרית אתא": "קריית אתא",
    "Kiryat Ata": "קריית אתא",
    "באר-שבע": "באר שבע",
    "Beer Sheva": "באר שבע",
    "דאלית אל כרמל": "דאלית אל-כרמל",
    "פתח תקוה": "פתח תקווה",
    "נצרת עילית": "נוף הגליל",
    "מודיעין": "מודיעין-מכבים-רעות",
    "  חיפה ": "חיפה",
    "haifa": "חיפה",
    "הרצליה": "הרצלייה",
    "ג׳ת": "ג'ת",
    "נצרת": "נצרת",
    "יבנה": "יבנה",
}


@pytest.mark.parametrize(("typed", "name"), SPELLINGS.items())
def test_a_place_is_found_however_it_is_spelled(typed: str, name: str) -> None:
    place = places.find(typed)
    assert place is not None
    assert place.name == name


def test_every_place_is_found_by_its_own_name_and_code() -> None:
    with (Path(places.__file__).parent / "localities.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    found = [places.find(row["name"]) for row in rows]
    assert [place.code for place in found if place] == [int(row["code"]) for row in rows]
    assert places.by_code(4000) == places.find("חיפה")


@pytest.mark.parametrize("typed", ["", "קריית שום מקום", "-", "()"])
def test_what_is_no_place_is_not_found(typed: str) -> None:
    assert places.find(typed) is None


def test_a_misspelled_place_has_a_nearest_name() -> None:
    assert places.nearest_name("חייפא") == "חיפה"
    assert places.nearest_name("xyzw") is None


def test_the_distance_is_that_of_the_map() -> None:
    haifa, beer_sheva = places.find("חיפה"), places.find("באר שבע")
    assert haifa
    assert beer_sheva
    assert places.distance_km(haifa, beer_sheva) == pytest.approx(174, abs=3)
    assert places.distance_km(haifa, haifa) == 0


@given(st.text(max_size=40))
def test_no_text_raises(typed: str) -> None:
    places.find(typed)
    places.nearest_name(typed)
