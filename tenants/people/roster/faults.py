"""What is wrong with a cell, in words for the coordinator who typed it."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from maagal.text import isolate

SHOWN = 80


class BadCellError(ValueError):
    """A cell that cannot be read as what its column promises; `code` names the kind, `sentence` says it plainly."""

    def __init__(self, sentence: LazyString, *, code: str) -> None:
        """Keep the sentence unspoken until the reader's language is known."""
        super().__init__(code)
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True)
class Fault:
    """One faulty cell: the sheet's row (from 1), its column's heading, our field, what stands there, and why not."""

    row: int
    column: str
    field: str
    value: str
    code: str
    sentence: LazyString


def quoted(value: str) -> str:
    """Shorten a cell's text and set it apart, so that a sentence about it stays readable in either direction."""
    return isolate(value if len(value) <= SHOWN else value[:SHOWN] + "…")


def unknown(code: str, value: str, known: Iterable[str]) -> BadCellError:
    """Make the fault for a word outside a fixed list, with the nearest known word when one is near."""
    near = _nearest(value[:SHOWN], tuple(known))
    if near:
        sentence = _l("“%(value)s” is not known here. Was “%(near)s” meant?", value=quoted(value), near=isolate(near))
    else:
        sentence = _l("“%(value)s” is not known here.", value=quoted(value))
    return BadCellError(sentence, code=code)


@lru_cache(maxsize=256)  # a column is often wrong in the same way all the way down
def _nearest(value: str, known: tuple[str, ...]) -> str | None:
    return next(iter(get_close_matches(value, known, n=1, cutoff=0.7)), None)
