"""Mail addresses, as far as their form goes."""

import re

LABEL = r"[^\W_](?:[^\W_]|-(?=[^\W_]|-))*"
ADDRESS = re.compile(rf"[^\s@,;:<>()\[\]\"\\]{{1,64}}@(?:{LABEL}\.)+[^\W\d_]{{2,63}}")
LONGEST = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets


def is_mail_address(text: str) -> bool:
    """Whether this has the form of a mail address."""
    return len(text) <= LONGEST and ADDRESS.fullmatch(text) is not None and ".." not in text
