"""What is asked when people are matched, when an offer is answered, and when a pair rests or ends."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length, Optional

from tenants.communities.labels import choices
from tenants.pairing import labels
from tenants.pairing.naming import tells_who

LONGEST, LONGEST_REASON = 1000, 300


class OfferForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """What the mentor will read before both agreed. `name` is the participant's, which must not stand in it."""

    name = ""
    summary = TextAreaField(
        _l("What the mentor will read"),
        [DataRequired(), Length(max=LONGEST)],  # blanks alone are no text
        description=_l("Without a name, an address or anything else that tells who it is."),
        render_kw={"rows": 6},
    )
    approved = BooleanField(_l("The participant approved this text"), [DataRequired()])

    def validate_summary(self, field: TextAreaField) -> None:
        """Refuse a text that tells who it is."""
        if tells_who(field.data, self.name):
            raise ValidationError(labels.TELLS_WHO)


class PublishForm(FlaskForm):  # type: ignore[misc]  # as above
    """One word for all texts; the texts themselves are fields of the page, one a participant."""

    approved = BooleanField(_l("Each participant approved the text about them"), [DataRequired()])


class RoundForm(FlaskForm):  # type: ignore[misc]  # as above
    """A change of the board. `version` is the board's that was looked at."""

    version = HiddenField()
    participant = HiddenField(validators=[InputRequired()])
    mentor = StringField()
    reason = StringField(_l("Why"), [Length(max=LONGEST_REASON)])
    lasting = SelectField(
        choices=[SelectChoice("", _l("Only in this round")), *choices(labels.NEVERS)], default="", validators=[Optional()]
    )


class NeverForm(FlaskForm):  # type: ignore[misc]  # as above
    """A mentor with whom somebody must never be paired, and why."""

    mentor = SelectField(_l("Mentor"), [InputRequired(_l("Please choose."))], choices=[])
    code = RadioField(_l("Why not?"), choices=choices(labels.NEVERS), validators=[InputRequired(_l("Please choose."))])
    note = StringField(
        _l("In a few words"), [DataRequired(), Length(max=LONGEST_REASON)], description=_l("Only coordinators read this.")
    )

    def offer(self, mentors: Mapping[str, str]) -> "NeverForm":
        """Offer mentors: id -> name."""
        by_name = sorted(mentors.items(), key=lambda each: each[1])
        self.mentor.choices = [SelectChoice("", _("Please choose")), *(SelectChoice(*each) for each in by_name)]
        return self


class AnswerForm(FlaskForm):  # type: ignore[misc]  # as above
    """Why an offer does not suit."""

    reason = RadioField(_l("What speaks against it?"), choices=choices(labels.DECLINES), validators=[InputRequired()])


class ToldForm(FlaskForm):  # type: ignore[misc]  # as above
    """What whoever is asked told a coordinator. `side` is whom the page asked about: it may be the other's turn by now."""

    side = HiddenField(validators=[AnyOf(("mentor", "participant"))])
    answer = RadioField(
        _l("What was the answer?"), choices=[SelectChoice("yes", _l("Yes")), SelectChoice("no", _l("No"))],
        validators=[InputRequired(_l("Please choose."))],
    )  # fmt: skip
    how = RadioField(
        _l("How did you hear it?"), choices=choices(labels.WAYS_TOLD), validators=[InputRequired(_l("Please choose."))]
    )
    reason = SelectField(
        _l("If it was no: what speaks against it?"), choices=[SelectChoice("", "—"), *choices(labels.DECLINES)], default=""
    )
    shares = BooleanField(_l("The other may read of the mentor’s own experience"))

    @property
    def agreed(self) -> bool:
        """Whether it was a yes."""
        return bool(self.answer.data == "yes")

    def validate_reason(self, field: SelectField) -> None:
        """Want a reason for a no."""
        if self.answer.data == "no" and not field.data:
            raise ValidationError(_("Please choose a reason."))


class PauseForm(FlaskForm):  # type: ignore[misc]  # as above
    """Why a pair rests."""

    reason = SelectField(_l("Why does it rest?"), choices=choices(labels.PAUSES))


class CloseForm(FlaskForm):  # type: ignore[misc]  # as above
    """Who ends it, and why."""

    initiator = SelectField(_l("Who wishes it"), choices=choices(labels.INITIATORS)[:3])
    close_reason = SelectField(_l("Why does it end?"), choices=choices(labels.CLOSES))


def summaries(sent: Any) -> dict[str, str]:
    """Return participant's id -> text of a published round's page; those not ticked are left out."""
    return {one: sent.get(f"summary-{one}", "").strip()[:LONGEST] for one in sent.getlist("send")}
