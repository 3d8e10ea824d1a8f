"""Mail addresses, as far as their form goes."""

import re

from flask_babel import lazy_gettext as _l

from maagal.mail_addresses import is_mail_address

from .faults import BadCellError, quoted
from .text import clean


def read(cell: str) -> str | None:
    """Return the address in lower case, None for an empty cell; raise BadCellError when it has not the form of one."""
    value = re.sub(r"^mailto:", "", clean(cell).casefold()).strip("<> ")
    if not value:
        return None
    if not is_mail_address(value):
        raise BadCellError(_l("“%(value)s” is not an e-mail address.", value=quoted(value)), code="email")
    return value
