"""What a person's page shows of their answers, in words."""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from flask import current_app, url_for
from flask_babel import format_date, get_locale
from flask_babel import lazy_gettext as _l

from maagal import clock, tenancy
from tenants.people import alike, policy, queries
from tenants.people import notes as kept_notes
from tenants.people.labels import MENTOR_AGES, MENTOR_GENDERS
from tenants.people.models import Person, Profile
from tenants.people.own.week import clock_of
from tenants.people.queries import Held
from tenants.people.roster import vocabulary

LISTS: tuple[tuple[str, Any, Any], ...] = (
    ("languages", _l("Languages"), vocabulary.LANGUAGES),
    ("life_areas", _l("Life areas"), vocabulary.LIFE_AREAS),
    ("skills", _l("Skills"), vocabulary.SKILLS),
    ("other_skills", _l("Other skills"), None),
    ("experience", _l("Lived experience"), vocabulary.EXPERIENCES),
    ("wanted_experience", _l("Wanted experience"), vocabulary.EXPERIENCES),
    ("unwanted_experience", _l("Unwanted experience"), vocabulary.EXPERIENCES),
    ("interests", _l("Interests"), None),
    ("dislikes", _l("Dislikes"), None),
    ("cultures", _l("Culture and background"), None),
)


class Twin(NamedTuple):
    """A probable duplicate on a page; `url` is empty where the reader may not see that person."""

    name: str
    reasons: tuple[Any, ...]
    url: str


def answers(person: Person, roles: Collection[str]) -> list[tuple[Any, list[Any]]]:
    """Return (question, answers in words) for what a person answered, and for a mentor what was decided about them."""
    profile = person.profile
    if profile is None:
        return []
    given = ((label, words, getattr(profile, name)) for name, label, words in LISTS)
    told = [(label, [words.label(code) if words else code for code in codes]) for label, words, codes in given if codes]
    decided = _decided(profile) if "mentor" in roles else ()
    return [*told, *((label, [value]) for label, value in (*_single(person, profile), *decided) if value is not None)]


def _single(person: Person, profile: Profile) -> Iterator[tuple[Any, Any]]:
    yield _l("Way of meeting"), vocabulary.MODES.label(profile.mode) if profile.mode else None
    yield _l("Town or area"), profile.locality
    yield _l("Who the mentor should be"), MENTOR_GENDERS[profile.gender_preference] if profile.gender_preference else None
    yield _l("The mentor’s age"), MENTOR_AGES[profile.age_preference] if profile.age_preference else None
    yield _l("Year of birth"), person.birth_year


def _decided(profile: Profile) -> Iterator[tuple[Any, Any]]:
    yield _l("How many people at once"), profile.capacity
    yield _l("Screened on"), format_date(profile.screened_at, "long") if profile.screened_at else _l("not yet")
    until = profile.training_valid_until
    yield _l("Training valid until"), format_date(until, "long") if until else _l("not said")


def twins(viewer: Any, person: Person) -> list[Twin]:
    """Return who may be the same person."""
    found = alike.probable_duplicates(person)
    linked = queries.findable(viewer, (one.person_id for one in found)) if found else set()
    pages = {each: url_for("people.show", person_id=each) for each in linked}
    return [Twin(one.name, one.reasons, pages.get(one.person_id, "")) for one in found]


def notes(viewer: Any, person: Person) -> str | None:
    """Open what coordinators noted about a person, which is written down; None where it is not the reader's to see."""
    return kept_notes.read(person, viewer.person_id) if policy.read_notes(viewer, person) else None


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


def current(held: list[Held]) -> list[Held]:
    """Return the roles of today, of those that somebody holds or held."""
    today = clock.today(tenancy.current().zone)
    return [each for each in held if each.is_held_on(today)]


def who_fits(viewer: Any, person: Person, held: list[Held]) -> str:
    """Return the address of "who fits?" for a participant of the viewer's communities; empty where there is no matching.

    `held` are the roles of today.
    """
    mine = viewer.communities("coordinator")
    takes_part = any(each.role == "participant" and each.community_id in mine for each in held)
    if not takes_part or "matching.who_fits" not in current_app.view_functions:
        return ""
    return url_for("matching.who_fits", person_id=person.id)
