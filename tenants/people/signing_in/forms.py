"""What is asked at the door."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length, Regexp


def _digits(value: Any) -> str:
    return "".join(str(value or "").split())


class AskForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """Where somebody can be reached."""

    address = StringField(
        _l("E-mail address or phone number"),
        [InputRequired(_l("Please write an e-mail address or a phone number.")), Length(max=254)],
    )
    next = HiddenField()


class CodeForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """Six digits, from a mail or from an app; spaces between them do not matter."""

    code = StringField(
        _l("Six-digit code"),
        [
            InputRequired(_l("Please write the six digits.")),
            Regexp(r"[0-9]{6}\Z", message=_l("The code has six digits.")),
        ],
        filters=[_digits],
    )
