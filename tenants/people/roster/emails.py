"""Mail addresses, as far as their form goes."""

import re

from flask_babel import lazy_gettext as _l

from .faults import BadCellError, quoted
from .text import clean

LABEL = r"[^\W_](?:[^\W_]|-(?=[^\W_]|-))*"
ADDRESS = re.compile(rf"[^\s@,;:<>()\[\]\"\\]{{1,64}}@(?:{LABEL}\.)+[^\W\d_]{{2,63}}")
LONGEST = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets


def read(cell: str) -> str | None:
    """Return the address in lower case, None for an empty cell; raise BadCellError when it has not the form of one."""
    value = re.sub(r"^mailto:", "", clean(cell).casefold()).strip("<> ")
    if not value:
        return None
    if len(value) > LONGEST or not ADDRESS.fullmatch(value) or ".." in value:
        raise BadCellError(_l("“%(value)s” is not an e-mail address.", value=quoted(value)), code="email")
    return value
