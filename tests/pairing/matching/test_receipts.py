"""A receipt says why, in codes and numbers that a coordinator could check by hand."""

from dataclasses import replace
from datetime import date

from tenants.pairing.matching.hours import WeeklyHours
from tenants.pairing.matching.people import Mentor, Participant
from tenants.pairing.matching.receipts import NextBest, missing
from tenants.pairing.matching.round import solve_round
from tenants.pairing.matching.settings import Settings
from tenants.pairing.matching.terms import Terms
from tenants.pairing.matching.who import who_fits

TERMS = Terms(on=date(2026, 11, 22))
SKILLS = Settings(weights={"skills": 10})
SUNDAY = WeeklyHours.of([(0, 540, 660)])
HEBREW = frozenset({"he"})
ADA = Participant(
    id="ada", languages=HEBREW, hours=SUNDAY, mode="either", needs=frozenset({"legal", "health"}), waiting_days=5
)
BO = replace(ADA, id="bo", needs=frozenset({"legal"}), waiting_days=9)
MIA = Mentor(
    id="mia", languages=HEBREW, hours=SUNDAY, mode="either", skills=frozenset({"legal"}), gender="f",
    training_valid_until=date(2027, 1, 1), screening_ok=True,
)  # fmt: skip
NOA = replace(MIA, id="noa", skills=frozenset({"housing"}))


def test_a_better_mentor_went_where_the_whole_gains_more() -> None:
    ada, bo = solve_round([ADA, BO], [MIA, NOA], SKILLS, TERMS).assignments
    assert (ada.mentor_id, ada.fit, bo.mentor_id, bo.fit) == ("noa", 0, "mia", 10_000)
    assert ada.next_best == NextBest("taken_by_better_total", "mia", 5_000, ("bo",))
    assert bo.next_best == NextBest("lower_fit", "noa", 0, ("ada",))
    assert (ada.unmet, bo.unmet, ada.answered_percent) == (("skills",), (), 100)


def test_a_lock_is_named_as_the_reason() -> None:
    locked = replace(TERMS, locks=frozenset({("ada", "mia")}))
    ada, bo = solve_round([ADA, BO], [MIA, NOA], SKILLS, locked).assignments
    assert (ada.mentor_id, bo.mentor_id) == ("mia", "noa")
    assert bo.next_best == NextBest("locked", "mia", 10_000, ("ada",))


def test_whoever_is_left_learns_whether_seats_or_a_rule_stood_in_the_way() -> None:
    eve = replace(ADA, id="eve", gender_preference="m", languages=frozenset({"am"}))
    left = solve_round([ADA, BO, eve], [MIA], SKILLS, TERMS).unmatched
    assert [(u.participant_id, u.reason, u.possible) for u in left] == [("ada", "seats", 1), ("eve", "language", 0)]
    assert left[1].excluded == {"language": 1, "gender": 1}


def test_among_equals_the_longest_waiting_is_served() -> None:
    twin = replace(ADA, id="twin", waiting_days=200)
    (served,) = solve_round([ADA, twin], [MIA], SKILLS, TERMS).assignments
    assert served.participant_id == "twin"


def test_who_fits_ranks_by_fit_then_id_and_says_what_is_missing() -> None:
    zoe = replace(NOA, id="zoe", screening_ok=False)
    best, others = who_fits(ADA, [NOA, zoe, MIA, replace(NOA, id="kim")], SKILLS, TERMS, top=2)
    assert [receipt.mentor_id for receipt in best] == ["mia", "kim"]
    assert missing(ADA, MIA) == {"skills": ("health",)}
    assert (others.possible, others.excluded) == (3, {"screening": 1})


def test_nobody_and_no_mentors_make_an_empty_round() -> None:
    assert solve_round([], [], SKILLS, TERMS).served == 0
    assert solve_round([ADA], [], SKILLS, TERMS).unmatched[0].reason == "no_mentors"
    assert solve_round([], [MIA], SKILLS, TERMS).assignments == ()


def test_common_starts_need_the_whole_slot() -> None:
    other = WeeklyHours.of([(0, 600, 720), (3, 600, 720)])
    assert SUNDAY.common_starts(other, 60) == [(0, 600)]
    assert SUNDAY.common_starts(other, 90) == []
