"""A good row as JSON, in the words of our tables."""

from dataclasses import asdict
from typing import Any

from maagal.localities import places
from tenants.people.roster.people import RosterPerson
from tenants.people.roster.staff import StaffPerson

FORMS = {"female": "f", "male": "m"}  # another gender is addressed neutrally, and asks for nobody in particular
Entry = dict[str, Any]


def of_person(person: RosterPerson) -> Entry:
    """Return {row, role, notes, person: columns of Person, profile: columns of Profile}; dates as ISO text."""
    return {
        "row": person.row,
        "role": person.role,
        "notes": person.notes,
        "person": _person(person),
        "profile": _profile(person),
    }


def of_staff(person: StaffPerson) -> Entry:
    """Return {row, record: columns of StaffRecord}."""
    told = asdict(person)
    row, email = told.pop("row"), told.pop("email")
    return {"row": row, "record": told | {"department": person.department or None, "work_email": email}}


def _person(person: RosterPerson) -> Entry:
    return {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "gender": FORMS.get(person.gender or ""),
        "birth_year": person.birth_year,
        "phone": person.phone.number if person.phone else None,
        "email": person.email,
        "employee_number": person.employee_number,
    }


def _profile(person: RosterPerson) -> Entry:
    told = {
        "languages": person.languages,
        "life_areas": person.life_areas,
        "skills": person.skills,
        "other_skills": person.other_skills,
        "experience": (*person.lived_experience, *person.other_experience),
        "free_hours": [list(slot) for slot in person.free_hours],
        "mode": person.mode,
        "gender_preference": FORMS.get(person.gender_preference or ""),
        "capacity": 1 if person.capacity is None else person.capacity,
        "training_valid_until": person.training_valid_until.isoformat() if person.training_valid_until else None,
    }
    return told | places.columns(person.locality)
