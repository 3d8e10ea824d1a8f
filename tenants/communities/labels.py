"""The words for roles, kinds and genders of a community's people."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice

from maagal.text import isolate
from tenants.people.roster.vocabulary import LANGUAGES, LIFE_AREAS

ROLES = {
    "coordinator": _l("Community coordinators"),
    "advisor": _l("Professional advisors"),
    "mentor": _l("Mentors"),
    "participant": _l("Participants"),
}
ROLE_OF_ONE = {
    "coordinator": _l("community coordinator"),
    "advisor": _l("professional advisor"),
    "mentor": _l("mentor"),
    "participant": _l("participant"),
}
KINDS = {"paired": _l("Mentors and participants in pairs"), "mutual": _l("A self-help group without mentors")}
GENDERS = {"f": _l("a woman as mentor"), "m": _l("a man as mentor")}


def choices(labels: Mapping[str, Any]) -> list[SelectChoice]:
    """Offer a map of labels in a form."""
    return [SelectChoice(code, label) for code, label in labels.items()]


def areas(codes: Iterable[str]) -> str:
    """Name life areas in one line."""
    return ", ".join(str(LIFE_AREAS.label(code)) for code in codes)


def languages(codes: Iterable[str]) -> str:
    """Name languages in one line."""
    return ", ".join(str(LANGUAGES.label(code)) for code in codes)


def genders(codes: Iterable[str]) -> str:
    """Name what participants asked for in one line."""
    return ", ".join(str(GENDERS.get(code, code)) for code in codes)


def in_one_line(names: Iterable[str]) -> str:
    """Say why somebody may not join: a participant must not meet whoever stands above or below them at work."""
    who = ", ".join(map(isolate, names))
    return str(_("In one reporting line at work with somebody of this community: %(names)s. Please choose another.", names=who))
