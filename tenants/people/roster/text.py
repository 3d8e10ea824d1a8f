"""One spelling for what people type: invisible marks gone, quotes and dashes alike."""

import re

INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
SPACES = re.compile(r"\s+")
SIGNS = {
    '"': "\u05f4\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb",
    "'": "\u05f3\u2018\u2019\u201a\u201b\u2032\u00b4`",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u05be",
}
PLAIN = str.maketrans({sign: plain for plain, signs in SIGNS.items() for sign in signs})
# Most cells are plain already, and one search is far cheaper than every replacement.
UNTIDY = re.compile(rf"[^\S ]|  |\A | \Z|[{''.join(SIGNS.values())}]|{INVISIBLE.pattern}")
NOT_WORD = re.compile(r"[\W_]+")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
NOTHING = {"", "-", "--", "---", "n/a", "null", "none"}


def clean(cell: str) -> str:
    """Return one line without invisible marks, with plain quotes and dashes, and "" for a cell that only says nothing.

    A leading apostrophe before a formula sign is the text mark that spreadsheets, and our own returned rows, put there.
    """
    line = _tidied(cell) if UNTIDY.search(cell) else cell
    if line.startswith("'") and line[1:].startswith(FORMULA_STARTS):
        line = line[1:]
    return "" if line.casefold() in NOTHING else line


def _tidied(cell: str) -> str:
    return SPACES.sub(" ", INVISIBLE.sub("", cell.replace("\r", " "))).strip().translate(PLAIN)


def ascii_digits(line: str) -> str:
    """Return a line with the digits of any script, such as ٠١٢, as 0 to 9."""
    return line if line.isascii() else re.sub(r"\d", lambda digit: str(int(digit[0])), line)


def key(words: str) -> str:
    """Return the letters and digits alone, case folded, for comparing what different hands wrote."""
    return NOT_WORD.sub("", words.casefold())


def parts(cell: str) -> list[str]:
    """Split a list typed into one cell by commas, semicolons, bars or lines; empty parts are dropped."""
    pieces = re.split(r"[,;|\n\u060c]", INVISIBLE.sub("", cell.replace("\r", "\n")))
    return [piece for piece in map(clean, pieces) if piece]
