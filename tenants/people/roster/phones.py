"""Phone numbers as people write them in Israel."""

import re
from dataclasses import dataclass

import phonenumbers
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from .faults import BadCellError, quoted
from .text import ascii_digits, clean

# Israel's numbering plan: mobile 05x and 7 digits, landline 0[23489] and 7, non-geographic 07x and 7. phonenumbers
# knows fewer mobile prefixes than sheets hold, so the plan decides for Israel and the library for everywhere else.
ISRAELI = re.compile(r"(?:\+?972|00972)?0?(5\d{8}|7\d{8}|[23489]\d{7})", re.ASCII)
SERVICE = re.compile(r"\*\d{3,5}|1[2-9]\d{2}|1[578]00\d{6}|1\d{2}", re.ASCII)
LONGEST = 40


@dataclass(frozen=True)
class Phone:
    """A number to dial: `number` is E.164, or an organisation's service number as typed; `shown` is as people write it."""

    number: str
    shown: str


def read(cell: str) -> Phone | None:
    """Read one person's number, also one that lost its leading zero; raise BadCellError when it cannot be dialled.

    Nobody is reached at a service number such as 100 or *2345: it is refused.
    """
    value = ascii_digits(clean(cell))
    if not value:
        return None
    if found := ISRAELI.fullmatch(_bare(value)):
        return _israeli(found[1])
    if found_abroad := _abroad(value):
        return found_abroad
    raise BadCellError(_why(value), code="phone")


def read_any(cell: str) -> Phone | None:
    """Read an organisation's number, which may be a service number; raise BadCellError as `read` does."""
    digits = _bare(ascii_digits(clean(cell)))
    return Phone(digits, digits) if SERVICE.fullmatch(digits) else read(cell)


def _bare(value: str) -> str:
    return re.sub(r"[\s().\-/_]", "", re.sub(r"\.0$", "", value)).replace("(0)", "")


def _israeli(national: str) -> Phone:
    area = 2 if len(national) == 9 else 1
    return Phone(f"+972{national}", f"0{national[:area]}-{national[area : area + 3]}-{national[area + 3 :]}")


def _abroad(value: str) -> Phone | None:
    if len(value) > LONGEST or not value.startswith(("+", "00")):
        return None
    try:
        number = phonenumbers.parse(value, "IL")
    except phonenumbers.NumberParseException:
        return None
    if number.country_code == 972 or not phonenumbers.is_valid_number(number):
        return None
    style = phonenumbers.PhoneNumberFormat
    return Phone(
        phonenumbers.format_number(number, style.E164), phonenumbers.format_number(number, style.INTERNATIONAL)
    )


def _why(value: str) -> LazyString:
    if SERVICE.fullmatch(_bare(value)):
        return _l("“%(value)s” is a service number, at which no one person is reached.", value=quoted(value))
    count = sum(sign.isdigit() for sign in value)
    if not count or re.search(r"[^\W\d_]", value):
        return _l("“%(value)s” is not a phone number.", value=quoted(value))
    local = re.sub(r"\D", "", value)
    if local.startswith("05") and len(local) != 10:
        return _l("The phone number has %(count)s digits; an Israeli mobile number has 10.", count=count)
    if local.startswith("0") and len(local) != 9:
        return _l("The phone number has %(count)s digits; an Israeli landline number has 9.", count=count)
    return _l("“%(value)s” is not a number that can be dialled.", value=quoted(value))
