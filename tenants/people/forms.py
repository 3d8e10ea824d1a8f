"""What is asked about a person, and about the organisation."""

from collections.abc import Callable
from typing import Any
from zoneinfo import available_timezones

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from maagal import tenancy
from maagal.i18n import LANGUAGES
from tenants.people.fields import answered, choices
from tenants.people.labels import CHANNELS, FORMS_OF_ADDRESS
from tenants.people.own.week import WeekField
from tenants.people.roster import emails, phones
from tenants.people.roster.faults import BadCellError
from tenants.people.roster.people import LONGEST_NOTE

ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "System")))
NOBODY = phones.Phone("", "")


def _phone(form: Any, field: Any) -> None:  # noqa: ARG001  the signature of a validator
    field.data = _read(lambda text: (phones.read(text) or NOBODY).number, field.data)


def _any_phone(form: Any, field: Any) -> None:  # noqa: ARG001  as above
    field.data = _read(lambda text: (phones.read_any(text) or NOBODY).number, field.data)


def _email(form: Any, field: Any) -> None:  # noqa: ARG001  as above
    field.data = _read(emails.read, field.data)


def _read(reader: Callable[[str], str | None], typed: str | None) -> str | None:
    """Read what was typed with the reader of the sheets; its refusal is the form's."""
    try:
        return reader(typed or "") or None
    except BadCellError as why:
        raise ValidationError(why.sentence) from why


class ProfileForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """A person's name, how to reach them safely, language, zone and free hours."""

    version = HiddenField()
    first_name = StringField(_l("First name"), [DataRequired(_l("Please write a first name.")), Length(max=80)])
    last_name = StringField(_l("Last name"), [Length(max=80)])
    gender = SelectField(_l("Form of address"), choices=choices(FORMS_OF_ADDRESS))
    email = StringField(_l("E-mail"), [_email])
    phone = StringField(_l("Phone"), [_phone])
    safe_channel = SelectField(
        _l("The safe way to reach me"),
        choices=[SelectChoice("", _l("Any way")), *choices(CHANNELS)],
    )
    safe_hours = StringField(_l("Hours in which it is safe"), [Length(max=200)])
    may_leave_message = BooleanField(_l("A message may be left"))
    neutral_sender = BooleanField(_l("Messages must not show who they are from or what they are about"))
    locale = SelectField(_l("Language of the pages"))
    timezone = SelectField(_l("Time zone"))
    free_hours = WeekField(_l("Free hours in the week"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.locale.choices = [SelectChoice("", _("As the organisation")), *choices(LANGUAGES)]
        zones = (SelectChoice(zone, zone) for zone in ZONES)
        self.timezone.choices = [SelectChoice("", tenancy.current().timezone), *zones]

    def validate_email(self, field: Any) -> None:
        """Somebody must stay within reach."""
        if not field.data and not self.phone.data:
            raise ValidationError(_("Please leave an e-mail address or a phone number."))

    @property
    def values(self) -> dict[str, Any]:
        """The columns of a person, by name."""
        return answered(self.data) | {"last_name": (self.last_name.data or "").strip()}


class NotesForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """What coordinators note about a person."""

    version = HiddenField()
    notes = TextAreaField(
        _l("Notes"),
        [Length(max=LONGEST_NOTE)],
        description=_l("How to be in touch safely, and what else matters. Coordinators of the community read this."),
    )


class OrganisationForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """The fields of the accessibility statement (Israeli regulations on service accessibility, 2013, regulation 35)."""

    version = HiddenField()
    coordinator = StringField(_l("Accessibility coordinator"), [Length(max=120)])
    phone = StringField(_l("Phone"), [_any_phone])
    mail = StringField(_l("E-mail"), [_email])
    arrangements = TextAreaField(_l("Arrangements for people with disabilities"), [Length(max=4000)])
    known_gaps = TextAreaField(_l("What is not right yet"), [Length(max=4000)])
    reviewed_on = DateField(_l("Last checked"), [Optional()])

    @property
    def values(self) -> dict[str, Any]:
        """The columns of the organisation, by name."""
        return answered(self.data)
