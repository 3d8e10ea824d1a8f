"""What is asked when a community is opened, or somebody gets a role in it."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, RadioField, SelectField, StringField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from tenants.communities import labels, queries
from tenants.communities.models import SHAPE
from tenants.people.models import Person
from tenants.people.roster import emails, phones
from tenants.people.roster.faults import BadCellError

MOST = 200


def _number(label: Any, role: str) -> IntegerField:
    return IntegerField(label, [InputRequired(), NumberRange(0, MOST)], default=SHAPE[role])


class CommunityForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """A community's name and shape."""

    name = StringField(_l("Name"), [DataRequired(_l("Please write a name.")), Length(max=80)])
    kind = RadioField(_l("What kind of community"), [InputRequired()], choices=labels.choices(labels.KINDS), default="paired")
    locality = StringField(_l("Town or area"), [Length(max=60)])
    participant = _number(_l("Participants"), "participant")
    mentor = _number(_l("Mentors"), "mentor")
    advisor = _number(_l("Professional advisors"), "advisor")
    coordinator = _number(_l("Community coordinators"), "coordinator")

    def validate_name(self, field: StringField) -> None:
        """Refuse a name that another community has."""
        if queries.named(field.data.strip()):
            raise ValidationError(_("There is a community of this name already."))

    @property
    def place(self) -> str | None:
        """The town or area asked for."""
        return (self.locality.data or "").strip() or None

    @property
    def shape(self) -> dict[str, int]:
        """The numbers asked for, by role."""
        return {role: int(self[role].data) for role in SHAPE}


class PlaceForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """A person who is known here, and the role they get."""

    person: Person | None = None
    address = StringField(
        _l("E-mail address or phone number"), [InputRequired()], description=_l("Of somebody who is known here already.")
    )
    role = SelectField(_l("Role"), [InputRequired()], choices=labels.choices(labels.ROLE_OF_ONE))
    since = DateField(_l("From which day"), [Optional()], description=_l("Without a date: from today."))

    def validate_address(self, field: StringField) -> None:
        """Find the person; refuse an address that nobody, or more than one, has."""
        self.person = queries.known_person(_normal(field.data))
        if self.person is None:
            raise ValidationError(_("Nobody here, or more than one person, has this address."))


def _normal(address: str) -> str:
    try:
        if "@" in address:
            return emails.read(address) or ""
        phone = phones.read(address)
    except BadCellError as why:
        raise ValidationError(why.sentence) from why
    return phone.number if phone else ""
