"""What is asked of somebody who asks for help: three short steps, of which only a name and one way back are required."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import UUID, DataRequired, Length, NumberRange, Optional

from maagal import clock, tenancy
from maagal.localities import places
from tenants.intake import labels
from tenants.intake.hours import CELLS, spans
from tenants.people.fields import QUIET, Ticks
from tenants.people.roster import emails, phones
from tenants.people.roster.faults import BadCellError
from tenants.people.roster.vocabulary import EXPERIENCES, LANGUAGES, LIFE_AREAS, MODES, Wordlist

OFTEN_SPOKEN = ("he", "ar", "ru", "am", "ti", "en", "fr", "es", "uk", "isr")
LONGEST_WORDS = 8_000
SUGGESTED = 120  # places: four kilobytes on an old phone, and most of the people


def _terms(words: Wordlist, codes: tuple[str, ...] = ()) -> list[SelectChoice]:
    return [SelectChoice(term.code, term.label) for term in words.terms if not codes or term.code in codes]


def _readable(read: Any, field: Any) -> None:
    try:
        read(field.data or "")
    except BadCellError as why:
        raise ValidationError(why.sentence) from why


class ReachForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """Who asks, and how to reach them safely."""

    first_name = StringField(
        _l("What shall we call you?"),
        [DataRequired(_l("Please write a name. A first name is enough.")), Length(max=60)],
        description=_l("A first name is enough."),
    )
    last_name = StringField(_l("Last name"), [Length(max=60)])
    gender = RadioField(_l("How shall we address you?"), [QUIET], choices=labels.choices(labels.ADDRESSES), default="")
    phone = StringField(_l("Phone"), [QUIET], description=_l("A phone number or an e-mail address: one is enough."))
    email = StringField(_l("E-mail"), [QUIET])
    safe_channel = RadioField(
        _l("How is it safe to reach you?"), [QUIET], choices=labels.choices(labels.CHANNELS), default="phone"
    )
    safe_hours = StringField(
        _l("When is it safe?"), [Length(max=200)], description=_l("For example: in the mornings, not on Fridays.")
    )
    may_leave_message = BooleanField(_l("You may leave a message"))
    neutral_sender = BooleanField(_l("Messages must not show who they are from or what they are about"), default=True)

    def validate_phone(self, field: StringField) -> None:
        """Want a number that can be dialled, or an e-mail address instead."""
        wants_phone = self.safe_channel.data != "email"
        if not _said(field) and not _said(self.email):
            raise ValidationError(_("Please write a phone number or an e-mail address, so that we can get back to you."))
        if not _said(field) and wants_phone:
            raise ValidationError(_("A phone number is needed for the way you chose. With e-mail only, choose “E-mail”."))
        _readable(phones.read, field)

    def validate_email(self, field: StringField) -> None:
        """Want the form of an address, and one at all where mail is the safe way."""
        if self.safe_channel.data == "email" and not _said(field):
            raise ValidationError(_("Please write the e-mail address at which we can reach you."))
        _readable(emails.read, field)

    def told(self) -> dict[str, Any]:
        """Return the answers as Asked wants them."""
        phone = phones.read(self.phone.data or "")
        return {
            "first_name": self.first_name.data.strip(),
            "last_name": (self.last_name.data or "").strip(),
            "gender": self.gender.data or None,
            "phone": phone.number if phone else None,
            "email": emails.read(self.email.data or ""),
            "safe_channel": self.safe_channel.data,
            "safe_hours": (self.safe_hours.data or "").strip() or None,
            "may_leave_message": self.may_leave_message.data,
            "neutral_sender": self.neutral_sender.data,
        }


class NeedForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """What it is about, and how pressing."""

    urgency = RadioField(_l("How pressing is it?"), [QUIET], choices=labels.choices(labels.URGENCIES), default="normal")
    life_areas = Ticks(_l("What is it about?"), [QUIET], choices=_terms(LIFE_AREAS))
    words = TextAreaField(
        _l("In your own words"),
        [Length(max=LONGEST_WORDS)],
        description=_l("As much or as little as you like. No need to put it well."),
    )

    def validate_life_areas(self, field: Ticks) -> None:
        """Want a sign of what it is about: a tick or some words."""
        if not field.data and not _said(self.words):
            raise ValidationError(_("Please tick something here, or write a few words below."))

    def told(self) -> dict[str, Any]:
        """Return the answers as Asked wants them."""
        words = (self.words.data or "").strip()
        return {"urgency": self.urgency.data, "life_areas": tuple(self.life_areas.data or ()), "words": words}


class WishesForm(FlaskForm):  # type: ignore[misc]  # flask-wtf carries no types
    """What would suit; nothing here is required."""

    languages = Ticks(_l("Languages you speak well"), choices=_terms(LANGUAGES, OFTEN_SPOKEN))
    other_language = SelectField(
        _l("Another language"), choices=lambda: [SelectChoice("", "—"), *_terms(LANGUAGES)], default=""
    )
    locality = StringField(_l("Where do you live?"), [Length(max=60)], description=_l("A town or area is enough."))
    mode = RadioField(_l("How would you like to meet?"), [QUIET], choices=_terms(MODES), default="either")
    gender_preference = RadioField(
        _l("Who should your mentor be?"), [QUIET], choices=labels.choices(labels.MENTOR_GENDERS), default=""
    )
    age_preference = RadioField(_l("Of what age?"), [QUIET], choices=labels.choices(labels.MENTOR_AGES), default="")
    wanted_experience = Ticks(
        _l("It would be good if they had been through this themselves"), choices=_terms(EXPERIENCES)
    )
    unwanted_experience = Ticks(_l("Rather not somebody who has been through this"), choices=_terms(EXPERIENCES))
    birth_year = IntegerField(
        _l("Your year of birth"), [Optional(), NumberRange(1900, message=_l("Four digits, as in 1980."))]
    )
    free_hours = Ticks(_l("When are you usually free?"), choices=[SelectChoice(cell, cell) for cell in CELLS])

    def validate_unwanted_experience(self, field: Ticks) -> None:
        """Refuse to want and not to want the same."""
        if set(field.data or ()) & set(self.wanted_experience.data or ()):
            raise ValidationError(_("The same is ticked above as well."))

    def validate_birth_year(self, field: IntegerField) -> None:
        """Refuse a year to come. However young somebody is, they may ask: a coordinator sees what is right then."""
        if field.data and field.data > clock.today(tenancy.current().zone).year:
            raise ValidationError(_("This year is still to come."))

    @property
    def suggested_places(self) -> list[str]:
        """Names to choose from; anything else may be typed."""
        return places.largest(SUGGESTED)

    def told(self) -> dict[str, Any]:
        """Return the answers as Asked wants them."""
        locality = (self.locality.data or "").strip()
        spoken = [*(self.languages.data or ()), self.other_language.data or ""]
        return {
            "languages": tuple(dict.fromkeys(filter(None, spoken))),
            "locality": locality or None,
            "place": places.find(locality) if locality else None,
            "mode": self.mode.data,
            "gender_preference": self.gender_preference.data or None,
            "age_preference": self.age_preference.data or None,
            "wanted_experience": tuple(self.wanted_experience.data or ()),
            "unwanted_experience": tuple(self.unwanted_experience.data or ()),
            "birth_year": self.birth_year.data,
            "free_hours": spans(self.free_hours.data or ()),
        }


class PhoneForm(ReachForm, NeedForm, WishesForm):
    """All of it on one page, for a coordinator who writes while somebody tells."""

    draft_id = StringField(validators=[UUID()])

    def told(self) -> dict[str, Any]:
        """Return the answers of all three."""
        return ReachForm.told(self) | NeedForm.told(self) | WishesForm.told(self)


def _said(field: Any) -> bool:
    return bool((field.data or "").strip())
