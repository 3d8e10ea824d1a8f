"""What a person's page shows of their answers, in words."""

from typing import Any

from flask import current_app, url_for
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from tenants.people.models import Person, Profile
from tenants.people.own.week import clock_of
from tenants.people.queries import Held
from tenants.people.roster import vocabulary

LISTS: tuple[tuple[str, Any, Any], ...] = (
    ("languages", _l("Languages"), vocabulary.LANGUAGES),
    ("life_areas", _l("Life areas"), vocabulary.LIFE_AREAS),
    ("skills", _l("Skills"), vocabulary.SKILLS),
    ("experience", _l("Lived experience"), vocabulary.EXPERIENCES),
    ("wanted_experience", _l("Wanted experience"), vocabulary.EXPERIENCES),
    ("unwanted_experience", _l("Unwanted experience"), vocabulary.EXPERIENCES),
    ("interests", _l("Interests"), None),
)


def answers(profile: Profile | None) -> list[tuple[Any, list[Any]]]:
    """Return (question, answers in words) for what a person answered."""
    if profile is None:
        return []
    given = ((label, words, getattr(profile, name)) for name, label, words in LISTS)
    return [(label, [words.label(code) if words else code for code in codes]) for label, words, codes in given if codes]


def hours(profile: Profile | None) -> list[tuple[str, str, str]]:
    """Return (day, from, until) of a person's free hours."""
    days = weekdays()
    return [(days[day], clock_of(start), clock_of(end)) for day, start, end in (profile.free_hours if profile else [])]


def weekdays(width: str = "wide") -> list[str]:
    """Return the names of the days, Sunday first; `width` is `wide` or `abbreviated`."""
    names = get_locale().days["format"][width]
    return [names[(day - 1) % 7] for day in range(7)]


def day_names() -> dict[str, Any]:
    """Return `weekdays` and `short_days` for the form."""
    return {"weekdays": weekdays(), "short_days": weekdays("abbreviated")}


def who_fits(viewer: Any, person: Person, held: list[Held]) -> str:
    """Return the address of "who fits?" for a participant of the viewer's communities; empty where there is no matching."""
    mine = viewer.communities("coordinator")
    takes_part = any(each.role == "participant" and each.until is None and each.community_id in mine for each in held)
    if not takes_part or "matching.who_fits" not in current_app.view_functions:
        return ""
    return url_for("matching.who_fits", person_id=person.id)
