"""The answers that matching reads: which of them a person is asked depends on the roles they hold."""

from collections.abc import Collection, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, IntegerField, RadioField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from maagal import clock, tenancy
from maagal.localities import places
from tenants.people.fields import QUIET, Ticks, Words, answered, choices, terms
from tenants.people.labels import MENTOR_AGES, MENTOR_GENDERS
from tenants.people.roster.dates import EARLIEST
from tenants.people.roster.faults import BadCellError
from tenants.people.roster.people import read_locality
from tenants.people.roster.vocabulary import EXPERIENCES, LANGUAGES, LIFE_AREAS, MODES, SKILLS
from tenants.people.roster.words import HIGHEST_CAPACITY

PARTICIPANT = frozenset({"life_areas", "wanted_experience", "unwanted_experience", "gender_preference", "age_preference"})
ADVISOR = frozenset({"skills", "other_skills"})
MENTOR = ADVISOR | {"experience", "other_experience", "capacity", "training_valid_until", "screened_at"}
ASKED_OF: Mapping[str, frozenset[str]] = {"participant": PARTICIPANT, "mentor": MENTOR, "advisor": ADVISOR}
SUGGESTED = 120  # places, as in a request for help
WITH_COMMAS = _l("With commas between them.")


class AnswersForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """What somebody answers about themself. `stood` is what is kept (answers.kept), `roles` those of today."""

    version = HiddenField()
    languages = Ticks(_l("Languages"), choices=terms(LANGUAGES))
    locality = StringField(_l("Town or area"), [Length(max=60)])
    mode = RadioField(_l("Way of meeting"), [QUIET], choices=[SelectChoice("", _l("Not said")), *terms(MODES)])
    life_areas = Ticks(_l("Life areas"), choices=terms(LIFE_AREAS))
    gender_preference = RadioField(_l("Who the mentor should be"), [QUIET], choices=choices(MENTOR_GENDERS))
    age_preference = RadioField(_l("The mentor’s age"), [QUIET], choices=choices(MENTOR_AGES))
    wanted_experience = Ticks(_l("Wanted experience"), choices=terms(EXPERIENCES))
    unwanted_experience = Ticks(_l("Unwanted experience"), choices=terms(EXPERIENCES))
    skills = Ticks(_l("Skills"), choices=terms(SKILLS))
    other_skills = Words(_l("Other skills"), description=WITH_COMMAS)
    experience = Ticks(_l("Lived experience"), choices=terms(EXPERIENCES))
    other_experience = Words(_l("Other experience"), description=WITH_COMMAS)
    interests = Words(_l("Interests"), description=WITH_COMMAS)
    dislikes = Words(_l("Dislikes"), description=WITH_COMMAS)
    cultures = Words(_l("Culture and background"), description=WITH_COMMAS)
    birth_year = IntegerField(_l("Year of birth"), [Optional()])

    def __init__(self, stood: Mapping[str, Any], roles: Collection[str]) -> None:
        """Ask only what concerns somebody in these roles; all of it where there is none yet."""
        super().__init__(data=dict(stood))
        self.stood = stood
        asked = frozenset[str]().union(*(ASKED_OF.get(role, frozenset()) for role in roles))
        for name in PARTICIPANT | MENTOR:
            if roles and name not in asked and name in self:
                del self[name]

    @property
    def suggested_places(self) -> list[str]:
        """Names to choose from."""
        return places.largest(SUGGESTED)

    def validate_locality(self, field: StringField) -> None:
        """Refuse a place that nobody knows, for no distance to it is known; one that stands already may stay."""
        if (field.data or "").strip() == (self.stood["locality"] or ""):
            return
        try:
            read_locality(field.data or "")
        except BadCellError as why:
            raise ValidationError(why.sentence) from why

    def validate_birth_year(self, field: IntegerField) -> None:
        """Want a year in which somebody living can have been born."""
        now = clock.today(tenancy.current().zone).year
        if field.data is not None and not EARLIEST <= field.data <= now:
            raise ValidationError(_("A year between %(first)s and %(now)s, in four digits.", first=EARLIEST, now=now))

    @property
    def values(self) -> dict[str, Any]:
        """What was answered, by the names of `kept.of`; a question that was not asked is left out."""
        return answered(self.data)


class CoordinatorsForm(AnswersForm):
    """The same, with what a coordinator decides about a mentor."""

    capacity = IntegerField(_l("How many people at once"), [InputRequired(), NumberRange(0, HIGHEST_CAPACITY)])
    screened_at = DateField(_l("Screened on"), [Optional()], description=_l("Without a date nobody is proposed to them."))
    training_valid_until = DateField(_l("Training valid until"), [Optional()])
    employee_number = StringField(
        _l("Employee number"), [Length(max=40)], description=_l("By it the line at work is known, which keeps people apart.")
    )

    def __init__(self, stood: Mapping[str, Any], roles: Collection[str]) -> None:
        """Ask for the number at work only where people are of one employer."""
        super().__init__(stood, roles)
        if tenancy.current().kind != "business":
            del self["employee_number"]
