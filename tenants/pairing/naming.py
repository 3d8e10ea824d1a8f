"""Whether a text about somebody tells who it is: their name, also behind Hebrew prefixes, a phone number, an address."""

import re
import unicodedata
from collections.abc import Iterator

WORD = re.compile(r"[^\W\d_]+")
PREFIX = re.compile("^[והבלמשכ]{1,2}")  # "and", "the", "in", "to", "from", "that", "as": written as one with the word
PARTICLES = frozenset(("בן", "בת", "בר", "אבו", "אל", "דה", "van", "von", "de", "ben", "bat", "abu", "al"))  # words of their own
MAIL = re.compile(r"\S@\S")
PHONE = re.compile(r"(?<!\d)(?:(?:\+|0|972)(?:[\s().–-]*\d){6,}|\d{8,})")  # dialled in whatever spelling; or an identity number


def tells_who(text: str, name: str) -> bool:
    """Whether a mentor would learn from a text whom it is about. A word too many is refused rather than one too few."""
    return tells_name(text, name) or bool(PHONE.search(text) or MAIL.search(text))


def tells_name(text: str, name: str) -> bool:
    """Whether a part of a name stands in a text as a word, with or without prefixes."""
    first, *rest = _words(name) or [""]
    parts = {each for each in (first, *(word for word in rest if word not in PARTICLES)) if len(each) > 1}
    return any(form in parts for word in _words(text) for form in _forms(word))


def _forms(word: str) -> Iterator[str]:
    """Yield a word as it is, and without one or two of its prefixes."""
    yield word
    if found := PREFIX.match(word):
        yield from (word[length:] for length in range(1, len(found[0]) + 1))


def _words(text: str) -> list[str]:
    """Split into words of letters alone; vowel points are left out."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return WORD.findall(bare.casefold())
