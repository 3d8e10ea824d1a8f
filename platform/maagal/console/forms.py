"""What operators are asked. What is wrong with a name or a host is said beside it."""

from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, PasswordField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from maagal.console import queries
from maagal.console.labels import KINDS, capability_label, refusal
from maagal.i18n import LANGUAGES
from maagal.opening import CAPABILITIES
from maagal.own_hosts import own_host
from maagal.provisioning import Wanted
from maagal.slugs import fault

ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "System")))
MEGABYTE = 2**20
SHORTEST = 12  # letters of a password; a sentence is better than signs


def _digits(value: Any) -> str:
    return "".join(str(value or "").split())


def _small(value: Any) -> str:
    return str(value or "").strip().lower()


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
    kind = RadioField(_l("Kind"), choices=[SelectChoice(*each) for each in KINDS.items()], default="public")
    locale = RadioField(_l("Language"), choices=[SelectChoice(*each) for each in LANGUAGES.items()], default="he")
    timezone = SelectField(_l("Time zone"), choices=[SelectChoice(each, each) for each in ZONES], default="Asia/Jerusalem")

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
        told = {name: self[name].data for name in ("slug", "name", "kind", "locale", "timezone")}
        return Wanted(host=self.host.data or None, **told)


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

