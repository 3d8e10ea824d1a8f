"""What operators are asked. What is wrong with a name or a host is said beside it."""

from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from maagal.age_keys import is_public_key
from maagal.console import queries
from maagal.console.labels import HOW, KINDS, capability_label, refusal
from maagal.i18n import LANGUAGES
from maagal.mail_addresses import is_mail_address
from maagal.opening import CAPABILITIES
from maagal.own_hosts import own_host
from maagal.provisioning import Wanted
from maagal.slugs import fault

ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "System")))
TONGUES = [SelectChoice(*each) for each in LANGUAGES.items()]
MEGABYTE = 2**20
SHORTEST = 12  # letters of a password; a sentence is better than signs


def _digits(value: Any) -> str:
    return "".join(str(value or "").split())


def _trimmed(value: Any) -> str:
    return str(value or "").strip()


def _small(value: Any) -> str:
    return str(value or "").strip().lower()


def _mail_address(_form: Any, field: Any) -> None:
    """Refuse what is no mail address; none at all is fine."""
    if field.data and not is_mail_address(field.data):
        raise ValidationError(refusal("mail_invalid"))


def _check_host(wanted: str, whose: UUID | None = None) -> None:
    """Refuse a host that cannot be an organisation's own or is another's than `whose`; none at all is fine."""
    if not wanted:
        return
    host = own_host(wanted)
    if host is None:
        raise ValidationError(refusal("host_invalid"))
    if queries.host_is_taken(host, whose):
        raise ValidationError(refusal("host_taken"))


class SignInForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """Who somebody is."""

    email = StringField(_l("Mail address"), [InputRequired(_l("Please write your mail address.")), Length(max=254)])
    password = PasswordField(_l("Password"), [InputRequired(_l("Please write your password.")), Length(max=200)])
    next = HiddenField()


class CodeForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """Six digits of an app."""

    code = StringField(
        _l("Six-digit code"),
        [InputRequired(_l("Please write the six digits.")), Regexp(r"[0-9]{6}\Z", message=_l("The code has six digits."))],
        filters=[_digits],
    )


class EnrolForm(CodeForm):
    """A password of one's own, and a first code of the app."""

    password = PasswordField(
        _l("A password of your own"),
        [InputRequired(_l("Please write a password.")), Length(SHORTEST, 200, _l("At least 12 letters, please."))],
        description=_l("At least 12 letters; a sentence is easy to remember."),
    )


class ProveForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """The password once more."""

    proof = PasswordField(_l("Password"), [InputRequired(_l("Please write your password.")), Length(max=200)])


class OpenForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """A new organisation."""

    name = StringField(_l("Name"), [InputRequired(_l("Please write a name.")), Length(max=120)])
    slug = StringField(
        _l("Short name"),
        [InputRequired(_l("Please write a short name."))],
        filters=[_small],
        description=_l("Its address begins with it. Small Latin letters, digits and single hyphens. It cannot be changed."),
    )
    host = StringField(
        _l("Host of its own"),
        filters=[_small],
        description=_l("Only where the organisation has one that leads here, such as support.example.org."),
    )
    kind = RadioField(_l("Kind"), [DataRequired()], choices=[SelectChoice(*each) for each in KINDS.items()], default="public")
    locale = RadioField(_l("Language"), [DataRequired()], choices=TONGUES, default="he")
    timezone = SelectField(
        _l("Time zone"),
        [DataRequired()],
        choices=[SelectChoice(each, each) for each in ZONES],
        default="Asia/Jerusalem",
    )
    administrator = StringField(
        _l("The first administrator’s mail address"),
        [_mail_address],
        filters=[_small],
        description=_l("The organisation itself sends an invitation there, good once and for a week."),
    )
    administrator_locale = RadioField(_l("Their language"), [DataRequired()], choices=TONGUES, default="he")

    def validate_slug(self, field: Any) -> None:
        """Refuse a name that cannot be, is kept for the house, or is somebody's."""
        if reason := fault(field.data):
            raise ValidationError(refusal(reason))
        if queries.by_slug(field.data) is not None:
            raise ValidationError(refusal("taken"))
        if queries.pending(field.data):
            raise ValidationError(refusal("busy"))

    def validate_host(self, field: Any) -> None:
        """Refuse what is no host name, one of the house's own, or somebody's."""
        _check_host(field.data)

    @property
    def wanted(self) -> Wanted:
        """What is asked for, as the provisioner reads it."""
        told = {name: self[name].data for name in ("slug", "name", "kind", "locale", "timezone", "administrator_locale")}
        return Wanted(host=self.host.data or None, administrator=self.administrator.data or None, **told)


class LimitsForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """How much an organisation may hold; empty is no limit."""

    most_people = IntegerField(_l("People at most"), [Optional(), NumberRange(1, 10_000_000)])
    most_megabytes = IntegerField(_l("Storage at most, in megabytes"), [Optional(), NumberRange(1, 100_000_000)])

    @property
    def most_bytes(self) -> int | None:
        """The limit on storage in bytes."""
        return self.most_megabytes.data * MEGABYTE if self.most_megabytes.data else None


class HostForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """The host of an organisation's own; empty is none."""

    host = StringField(
        _l("Host of its own"),
        filters=[_small],
        description=_l("A name that leads to this house, such as support.example.org. Empty: it answers at its subdomain alone."),
    )

    def __init__(self, whose: UUID, **more: Any) -> None:
        super().__init__(**more)
        self.whose = whose

    def validate_host(self, field: Any) -> None:
        """Refuse what is no host name, one of the house's own, or somebody else's."""
        _check_host(field.data, self.whose)

    @property
    def wanted(self) -> str | None:
        """The host as the register keeps it."""
        return own_host(self.host.data) if self.host.data else None


class CapabilitiesForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """What is switched on for an organisation, besides what everybody has."""

    capabilities = SelectMultipleField(
        _l("Capabilities"),
        choices=[SelectChoice(name, capability_label(name)) for name in CAPABILITIES],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class LeavingForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """Why an organisation is exported or erased."""

    reason = TextAreaField(
        _l("Why?"),
        [DataRequired(_l("Please write why.")), Length(max=500)],
        filters=[_trimmed],
        description=_l("It is kept, also after an erasure: no names of people, please."),
    )


class ExportForm(LeavingForm):
    """To whose key everything is encrypted."""

    recipient = StringField(
        _l("The organisation’s public key"),
        [DataRequired(_l("Please write a public key."))],
        filters=[_trimmed],
        description=_l("It begins with age1. Only whoever holds the secret key to it can read the export: ask for it by phone."),
    )

    def validate_recipient(self, field: Any) -> None:
        """Refuse what is no public key."""
        if not is_public_key(field.data):
            raise ValidationError(_("This is not a public key of age (age1…)."))


class EraseForm(LeavingForm):
    """The short name, typed: it cannot be undone."""

    wanted = ""
    slug = StringField(
        _l("The organisation’s short name, typed"),
        [InputRequired(_l("Please write a short name."))],
        filters=[_small],
    )

    def validate_slug(self, field: Any) -> None:
        """Refuse another name."""
        if field.data != self.wanted:
            raise ValidationError(_("This is not its short name."))


class SureForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """How an operator made sure of somebody who lost their second step."""

    how = RadioField(
        _l("How did you make sure that it is them?"),
        [InputRequired(_l("Please choose one."))],
        choices=[SelectChoice(*each) for each in HOW.items()],
    )


class InviteForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """Where the first administrator is reached."""

    administrator = StringField(
        _l("Mail address"), [InputRequired(_l("Please write a mail address.")), _mail_address], filters=[_small]
    )
    administrator_locale = RadioField(_l("Their language"), [DataRequired()], choices=TONGUES, default="he")
