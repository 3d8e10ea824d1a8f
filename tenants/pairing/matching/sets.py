"""Sets of codes as bits: each set one mask a person, everyone's at once."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain, count
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Named = Sequence[frozenset[str]]
WORD = 64


class Masks(NamedTuple):
    """Each set's bits by words × people, and how many codes each person named, sets × people."""

    words: list[NDArray[np.unsignedinteger[Any]]]
    counts: NDArray[np.float32]


def masks(sets: Sequence[Named]) -> Masks:
    """Give each code of a set a bit of that set; each of `sets` names the same people, one or more."""
    numbers = [defaultdict[str, int](count().__next__) for _ in sets]
    pairs = zip(numbers, sets, strict=True)
    places = np.fromiter(
        chain.from_iterable(map(code.__getitem__, chain.from_iterable(named)) for code, named in pairs), np.uint64
    )
    counts = np.fromiter(map(len, chain.from_iterable(sets)), np.intp)
    ends = np.cumsum(counts)
    words = range(max(1, -(-max(map(len, numbers)) // WORD)))
    people = (len(sets), len(sets[0]))
    packed = np.stack([_word(places, ends, word) for word in words]).reshape(len(words), *people)
    narrow = [_narrow(packed[:, place], len(number)) for place, number in enumerate(numbers)]
    return Masks(narrow, counts.reshape(people).astype(np.float32))


def _word(places: NDArray[np.uint64], ends: NDArray[np.intp], word: int) -> NDArray[np.uint64]:
    """Add up each person's bits of one word as a difference of running sums, which uint64 wraps exactly."""
    bits = np.uint64(1) << (places & np.uint64(WORD - 1))
    if word or places.max(initial=0) >= WORD:
        bits[places // np.uint64(WORD) != word] = 0
    sums = np.zeros(len(places) + 1, np.uint64)
    np.cumsum(bits, out=sums[1:])
    mine = sums[ends]
    mine[1:] -= sums[ends[:-1]]
    return mine


def _narrow(words: NDArray[np.uint64], codes: int) -> NDArray[np.unsignedinteger[Any]]:
    """Keep no more bytes than the codes need: less to read for each pair."""
    kind = next((kind for kind in (np.uint8, np.uint16, np.uint32) if codes <= 8 * kind().nbytes), np.uint64)
    return words.astype(kind)
