"""The forms of safeguarding."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import UUID as ValidUUID  # noqa: N811  the standard library has the name already
from wtforms.validators import DataRequired, InputRequired, Length

from maagal.ids import new_id
from tenants.safeguarding import labels
from tenants.safeguarding.queries import Subject

LONGEST = 8_000
SOMEBODY_ELSE = "else"


class ConcernForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """What is feared, for or of whom, and how soon somebody must act. `key` makes a second press harmless."""

    key = HiddenField(validators=[ValidUUID()])
    level = RadioField(
        _l("How urgent is it?"), choices=[SelectChoice(str(level), text) for level, text in labels.LEVELS.items()],
        validators=[InputRequired(_l("Please choose how urgent it is."))],
    )  # fmt: skip
    about = RadioField(_l("Who is it about?"), default=SOMEBODY_ELSE, validators=[InputRequired()])
    words = TextAreaField(
        _l("What happened, or what is feared?"), validators=[Length(max=LONGEST)], render_kw={"rows": 7},
        description=_l("A few words are enough. If someone is in danger now, this may stay empty."),
    )  # fmt: skip

    def __init__(self, subjects: Sequence[Subject]) -> None:
        """Offer whom it may be about; the person it is about never hears of it."""
        super().__init__()
        self.key.data = self.key.data or str(new_id())
        known = [SelectChoice(str(each.person_id), _called(each)) for each in subjects]
        self.words.flags.quiet = True  # whether it may stay empty is said beside it
        self.about.choices = [*known, SelectChoice(SOMEBODY_ELSE, labels.SOMEBODY_ELSE)]

    def validate_words(self, field: Any) -> None:
        """Ask for words, except where there is no time for them."""
        if self.level.data != "3" and not (field.data or "").strip():
            raise ValidationError(_("Please write a few words, so that somebody can act."))

    @property
    def about_id(self) -> UUID | None:
        """Whom it is about, where they are known here."""
        return None if self.about.data == SOMEBODY_ELSE else UUID(self.about.data)


class ClosingForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """What was done; without it a concern is not closed."""

    note = TextAreaField(
        _l("What was done?"), render_kw={"rows": 5},
        description=_l("Who was spoken with, what was decided, to whom it was reported."),
        validators=[DataRequired(_l("A concern is closed only with a note of what was done.")), Length(max=LONGEST)],
    )  # fmt: skip


class ReasonForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """Why a mentor is let back in."""

    reason = StringField(
        _l("Why may access be given back?"), validators=[DataRequired(_l("Please write the reason.")), Length(max=500)]
    )


def _called(subject: Subject) -> str:
    part = str(labels.PARTS[subject.part])
    return f"{subject.name} – {part}" if subject.name and subject.part != "other" else subject.name or part
