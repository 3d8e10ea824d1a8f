"""Who is met twice: in one sheet, or in a sheet and in the tenant."""

from tenants.people.roster import checking
from tenants.people.roster.duplicates import KnownPerson
from tests.people.roster.sheets import ADA, BO, EVE, HEBREW, PEOPLE, as_text, checked, codes


def sheet(*rows: tuple[str, ...]) -> bytes:
    return as_text([HEBREW, *rows]).encode()


def known_from(data: bytes) -> list[KnownPerson]:
    return [
        KnownPerson(
            number, one.first_name, one.last_name, one.phone.number if one.phone else None, one.email, birth_year=one.birth_year
        )
        for number, one in enumerate(checked(data).people)
    ]


def test_the_same_file_again_creates_nobody() -> None:
    again = checked(sheet(*PEOPLE), known=known_from(sheet(*PEOPLE)))
    assert (again.people, again.duplicates, again.faults) == ((), (), ())
    assert [(here.person.row, here.known_id) for here in again.already_here] == [(2, 0), (3, 1), (4, 2)]


def test_exchanged_names_with_the_same_phone_are_shown_and_not_let_in_by_themselves() -> None:
    swapped = (ADA[0], ADA[2], ADA[1], *ADA[3:])
    found = checked(sheet(ADA, BO, swapped))
    assert [person.row for person in found.people] == [2, 3]
    assert [(twin.row, twin.other_row, twin.person is not None) for twin in found.duplicates] == [(4, 2, True)]
    assert checked(sheet(swapped), known=known_from(sheet(ADA))).duplicates[0].known_id == 0


def test_one_shared_sign_is_enough_to_ask_and_a_shared_name_is_not() -> None:
    same_phone = ("מלווה", "דנה", "שקד", ADA[3], "dana@example.org", *ADA[5:])
    same_name = (*ADA[:3], "0501234567", "other@example.org", "1990", *ADA[6:])
    found = checked(sheet(ADA, same_phone, same_name))
    assert [(twin.row, list(map(str, twin.reasons))) for twin in found.duplicates] == [(3, ["the same phone number"])]
    assert [person.row for person in found.people] == [2, 4]


def test_a_full_name_with_the_same_year_of_birth_is_asked_about() -> None:
    moved = (*ADA[:3], "0501234567", "other@example.org", *ADA[5:])
    twin = checked(sheet(moved), known=known_from(sheet(ADA))).duplicates[0]
    assert (twin.known_id, list(map(str, twin.reasons))) == (0, ["the same name", "the same year of birth"])
    nameless = (*ADA[:2], "", *ADA[3:])
    elsewhere = (*nameless[:3], "0501234567", "other@example.org", *ADA[5:])
    assert checked(sheet(elsewhere), known=known_from(sheet(nameless))).duplicates == ()


def test_the_same_person_in_two_roles_is_one_person_with_a_further_role() -> None:
    found = checked(sheet(ADA, ("משתתף", *ADA[1:]), ADA))
    assert [person.row for person in found.people] == [2]
    assert [(each.person.row, each.person.role, each.other_row) for each in found.further] == [(3, "participant", 2)]
    assert [twin.row for twin in found.duplicates] == [4]


def test_who_came_in_by_the_same_file_is_here_whatever_became_of_them() -> None:
    here = checking.Here(came={2: "ada"})
    assert [each.known_id for each in checked(sheet(ADA, BO), here=here).already_here] == ["ada"]


def test_nobody_makes_themself_a_coordinator() -> None:
    eve = (*EVE[:1], "אחרת", "לגמרי", *EVE[3:])
    found = checked(sheet(eve, ADA), here=checking.Here(barred={"eve@example.org"}))
    assert codes(found) == [(2, "own_coordinator")]
    assert [person.row for person in found.people] == [3]


def test_a_fault_that_somebody_else_with_the_same_phone_has_is_told_of_both() -> None:
    one = (*ADA[:5], "198", *ADA[6:])
    other = (BO[0], BO[1], BO[2], ADA[3], BO[4], "198", *BO[6:])
    assert codes(checked(sheet(one, other))) == [(2, "year"), (3, "year")]
    exchanged = (one[0], one[2], one[1], *one[3:])
    assert codes(checked(sheet(one, exchanged))) == [(2, "year")]


def test_a_fault_repeated_in_a_duplicate_is_told_once_and_a_new_one_is_told() -> None:
    faulty = (*ADA[:3], "052-12", *ADA[4:])
    found = checked(sheet(faulty, faulty, (*faulty[:5], "198", *faulty[6:])))
    assert codes(found) == [(2, "phone"), (4, "year")]
    assert [(twin.row, twin.person) for twin in found.duplicates] == [(3, None), (4, None)]


def test_the_same_faulty_number_at_two_people_does_not_make_them_one() -> None:
    found = checked(sheet((*ADA[:3], "052-12", *ADA[4:]), (*EVE[:3], "052-12", *EVE[4:])))
    assert codes(found) == [(2, "phone"), (3, "phone")]
    assert found.duplicates == ()
