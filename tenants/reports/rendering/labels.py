"""Codes of a snapshot → words in the reader's language; a code nobody named yet is shown as itself."""

import re
import unicodedata
from datetime import date
from typing import Final

from babel import Locale
from babel.dates import format_date, format_skeleton
from flask_babel import get_locale

from tenants.reports.rendering.codes import LABELS, UNITS

MONTH: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])\Z")


def locale() -> Locale:
    """Return the reader's locale, English where the house has none."""
    return get_locale() or Locale("en")


def clean(text: str) -> str:
    """Drop control characters, which neither XML nor a sheet can hold."""
    return "".join(sign for sign in text if unicodedata.category(sign) not in {"Cc", "Cs"})


def label(code: str) -> str:
    """Name a code, or a month written `2026-09`; what is unknown is its own name."""
    if month := MONTH.match(code):
        return format_skeleton("yMMM", date(int(month[1]), int(month[2]), 1), locale=locale())
    return str(LABELS[code]) if code in LABELS else clean(code)


def short_label(code: str) -> str:
    """Name a point of a plot's axis: a month without its year, anything else as `label`."""
    if month := MONTH.match(code):
        return format_date(date(2000, int(month[2]), 1), "LLL", locale=locale())
    return label(code)


def unit_name(unit: str) -> str:
    """Name a unit for a column of its own."""
    return str(UNITS[unit]) if unit in UNITS else clean(unit)
