"""Which column is which: headings in Hebrew or English, in the many ways people write them."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from .text import clean, key

Kind = Literal["people", "staff"]
LABELS: dict[str, LazyString] = {
    "employee_number": _l("employee number"),
    "role": _l("role"),
    "first_name": _l("first name"),
    "last_name": _l("last name"),
    "full_name": _l("full name"),
    "gender": _l("gender"),
    "birth_year": _l("year of birth"),
    "locality": _l("place"),
    "phone": _l("phone"),
    "email": _l("e-mail"),
    "languages": _l("languages"),
    "areas": _l("areas"),
    "free_hours": _l("free hours"),
    "mode": _l("way of meeting"),
    "gender_preference": _l("gender preference"),
    "capacity": _l("number of pairs"),
    "training_valid_until": _l("training valid until"),
    "lived_experience": _l("lived experience"),
    "notes": _l("notes"),
    "department": _l("department"),
    "manager_number": _l("direct manager"),
    "faults": _l("what to correct"),
}
SPELLINGS = {
    "employee_number": (
        "מספר עובד, מס עובד, מספר עובדת, מס העובד, employee number, employee no, employee id, staff number, id"
    ),
    "role": "תפקיד, תפקיד בקהילה, סוג, סוג משתתף, role, type, role in community",
    "first_name": "שם פרטי, פרטי, first name, given name, firstname, forename",
    "last_name": "שם משפחה, משפחה, last name, surname, family name, lastname",
    "full_name": "שם מלא, שם, שם ושם משפחה, שם פרטי ומשפחה, full name, name",
    "gender": "מגדר, מין, gender, sex",
    "birth_year": (
        "שנת לידה, שנת הלידה, לידה, תאריך לידה, year of birth, birth year, born, date of birth, birth date, yob"
    ),
    "locality": (
        "יישוב, ישוב, עיר, מקום מגורים, עיר מגורים, יישוב מגורים, locality, city, town, place, area of residence"
    ),
    "phone": (
        "טלפון, טל, נייד, טלפון נייד, מספר טלפון, סלולרי, פלאפון, phone, mobile, telephone, phone number, cell, tel"
    ),
    "email": (
        "דואל, אימייל, מייל, דואר אלקטרוני, כתובת מייל, דואל בעבודה, מייל בעבודה, email, mail, "
        "email address, work email, work mail"
    ),
    "languages": "שפות, שפה, שפות דיבור, languages, language, spoken languages",
    "areas": "תחומים, תחום, תחומי מצוקה, תחומי סיוע, כישורים, תחומי ידע, areas, life areas, skills, fields, topics",
    "free_hours": (
        "שעות פנויות, שעות, זמינות, שעות זמינות, מועדים אפשריים, free hours, availability, "
        "available hours, hours, slots"
    ),
    "mode": "אופן מפגש, אופן המפגש, סוג מפגש, צורת מפגש, mode, meeting mode, way of meeting, format",
    "gender_preference": "העדפת מגדר, העדפה מגדרית, מגדר מועדף, gender preference, preferred gender, prefers",
    "capacity": (
        "מספר ליווים, מספר ליוויים, כמות ליווים, קיבולת, capacity, number of pairs, max participants, "
        "number of participants"
    ),
    "training_valid_until": (
        "הכשרה בתוקף עד, תוקף הכשרה, הכשרה עד, תוקף ההכשרה, training valid until, training until, "
        "training expires, training expiry"
    ),
    "lived_experience": "ניסיון חיים, נסיון חיים, ניסיון אישי, lived experience, life experience, experience",
    "notes": "הערות, הערה, הערות נוספות, notes, note, comments, remarks",
    "department": "מחלקה, אגף, צוות, יחידה, department, team, unit, division",
    "manager_number": (
        "מנהל ישיר, מנהל, מנהלת ישירה, מספר מנהל, מספר עובד של המנהל, מספר מנהל ישיר, ממונה, manager, "
        "direct manager, manager number, manager id, reports to, line manager"
    ),
    "faults": "מה לתקן, what to correct",
}
BY_HEADING = {key(spelling): field for field, spellings in SPELLINGS.items() for spelling in spellings.split(",")}
STAFF_FIELDS = ("employee_number", "first_name", "last_name", "full_name", "department", "manager_number", "email")
PEOPLE_FIELDS = tuple(field for field in LABELS if field not in ("department", "manager_number", "faults"))
FIELDS: dict[Kind, tuple[str, ...]] = {"people": PEOPLE_FIELDS, "staff": STAFF_FIELDS}
BRACKETED = re.compile(r"\([^)]*\)|\[[^\]]*\]")
FEMININE_ENDING = re.compile(r"(?<=\w)[/.](?:ית|ת|ה|ות|ים|י)(?!\w)")
LONGEST = 80


def field_of(heading: str) -> str | None:
    """Recognise one heading whatever its quotes, brackets and gender endings; None for one we do not know."""
    line = clean(heading)
    if not line or len(line) > LONGEST:
        return None
    bare = FEMININE_ENDING.sub("", BRACKETED.sub("", line))
    return BY_HEADING.get(key(line)) or BY_HEADING.get(key(bare))


def recognise(headings: Sequence[str]) -> dict[int, str]:
    """Map column positions (from 0) to fields; the first column of a field keeps it, unknown columns are left out."""
    found: dict[int, str] = {}
    for position, heading in enumerate(headings):
        field = field_of(heading)
        if field and field not in found.values():
            found[position] = field
    return found


def guess_kind(fields: Collection[str]) -> Kind:
    """Tell an employer's staff file (reporting lines or departments, no roles) from a coordinator's people."""
    has_staff_columns = "manager_number" in fields or ("department" in fields and "employee_number" in fields)
    return "staff" if has_staff_columns and "role" not in fields else "people"


def missing(mapping: Mapping[int, str], kind: Kind) -> list[str]:
    """Name the fields without which no row can become a person; an e-mail column does where there is no phone."""
    fields = set(mapping.values())
    wanted = ["employee_number"] if kind == "staff" else ["role"]
    absent = [field for field in wanted if field not in fields]
    if not fields & {"first_name", "full_name"}:
        absent.append("first_name")
    if kind == "people" and not fields & {"phone", "email"}:
        absent.append("phone")
    return absent
