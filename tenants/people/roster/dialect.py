"""Cutting a text into rows and cells: which sign separates, told by the headings before any statistics."""

import csv
import io
from itertools import islice

import clevercsv

from .columns import recognise

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_ROWS = 25
SAMPLE_LENGTH = 4_000
LONGEST_CELL = 100_000


class NotATableError(ValueError):
    """The text cannot be cut into cells."""


def cut(text: str) -> list[list[str]]:
    """Return every record's cells, blank lines too, so that positions are the sheet's row numbers less one."""
    records = _records(text, _delimiter(text))
    return list(records)


def _records(text: str, delimiter: str, most: int | None = None) -> list[list[str]]:
    lines = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    try:
        return list(islice(csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter), most))
    except csv.Error as wrong:
        raise NotATableError from wrong


def _delimiter(text: str) -> str:
    """Choose the sign that makes most known headings in one row; without any, ask clevercsv; at last, a comma."""
    scores = {sign: _known_headings(text, sign) for sign in DELIMITERS}
    best = max(DELIMITERS, key=lambda sign: scores[sign])
    if scores[best] >= 2:
        return best
    guess = clevercsv.Detector().detect(text[:SAMPLE_LENGTH], delimiters=list(DELIMITERS))
    return guess.delimiter if guess and guess.delimiter else best


def _known_headings(text: str, delimiter: str) -> int:
    try:
        rows = _records(text[: SAMPLE_LENGTH * 5], delimiter, SAMPLE_ROWS)
    except NotATableError:
        return 0
    return max((len(recognise(row)) for row in rows), default=0)
