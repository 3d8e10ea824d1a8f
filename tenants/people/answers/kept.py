"""A person's answers as the form shows them and as the tables keep them."""

from collections.abc import Mapping
from typing import Any

from maagal.localities import places
from tenants.people.models import Person, Profile
from tenants.people.roster.vocabulary import EXPERIENCES

LISTS = (
    "languages", "life_areas", "wanted_experience", "unwanted_experience", "skills", "other_skills", "interests", "dislikes",
    "cultures",
)  # fmt: skip
OF_THE_PERSON = ("birth_year", "employee_number")  # these stand beside the name, not in the profile
SINGLE = ("mode", "locality", "gender_preference", "age_preference", "screened_at", "training_valid_until")
KNOWN = frozenset(term.code for term in EXPERIENCES.terms)


def of(person: Person) -> dict[str, Any]:
    """Return what a person answered, by the names of the form's fields."""
    profile = person.profile or Profile(capacity=1)
    told: dict[str, Any] = {name: list(getattr(profile, name) or ()) for name in LISTS}
    told |= {name: getattr(profile, name) for name in SINGLE}
    told |= {name: told[name] or "" for name in ("mode", "gender_preference", "age_preference")}
    lived = profile.experience or []
    told |= {"experience": [one for one in lived if one in KNOWN], "other_experience": [one for one in lived if one not in KNOWN]}
    told |= {name: getattr(person, name) for name in OF_THE_PERSON}
    return told | {"capacity": profile.capacity, "version": str(person.version)}


def columns(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a profile for answers: a place gets its coordinates, both kinds of experience are one list."""
    told = {name: value for name, value in answers.items() if name not in (*OF_THE_PERSON, "other_experience")}
    if "experience" in told:
        told["experience"] = [*answers["experience"], *answers["other_experience"]]
    if "locality" not in told:
        return told
    name = told["locality"]
    return told | places.columns(places.find(name) if name else None, name)
