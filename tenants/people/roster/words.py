"""Cells that hold words from the vocabulary: one word, or several with commas between them."""

import re

from flask_babel import lazy_gettext as _l

from .faults import BadCellError, quoted, unknown
from .text import clean, key, parts
from .vocabulary import GENDERS, LANGUAGES, MODES, NO_PREFERENCE, Wordlist

HIGHEST_CAPACITY = 20  # what a profile holds


def one_of(words: Wordlist, code: str, cell: str) -> str | None:
    """Return the code of the one word in the cell, None when empty; raise BadCellError(code) for an unknown word."""
    value = clean(cell)
    if not value:
        return None
    term = words.find(value)
    if term is None:
        raise unknown(code, value, words.words())
    return term.code


def several_of(words: Wordlist, code: str, cell: str) -> tuple[str, ...]:
    """Return codes in the order written, each once; raise BadCellError(code) for the first unknown word."""
    return tuple(dict.fromkeys(found for part in parts(cell) if (found := one_of(words, code, part))))


def split_known(words: Wordlist, cell: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the codes of known words, and the other words as typed: an unlisted skill is welcome, not a mistake."""
    found = {part: words.find(part) for part in parts(cell)}
    codes = dict.fromkeys(term.code for term in found.values() if term)
    return tuple(codes), tuple(part for part, term in found.items() if term is None)


def gender(cell: str) -> str | None:
    """Read a gender: "female", "male", "other" or None."""
    return one_of(GENDERS, "gender", cell)


def gender_preference(cell: str) -> str | None:
    """Read whom a person would rather meet; None for nobody in particular."""
    return None if key(cell) in NO_PREFERENCE else one_of(GENDERS, "gender_preference", cell)


def mode(cell: str) -> str | None:
    """Read how a person can meet: "in_person", "remote", "either" or None."""
    return one_of(MODES, "mode", cell)


def languages(cell: str) -> tuple[str, ...]:
    """Read languages as ISO 639 codes; "and" between the last two counts as a comma."""
    return several_of(LANGUAGES, "languages", re.sub(r" +(?:ו-?|and +)(?=[^\W\d_]{3})", ",", cell.replace("/", ",")))


def capacity(cell: str) -> int | None:
    """Read how many people a mentor can accompany at once, 0 to 20."""
    value = re.sub(r"\.0+$", "", clean(cell))
    if not value:
        return None
    if not re.fullmatch(r"[0-9]{1,3}", value) or int(value) > HIGHEST_CAPACITY:
        sentence = _l(
            "“%(value)s” is not a number of people, 0 to %(most)s.", value=quoted(value), most=HIGHEST_CAPACITY
        )
        raise BadCellError(sentence, code="capacity")
    return int(value)
