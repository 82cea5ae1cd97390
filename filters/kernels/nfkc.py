"""NFKC and case folding of code points (Unicode Standard Annex 15; Unicode 18.0, 3.11 and 3.12)."""

import numpy as np

from filters.jit import int64, njit
from filters.kernels.text import decode
from filters.normal import HANGUL, LEAD, LEADS, SYLLABLES, TRAIL, TRAILS, VOWEL, VOWELS


@njit(cache=True, nogil=True, inline="always")
def _text(code: int, column: int, place_blocks: np.ndarray, places: np.ndarray) -> int:
    return int64(places[(int64(place_blocks[code >> 8]) << 8) | (code & 0xFF), column])


@njit(cache=True, nogil=True)
def _replace(
    codes: np.ndarray,
    count: int,
    column: int,
    place_blocks: np.ndarray,
    places: np.ndarray,
    texts: np.ndarray,
    out: np.ndarray,
) -> int:
    """Each code point by its text: NFKD (column 0, Hangul too) or case folding (1); returns how many there are."""
    written = 0
    for i in range(count):
        code = int64(codes[i])
        syllable = code - HANGUL
        place = _text(code, column, place_blocks, places)
        if place:
            for part in range(texts[place]):
                out[written] = texts[place + 1 + part]
                written += 1
        elif column == 0 and syllable >= 0 and syllable < SYLLABLES:
            out[written] = LEAD + syllable // (VOWELS * TRAILS)
            out[written + 1] = VOWEL + syllable % (VOWELS * TRAILS) // TRAILS
            written += 2
            if syllable % TRAILS:
                out[written] = TRAIL + syllable % TRAILS
                written += 1
        else:
            out[written] = code
            written += 1
    return written


@njit(cache=True, nogil=True)
def _sort(codes: np.ndarray, count: int, order_blocks: np.ndarray, orders: np.ndarray) -> None:
    """Canonical order: marks between two starters by class, and as they stand where classes are equal."""
    for i in range(1, count):
        code = codes[i]
        order = orders[(int64(order_blocks[code >> 8]) << 8) | (code & 0xFF)]
        place = i
        while order and place:
            before = codes[place - 1]
            if orders[(int64(order_blocks[before >> 8]) << 8) | (before & 0xFF)] <= order:
                break
            codes[place] = before
            place -= 1
        codes[place] = code


@njit(cache=True, nogil=True)
def _pair(first: int, second: int, pairs: np.ndarray, composed: np.ndarray) -> int:
    """What two code points compose to, or -1."""
    lead, vowel, trail = first - LEAD, second - VOWEL, second - TRAIL
    if lead >= 0 and lead < LEADS and vowel >= 0 and vowel < VOWELS:
        return HANGUL + (lead * VOWELS + vowel) * TRAILS
    syllable = first - HANGUL
    if syllable >= 0 and syllable < SYLLABLES and syllable % TRAILS == 0 and trail > 0 and trail < TRAILS:
        return first + trail
    key = int64(first) << 21 | int64(second)
    place = np.searchsorted(pairs, key)
    return int64(composed[place]) if place < len(pairs) and pairs[place] == key else -1


@njit(cache=True, nogil=True)
def _compose(
    codes: np.ndarray,
    count: int,
    order_blocks: np.ndarray,
    orders: np.ndarray,
    pairs: np.ndarray,
    composed: np.ndarray,
) -> int:
    """In place; returns how many there are. A mark is blocked by one of its class, or of none, before it (D115)."""
    starter = -1
    written = 0
    last = 0  # class of what was written last, if that is not the starter
    for i in range(count):
        code = int64(codes[i])
        order = int64(orders[(int64(order_blocks[code >> 8]) << 8) | (code & 0xFF)])
        if starter >= 0 and (written == starter + 1 or (last < order and last > 0)):
            both = _pair(int64(codes[starter]), code, pairs, composed)
            if both >= 0:
                codes[starter] = both
                continue
        if order == 0:
            starter = written
        last = order
        codes[written] = code
        written += 1
    return written


@njit(cache=True, nogil=True)
def put(code: int, out: np.ndarray, written: int) -> int:
    if code < 0x80:
        out[written] = code
        return written + 1
    if code < 0x800:
        out[written] = 0xC0 | code >> 6
        out[written + 1] = 0x80 | code & 0x3F
        return written + 2
    if code < 0x10000:
        out[written] = 0xE0 | code >> 12
        out[written + 1] = 0x80 | code >> 6 & 0x3F
        out[written + 2] = 0x80 | code & 0x3F
        return written + 3
    out[written] = 0xF0 | code >> 18
    out[written + 1] = 0x80 | code >> 12 & 0x3F
    out[written + 2] = 0x80 | code >> 6 & 0x3F
    out[written + 3] = 0x80 | code & 0x3F
    return written + 4


@njit(cache=True, nogil=True)
def fold_segment(
    data: np.ndarray,
    place: int,
    end: int,
    one: np.ndarray,
    two: np.ndarray,
    out: np.ndarray,
    written: int,
    order_blocks: np.ndarray,
    orders: np.ndarray,
    place_blocks: np.ndarray,
    places: np.ndarray,
    texts: np.ndarray,
    pairs: np.ndarray,
    composed: np.ndarray,
) -> int:
    """NFKC, case folding and NFKC of the bytes place..end into `out`; returns where they end."""
    count = 0
    while place < end:
        code, step = int64(data[place]), 1
        if code >= 0x80:
            code, step = decode(data, place)
        one[count] = code
        count += 1
        place += step
    count = _replace(one, count, 0, place_blocks, places, texts, two)
    _sort(two, count, order_blocks, orders)
    count = _compose(two, count, order_blocks, orders, pairs, composed)
    count = _replace(two, count, 1, place_blocks, places, texts, one)
    count = _replace(one, count, 0, place_blocks, places, texts, two)
    _sort(two, count, order_blocks, orders)
    count = _compose(two, count, order_blocks, orders, pairs, composed)
    for i in range(count):
        written = put(int64(two[i]), out, written)
    return written
