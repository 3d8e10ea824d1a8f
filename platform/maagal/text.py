"""Filters that keep names, numbers and dates readable where Hebrew and English meet."""

from datetime import date, datetime

import phonenumbers
from flask import Flask
from flask_babel import format_date, format_datetime, format_time, format_timedelta
from markupsafe import Markup
from phonenumbers import NumberParseException, PhoneNumberFormat

from maagal import clock

HOME_REGION = "IL"
MARKS = "\u2066\u2067\u2068\u2069\u202a\u202b\u202c\u202d\u202e"


def bdi(value: object) -> Markup:
    """Set a name, number, code or address apart, so that its direction does not disturb the sentence."""
    return Markup("<bdi>{}</bdi>").format(value)


def isolate(value: object) -> str:
    """Do the same in plain text (mail, subjects, push): U+2068 before, U+2069 after; marks inside are taken out."""
    return f"\u2068{_unmarked(value)}\u2069"


def isolate_ltr(value: object) -> str:
    """Set a range of numbers apart in plain text, left to right whatever surrounds it: U+2066 before, U+2069 after."""
    return f"\u2066{_unmarked(value)}\u2069"


def phone(number: str) -> Markup:
    """Show a number as people here write it, always left to right and ready to be called."""
    shown, called = _shown(number)
    return Markup('<a href="tel:{}"><bdi dir="ltr">{}</bdi></a>').format(called, shown)


def day(value: date) -> Markup:
    """A calendar day in words, as in "22 November 2026"."""
    return _time(value.isoformat(), format_date(value, "long"))


def weekday(value: date) -> Markup:
    """A calendar day with the name of the weekday."""
    return _time(value.isoformat(), format_date(value, "full"))


def moment(value: datetime) -> Markup:
    """A moment in the reader's own time zone: short day and hour."""
    return _time(value.isoformat(), format_datetime(value, "d MMM y, HH:mm"))


def hour(value: datetime) -> Markup:
    """The hour of a moment in the reader's own time zone, on a 24-hour clock."""
    return _time(value.isoformat(), format_time(value, "HH:mm"))


def ago(value: datetime) -> Markup:
    """How long ago (or how soon) a moment is, rounded; the exact time stays in the markup."""
    return _time(value.isoformat(), format_timedelta(value - clock.now(), add_direction=True))


def init_text(app: Flask) -> None:
    """Give these filters to every template."""
    for made in (bdi, isolate, phone, day, weekday, moment, hour, ago):
        app.add_template_filter(made)


def _unmarked(value: object) -> str:
    return "".join(letter for letter in str(value) if letter not in MARKS)


def _time(machine: str, words: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(machine, words)


def _shown(number: str) -> tuple[str, str]:
    try:
        parsed = phonenumbers.parse(number, HOME_REGION)
    except NumberParseException:
        return number, number
    local = parsed.country_code == phonenumbers.country_code_for_region(HOME_REGION)
    shape = PhoneNumberFormat.NATIONAL if local else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, shape), phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
