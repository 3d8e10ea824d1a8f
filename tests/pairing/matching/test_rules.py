"""Each hard constraint on its own makes a good pair impossible; each value is what its rule says."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tenants.pairing.matching.hours import WeeklyHours
from tenants.pairing.matching.round import solve_round
from tenants.pairing.matching.settings import Settings
from tenants.pairing.matching.terms import BAR_CODES
from tenants.pairing.matching.who import who_fits
from tests.pairing.matching.test_receipts import ADA, MIA, SKILLS, TERMS

BREAKS: dict[str, dict[str, Any]] = {
    "language": {"languages": frozenset({"ru"})},
    "gender": {"gender": None},
    "capacity": {"capacity": 2, "load": 2},
    "training": {"training_valid_until": date(2026, 11, 21)},
    "screening": {"screening_ok": False},
    "hours": {"hours": WeeklyHours.of([(0, 630, 720)])},
    "reach": {"mode": "in_person"},
    "reporting_line": {"managers": ("x", "ada-staff")},
}


@pytest.mark.parametrize("code", BREAKS)
def test_one_broken_rule_is_enough(code: str) -> None:
    ada = replace(ADA, gender_preference="f", staff_id="ada-staff")
    assert who_fits(ada, [MIA], SKILLS, TERMS).others.excluded == {}
    assert who_fits(ada, [replace(MIA, **BREAKS[code])], SKILLS, TERMS).others.excluded == {code: 1}


@pytest.mark.parametrize("code", BAR_CODES)
def test_a_bar_rules_out_that_pair_alone(code: Any) -> None:
    terms = replace(TERMS, bars=frozenset({("ada", "mia", code)}))
    best, others = who_fits(ADA, [MIA, replace(MIA, id="zoe")], SKILLS, terms)
    assert ([receipt.mentor_id for receipt in best], others.excluded) == (["zoe"], {code: 1})


@pytest.mark.parametrize(
    ("wanted", "unwanted", "told", "fit"),
    [
        ("debt", "", "debt", 1000),
        ("debt", "divorce", "debt divorce", 0),
        ("", "divorce", "debt", 1000),
        ("", "divorce", "", 0),
    ],
)
def test_lived_experience_counts_when_wanted_and_never_beside_an_unwanted_one(
    wanted: str, unwanted: str, told: str, fit: int
) -> None:
    ada = replace(ADA, wanted_experience=frozenset(wanted.split()), unwanted_experience=frozenset(unwanted.split()))
    mia = replace(MIA, experience=frozenset(told.split()))
    assert who_fits(ada, [mia], Settings(weights={"experience": 1}), TERMS).best[0].fit == fit


def test_codes_beyond_one_machine_word_count_like_any_other() -> None:
    many = [f"code-{number}" for number in range(150)]
    ada = replace(ADA, interests=frozenset(many))
    settings = Settings(weights={"interests": 1})
    others = [replace(MIA, id=f"m{start}", interests=frozenset(many[start:])) for start in (0, 15, 75, 135)]
    best = who_fits(ada, others, settings, TERMS, top=4).best
    assert [(receipt.mentor_id, receipt.fit) for receipt in best] == [
        ("m0", 1000),
        ("m15", 900),
        ("m75", 500),
        ("m135", 100),
    ]


def test_a_slot_never_runs_from_one_persons_week_into_the_next() -> None:
    late, early = WeeklyHours.of([(6, 1410, 1440)]), WeeklyHours.of([(0, 0, 30)])
    people = [replace(ADA, hours=late), replace(ADA, id="bo", hours=early)]
    result = solve_round(people, [replace(MIA, hours=late), replace(MIA, id="noa", hours=early)], SKILLS, TERMS)
    assert [(left.reason, left.excluded) for left in result.unmatched] == [("hours", {"hours": 2})] * 2


def test_a_setting_of_an_earlier_day_is_read_over_and_one_that_never_was_is_refused() -> None:
    plain = Settings().to_dict()
    assert Settings.from_dict(plain | {"reporting_levels": 3}) == Settings()
    with pytest.raises(TypeError, match="max_miles"):
        Settings.from_dict(plain | {"max_miles": 15})
