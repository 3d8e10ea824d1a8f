"""Codes of pairs and of matching, in plain words."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from maagal.localities.places import find
from maagal.text import isolate_ltr
from tenants.pairing.matching.people import Participant
from tenants.people.roster.vocabulary import EXPERIENCES, LANGUAGES, LIFE_AREAS

STATES = {
    "suggested": _l("Suggested"),
    "offered": _l("Proposed match"),
    "introduced": _l("Introduction"),
    "trial": _l("Getting-to-know period"),
    "active": _l("Active"),
    "paused": _l("Paused"),
    "closing": _l("Closing"),
    "closed": _l("Closed"),
    "declined": _l("Not a fit"),
}
SENTENCES = {
    "suggested": _l("Suggested; nobody has been asked."),
    "offered": _l("Asked, and not agreed yet."),
    "introduced": _l("Both said yes; the first meeting is to come."),
    "trial": _l("They are getting to know each other."),
    "active": _l("They meet every week."),
    "paused": _l("It rests for a while."),
    "closing": _l("It is coming to its end."),
    "closed": _l("It has ended."),
    "declined": _l("It did not come about."),
}
CHANGES = {
    "lock": _l("Kept"),
    "unlock": _l("Released"),
    "forbid": _l("Ruled out"),
    "allow": _l("Allowed again"),
}
TONES = {"offered": "wait", "introduced": "new", "trial": "new", "active": "good", "paused": "wait", "closing": "wait"}
ICONS = {
    "offered": "mail-question-mark", "introduced": "handshake", "trial": "footprints", "active": "heart-handshake",
    "paused": "circle-pause", "closing": "flag", "closed": "circle-check-big", "declined": "undo-2",
}  # fmt: skip
CRITERIA = {
    "skills": _l("Skills for what is needed"),
    "experience": _l("Own experience"),
    "distance": _l("Distance"),
    "hours": _l("Choice of hours"),
    "age": _l("Age"),
    "interests": _l("Shared interests"),
    "dislikes": _l("Shared dislikes"),
    "culture": _l("Culture"),
    "load": _l("Room for another person"),
    "waiting": _l("Time waited"),
}
CONSTRAINTS = {
    "language": _l("No common language"),
    "gender": _l("Not the gender that was asked for"),
    "capacity": _l("No free seat"),
    "training": _l("Training is not valid"),
    "screening": _l("Not screened yet"),
    "hours": _l("No common weekly hour"),
    "reach": _l("Too far apart, and not both would meet remotely"),
    "reporting_line": _l("In the same reporting line or team at work"),
    "line_unknown": _l("Employee number missing: their line at work is not known"),
    "relation": _l("They know each other from before"),
    "complaint": _l("An open complaint"),
    "ended_badly": _l("Their earlier pair did not end well"),
    "avoided": _l("One of them asked not to be matched"),
    "never": _l("A coordinator ruled it out"),
    "forbidden": _l("Ruled out in this round"),
    "seats": _l("All fitting mentors’ seats went to others"),
    "no_mentors": _l("There is no mentor here yet"),
    "unknown": _l("Not part of this round any more"),
    "locked_twice": _l("Kept for somebody else already"),
    "one_lead": _l("Has a mentor or a proposal by now"),
    "left_out": _l("Left for later"),
}
NEXT = {
    "taken_by_better_total": _l("%(mentor)s fits better, but then fewer people, or all together, would be served less well."),
    "equal_fit": _l("%(mentor)s fits just as well."),
    "lower_fit": _l("The next, %(mentor)s, fits less well."),
    "locked": _l("%(mentor)s is kept for somebody else."),
    "none_possible": _l("No other mentor is possible."),
}
DECLINES = {
    "no_time": _l("No time just now"),
    "not_a_fit": _l("Does not feel like a fit"),
    "acquainted": _l("We may know each other"),
    "other": _l("Another reason"),
}
NEVERS = {
    "never": _l("These two must not meet"),
    "relation": _l("They know each other"),
}
PAUSES = {
    "illness": _l("Illness"),
    "reserve_duty": _l("Reserve duty"),
    "holidays": _l("Holidays"),
    "travel": _l("Travel"),
    "other": _l("Another reason"),
}
CLOSES = {
    "goals_met": _l("Goals were met"),
    "needs_changed": _l("Needs changed"),
    "moved": _l("Moved away"),
    "time": _l("Lack of time"),
    "health": _l("Health"),
    "mismatch": _l("They did not suit each other"),
    "no_contact": _l("Contact was lost"),
    "safety": _l("Safety"),
    "employer_change": _l("Change of employer"),
    "conflict_of_interest": _l("Conflict of interest"),
    "death": _l("Death"),
    "other": _l("Other"),
}
INITIATORS = {
    "participant": _l("The participant"),
    "mentor": _l("The mentor"),
    "coordinator": _l("The coordinator"),
    "system": _l("Automatically"),
}
WAYS_TOLD = {
    "phone": _l("By phone"),
    "in_person": _l("In person"),
    "message": _l("By a message"),
    "other": _l("In another way"),
}
ANSWERS = {
    ("mentor", True): _l("The mentor said yes"),
    ("mentor", False): _l("The mentor said no"),
    ("participant", True): _l("The participant said yes"),
    ("participant", False): _l("The participant said no"),
}
REASONS = CLOSES | PAUSES | DECLINES | {"expired": _l("Nobody answered in time")}
TELLS_WHO = _l("The text tells who it is: a name, a phone number or an address stands in it.")
DISTRICTS = {
    "ירושלים": _l("the Jerusalem area"),
    "הצפון": _l("the north"),
    "חיפה": _l("the Haifa area"),
    "המרכז": _l("the centre"),
    "תל אביב": _l("the Tel Aviv area"),
    "הדרום": _l("the south"),
    "אזור יהודה ושומרון": _l("Judea and Samaria"),
}
_WISHED = {"skills": LIFE_AREAS, "experience": EXPERIENCES}


def neutral_summary(person: Participant, year: int) -> str:
    """Draft what a mentor may read before both agreed: age by decade, region, languages, life areas; nothing that names."""
    lines = [_("Age: %(age)s", age=_decade(year - person.birth_year))] if person.birth_year else []
    if region := region_of(person.area):
        lines.append(_("Lives in %(region)s", region=region))
    if person.languages:
        lines.append(_("Languages: %(languages)s", languages=named(LANGUAGES, person.languages)))
    if person.needs:
        lines.append(_("Would like help with: %(areas)s", areas=named(LIFE_AREAS, person.needs)))
    return "\n".join(lines) or _("Somebody who would like a mentor.")


def region_of(place: str | None) -> Any:
    """Name the district of a place; nothing for a place we do not know."""
    found = find(place) if place else None
    return DISTRICTS.get(found.district, found.district) if found else ""


def barred_by(code: str) -> Any:
    """Name why two people must not be paired, as a receipt names it."""
    return CONSTRAINTS["avoided" if code == "avoid" else code]


def named(words: Any, codes: Iterable[str]) -> str:
    """Name codes of a word list in one line."""
    return ", ".join(str(words.label(code)) for code in sorted(codes))


def wished(criterion: str, codes: Iterable[str]) -> str:
    """Name what was wished for under a criterion; words outside the lists stand for themselves."""
    words = _WISHED.get(criterion)
    return named(words, codes) if words else ", ".join(sorted(codes))


def most_first(excluded: Mapping[str, int]) -> list[tuple[Any, int]]:
    """Put counts of excluded mentors by constraint into words, the greatest first."""
    return [(CONSTRAINTS[code], number) for code, number in sorted(excluded.items(), key=lambda each: (-each[1], each[0]))]


def _decade(age: int) -> str:
    first = age // 10 * 10
    return isolate_ltr(f"{first}–{first + 9}")
