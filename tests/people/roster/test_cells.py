"""What people type into single cells, understood or refused with a reason they can act on."""

import pytest

from tenants.people.roster import phones, words
from tenants.people.roster.columns import field_of, guess_kind, missing, recognise
from tests.people.roster.sheets import codes, one

PHONES = {
    "052-6753254": "+972526753254",
    "0526753254": "+972526753254",
    "526753254": "+972526753254",
    "526753254.0": "+972526753254",
    "+972 57 991 1053": "+972579911053",
    "972-52-675-3254": "+972526753254",
    "+972 (0)52 675 3254": "+972526753254",
    "03-6123456": "+97236123456",
    "36123456": "+97236123456",
    "077-1234567": "+972771234567",
    "\u200e052\u2011675\u20113254\u200f": "+972526753254",
    "'+972526753254": "+972526753254",
    "+1 212 555 0100": "+12125550100",
    "٠٥٢-٦٧٥٣٢٥٤": "+972526753254",
    "05٢6753254": "+972526753254",
}


@pytest.mark.parametrize(("typed", "number"), PHONES.items())
def test_a_phone_in_any_form_is_one_number(typed: str, number: str) -> None:
    phone = one(phone=typed).people[0].phone
    assert phone is not None
    assert phone.number == number


def test_a_phone_is_shown_as_people_here_write_it() -> None:
    shown = [
        person.phone.shown for typed in ("526753254", "36123456") for person in one(phone=typed).people if person.phone
    ]
    assert shown == ["052-675-3254", "03-612-3456"]


@pytest.mark.parametrize(
    "typed", ["052-12", "05267532541", "056-abc", "אין", "+972 52", "0526753254 / 0501234567", "9" * 60]
)
def test_a_phone_that_cannot_be_dialled_is_refused(typed: str) -> None:
    assert codes(one(phone=typed)) == [(2, "phone")]


@pytest.mark.parametrize("typed", ["100", "1234", "123", "*6050", "1-800-123456", "١٠٠"])
def test_nobody_is_reached_at_a_service_number_but_an_organisation_may_be(typed: str) -> None:
    fault = one(phone=typed).faults[0]
    assert fault.code == "phone"
    assert "service number" in str(fault.sentence)
    anybody = phones.read_any(typed)
    assert anybody is not None
    assert anybody.number.isascii()


def test_the_sentence_counts_the_digits() -> None:
    fault = one(phone="0521234567"[:8]).faults[0]
    assert str(fault.sentence) == "The phone number has 8 digits; an Israeli mobile number has 10."
    assert (fault.row, fault.column, fault.field, fault.value) == (2, "phone", "phone", "05212345")


@pytest.mark.parametrize(
    "typed", ["Ada@Example.org", " ada@example.org ", "mailto:ada@example.org", "<ada@example.org>"]
)
def test_a_mail_address_is_kept_in_one_form(typed: str) -> None:
    assert one(email=typed).people[0].email == "ada@example.org"


@pytest.mark.parametrize(
    "typed", ["אין", "ada", "ada@", "@example.org", "a b@example.org", "a@b", "a@x.org, b@x.org", "a@x..org"]
)
def test_what_is_no_mail_address_is_refused(typed: str) -> None:
    assert codes(one(email=typed)) == [(2, "email")]


@pytest.mark.parametrize(
    ("typed", "year"), [("1980", 1980), ("1980.0", 1980), ("12/3/1980", 1980), ("1980-03-12", 1980), ("", None)]
)
def test_a_year_of_birth_is_read(typed: str, year: int | None) -> None:
    assert one(birth_year=typed).people[0].birth_year == year


@pytest.mark.parametrize("typed", ["198", "80", "1899", "2027", 'תש"ם', "19800"])
def test_a_year_nobody_was_born_in_is_refused(typed: str) -> None:
    assert codes(one(birth_year=typed)) == [(2, "year")]


@pytest.mark.parametrize("typed", ["1.9.2027", "01/09/2027", "1-9-27", "2027-09-01", "2027-09-01 00:00:00", "46631"])
def test_a_date_in_any_form_is_one_day(typed: str) -> None:
    assert str(one(training_valid_until=typed).people[0].training_valid_until) == "2027-09-01"


@pytest.mark.parametrize("typed", ["31/02/2027", "06/30/2027", "בקרוב", "2027", "1.9.1027"])
def test_a_day_that_does_not_exist_is_refused(typed: str) -> None:
    assert codes(one(training_valid_until=typed)) == [(2, "date")]


MONDAY_AND_TUESDAY = ((1, 540, 660), (2, 1080, 1260))
HOURS = {
    "ב 9:00-11:00; ג 18:00-21:00": MONDAY_AND_TUESDAY,
    "יום ב' 09:00–11:00, יום ג׳ 18:00–21:00": MONDAY_AND_TUESDAY,
    "בשני 9-11\nבשלישי 18-21": MONDAY_AND_TUESDAY,
    "Mon 9:00-11:00; Tuesday 18:00 to 21:00": MONDAY_AND_TUESDAY,
    "ג 18.00-21.00 ב 9.00-11.00": MONDAY_AND_TUESDAY,
    "ב, ג 16:00-18:00": ((1, 960, 1080), (2, 960, 1080)),
    "ב ו-ג בין 16:00 ל-18:00".replace(" ל-", " עד "): ((1, 960, 1080), (2, 960, 1080)),
    "א-ג 16-18": ((0, 960, 1080), (1, 960, 1080), (2, 960, 1080)),
    "ו 9:00-11:00; ש 20:00-24:00": ((5, 540, 660), (6, 1200, 1440)),
    "ב 9-11, 16-18": ((1, 540, 660), (1, 960, 1080)),
    "": (),
}


@pytest.mark.parametrize(("typed", "slots"), HOURS.items())
def test_free_hours_are_read_as_weekdays_and_minutes(typed: str, slots: tuple[tuple[int, int, int], ...]) -> None:
    assert one(free_hours=typed).people[0].free_hours == slots


@pytest.mark.parametrize(
    "typed",
    ["ימי שלישי בערב", "ב 11:00-9:00", "ב 9:00-25:00", "ב 9:70-11:00", "9:00-11:00", "ב", "ח 9-11", "ב 9:00", "ב 9-9"],
)
def test_hours_that_leave_a_doubt_are_refused(typed: str) -> None:
    assert codes(one(free_hours=typed)) == [(2, "slots")]


@pytest.mark.parametrize("typed", ["הרבה", "-1", "1.5", "51", "1-2"])
def test_a_capacity_that_is_no_number_is_refused(typed: str) -> None:
    assert codes(one(capacity=typed)) == [(2, "capacity")]


def test_an_unknown_language_is_refused_with_the_nearest_known() -> None:
    assert "עברית" in str(one(languages="עיברית").faults[0].sentence)
    assert words.languages("עברית וערבית") == words.languages("Arabic / hebrew")[::-1] == ("he", "ar")


def test_what_was_typed_is_set_apart_from_the_sentence_about_it() -> None:
    said = str(one(languages="עיברית").faults[0].sentence)
    assert said == "“\u2068עיברית\u2069” is not known here. Was “\u2068עברית\u2069” meant?"
    assert "“\u2068noon\u2069” cannot be read as days and hours" in str(one(free_hours="noon").faults[0].sentence)


def test_an_unlisted_skill_is_kept_as_typed_but_an_unlisted_life_area_is_refused() -> None:
    mentor = one(areas="צילום, גישור").people[0]
    assert (mentor.skills, mentor.other_skills) == (("mediation",), ("צילום",))
    assert codes(one(role="participant", areas="צילום, דיור")) == [(2, "areas")]
    assert one(role="participant", areas="כלכלה וחובות; רגשי").people[0].life_areas == ("financial", "mental")


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("role", 'מנכ"ל', "role"),
        ("role", "", "role"),
        ("first_name", "", "name"),
        ("phone", "", "contact"),
        ("gender", "?!", "gender"),
        ("locality", "קריית שום מקום", "locality"),
    ],
)
def test_what_a_person_cannot_be_without_is_asked_for(field: str, typed: str, code: str) -> None:
    cells = {"role": "mentor", "first name": "Ada", "phone": "0526753254"}
    assert codes(one(**{**cells, field.replace("_", " "): typed})) == [(2, code)]


@pytest.mark.parametrize(
    ("heading", "field"),
    [("מנהל/ת ישיר/ה", "manager_number"), ("דוא״ל", "email"), ("טלפון (חובה)", "phone"),
     ("מס' עובד/ת", "employee_number"),
     ("*שם פרטי:", "first_name"), ("PHONE_NUMBER", "phone"), ("ישוב", "locality"), ("צבע אהוב", None), ("", None)],
)  # fmt: skip
def test_headings_are_recognised_in_the_ways_people_write_them(heading: str, field: str | None) -> None:
    assert field_of(heading) == field


def test_the_first_of_two_like_columns_counts_and_what_is_missing_is_named() -> None:
    assert recognise(["טלפון", "נייד", "תפקיד", "?"]) == {0: "phone", 2: "role"}
    assert missing({0: "phone"}, "people") == ["role", "first_name"]
    assert missing({0: "first_name"}, "staff") == ["employee_number"]
    assert guess_kind(["employee_number", "role", "manager_number"]) == "people"


def test_a_full_name_is_divided() -> None:
    person = one(**{"first name": "", "last name": "", "full name": "בת-שבע בן דוד"}).people[0]
    assert (person.first_name, person.last_name) == ("בת-שבע", "בן דוד")
