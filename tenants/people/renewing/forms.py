"""What is asked of whoever lost their second step, and of whoever makes sure of them."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.validators import InputRequired

from tenants.people.fields import choices
from tenants.people.renewing.labels import HOW, WHY
from tenants.people.signing_in.forms import CodeForm


class LostForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """What became of the app."""

    why = RadioField(_l("What happened?"), [InputRequired(_l("Please choose one."))], choices=choices(WHY))


class SureForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """How somebody made sure; on a demonstration nobody has a second step to show."""

    how = RadioField(
        _l("How did you make sure that it is them?"),
        [InputRequired(_l("Please choose one."))],
        choices=choices(HOW),
    )


class SureWithCodeForm(CodeForm, SureForm):
    """The same, with a code of one's own app."""
