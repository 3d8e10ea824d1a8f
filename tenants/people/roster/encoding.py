"""Which encoding a text file is in: asked of the bytes, never of the file's name."""

import codecs
import re

from charset_normalizer import from_bytes

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark begins the same
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
HEBREW_EIGHT_BIT = ("cp1255", "iso8859_8", "cp862")
SAMPLE = 20_000
LETTER = re.compile("[\u05d0-\u05ea]")
ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x80-\x9f\u0591-\u05c7\ufffd]")


def decode(data: bytes) -> str | None:
    """Return the text, None where the bytes are no text at all.

    A mark at the start decides; then zero bytes, which mean UTF-16; then UTF-8 if valid; then whichever eight-bit one,
    those of Hebrew and charset-normalizer's guess, gives the most Hebrew and the least noise.
    """
    for mark, name in MARKS:
        if data.startswith(mark):
            return _try(data, name)
    if b"\0" in data[:SAMPLE]:
        return _unmarked_utf16(data)
    return _try(data, "utf-8") or _eight_bit(data)


def _try(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeDecodeError, LookupError):
        return None


def _unmarked_utf16(data: bytes) -> str | None:
    sample = data[:SAMPLE]
    little = sample[1::2].count(0) + sample[1::2].count(5) > sample[::2].count(0) + sample[::2].count(5)
    text = _try(data, "utf-16-le" if little else "utf-16-be")
    return text if text and _noise(text) < 0.02 else None


def _eight_bit(data: bytes) -> str | None:
    guess = from_bytes(data[:SAMPLE]).best()
    names = dict.fromkeys((*HEBREW_EIGHT_BIT, *([guess.encoding] if guess else [])))
    texts = [text for name in names if (text := _try(data, name))]
    best = max(texts, key=_hebrew, default=None)
    return best if best and _noise(best) < 0.1 else None


def _hebrew(text: str) -> int:
    sample = text[:SAMPLE]
    return len(LETTER.findall(sample)) - 3 * len(ODD.findall(sample))


def _noise(text: str) -> float:
    sample = text[:SAMPLE]
    return len(ODD.findall(sample)) / max(len(sample), 1)
