"""Text to its folding (`filters.normal`), and only where that changes a word.

Text is cut before each character that neither composes with what comes before it nor changes places with it. A segment
is copied if no character of it changes its words, and if no mark follows one that folds; any other is decomposed, put
in canonical order, composed, folded, and once more decomposed, put in order and composed (Unicode Standard Annex 15).
"""

import numpy as np
from numba import njit

from filters.kernels.text import decode
from filters.normal import HANGUL, JOINS, LEAD, LEADS, SPECIAL, SYLLABLES, TRAIL, TRAILS, UNSTABLE, VOWEL, VOWELS

_EXPANSION = 11  # most bytes, and so code points, that NFKC and folding make of a byte: U+FDFA becomes 33 of its 3
_ROOM = 1 << 12  # bytes and code points to begin with; both grow


@njit(cache=True, nogil=True)
def changed(data: np.ndarray, offsets: np.ndarray, flag_blocks: np.ndarray, flags: np.ndarray) -> np.ndarray:
    """bool[rows]: whether folding changes the words of a text of valid UTF-8 in NFC."""
    rows = len(offsets) - 1
    special = np.zeros(rows, np.bool_)
    for row in range(rows):
        place, end = np.int64(offsets[row]), np.int64(offsets[row + 1])
        unstable = False  # a character of this segment
        found = False
        while place < end and not found:
            if data[place] < 0x80:
                place += 1
                while place < end and data[place] < 0x80:
                    place += 1
                before = data[place - 1]
                unstable = before >= 0x41 and before <= 0x5A
                continue
            code, step = decode(data, place)
            place += step
            here = flags[(np.int64(flag_blocks[code >> 8]) << 8) | (code & 0xFF)]
            if here & JOINS:
                found = unstable
            else:
                unstable = False
            unstable |= (here & UNSTABLE) != 0
            found |= (here & SPECIAL) != 0
        special[row] = found
    return special


@njit(cache=True, nogil=True, inline="always")
def _text(code: int, column: int, place_blocks: np.ndarray, places: np.ndarray) -> int:
    return np.int64(places[(np.int64(place_blocks[code >> 8]) << 8) | (code & 0xFF), column])


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
        code = np.int64(codes[i])
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
        order = orders[(np.int64(order_blocks[code >> 8]) << 8) | (code & 0xFF)]
        place = i
        while order and place:
            before = codes[place - 1]
            if orders[(np.int64(order_blocks[before >> 8]) << 8) | (before & 0xFF)] <= order:
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
    key = np.int64(first) << 21 | np.int64(second)
    place = np.searchsorted(pairs, key)
    return np.int64(composed[place]) if place < len(pairs) and pairs[place] == key else -1


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
        code = np.int64(codes[i])
        order = np.int64(orders[(np.int64(order_blocks[code >> 8]) << 8) | (code & 0xFF)])
        if starter >= 0 and (written == starter + 1 or (last < order and last > 0)):
            both = _pair(np.int64(codes[starter]), code, pairs, composed)
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
def _put(code: int, out: np.ndarray, written: int) -> int:
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
def _fold_segment(
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
        code, step = np.int64(data[place]), 1
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
        written = _put(np.int64(two[i]), out, written)
    return written


@njit(cache=True, nogil=True)
def _copy(data: np.ndarray, place: int, end: int, out: np.ndarray, written: int, more: int) -> tuple[np.ndarray, int]:
    """The bytes place..end into `out`, which is made larger if it has not room for `more` after them."""
    if written + end - place + more > len(out):
        grown = np.empty(2 * len(out) + end - place + more, np.uint8)
        grown[:written] = out[:written]
        out = grown
    for i in range(place, end):
        out[written] = data[i]
        written += 1
    return out, written


@njit(cache=True, nogil=True)
def fold(
    data: np.ndarray,
    offsets: np.ndarray,
    rows: np.ndarray,
    flag_blocks: np.ndarray,
    flags: np.ndarray,
    order_blocks: np.ndarray,
    orders: np.ndarray,
    place_blocks: np.ndarray,
    places: np.ndarray,
    texts: np.ndarray,
    pairs: np.ndarray,
    composed: np.ndarray,
    direct_blocks: np.ndarray,
    direct: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Foldings of some rows of valid UTF-8 in NFC, as far as they change words: bytes (uint8) and their int32 offsets.

    What folding leaves in the same words is copied as it is: separators, and letters whose lower case it is.
    """
    out_offsets = np.zeros(len(rows) + 1, np.int32)
    out = np.empty(_ROOM, np.uint8)
    one, two = np.empty(_ROOM, np.int32), np.empty(_ROOM, np.int32)
    written = np.int64(0)
    for i in range(len(rows)):
        place, end = np.int64(offsets[rows[i]]), np.int64(offsets[rows[i] + 1])
        copied = segment = place  # where what is not put out begins, and the last segment
        only = np.int64(-1)  # the segment's character, if it is one alone beyond ASCII
        wanted, unstable = False, False  # the segment changes; it would if a mark followed
        while place <= end:
            here, step, code = np.uint8(0), 1, np.int64(-1)
            if place < end and data[place] >= 0x80:
                code, step = decode(data, place)
                here = flags[(np.int64(flag_blocks[code >> 8]) << 8) | (code & 0xFF)]
            if here & JOINS:
                wanted |= unstable
                only = -1
            else:
                if wanted:
                    room = _EXPANSION * (place - segment)
                    out, written = _copy(data, copied, segment, out, written, room)
                    if room > len(one):
                        one, two = np.empty(2 * room, np.int32), np.empty(2 * room, np.int32)
                    at = direct[(np.int64(direct_blocks[only >> 8]) << 8) | (only & 0xFF)] if only >= 0 else 0
                    if at:
                        for part in range(texts[at]):
                            written = _put(np.int64(texts[at + 1 + part]), out, written)
                    else:
                        written = _fold_segment(
                            data,
                            segment,
                            place,
                            one,
                            two,
                            out,
                            written,
                            order_blocks,
                            orders,
                            place_blocks,
                            places,
                            texts,
                            pairs,
                            composed,
                        )
                    copied = place
                while place + 1 < end and data[place] < 0x80 and data[place + 1] < 0x80:
                    place += 1
                segment = place
                only = code
                wanted = False
                unstable = place < end and data[place] >= 0x41 and data[place] <= 0x5A
            unstable |= (here & UNSTABLE) != 0
            wanted |= (here & SPECIAL) != 0
            place += step
        out, written = _copy(data, copied, end, out, written, 0)
        out_offsets[i + 1] = written
    return out[:written], out_offsets


@njit(cache=True, nogil=True)
def splice(
    word_hash: np.ndarray,
    word_offsets: np.ndarray,
    rows: np.ndarray,
    new_hash: np.ndarray,
    new_offsets: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Word hashes (uint64) and offsets (int64) with those of some rows, ascending, replaced."""
    count = len(word_offsets) - 1
    offsets = np.zeros(count + 1, np.int64)
    other = 0
    for row in range(count):
        size = word_offsets[row + 1] - word_offsets[row]
        if other < len(rows) and rows[other] == row:
            size = new_offsets[other + 1] - new_offsets[other]
            other += 1
        offsets[row + 1] = offsets[row] + size
    out = np.empty(offsets[count], np.uint64)
    other = 0
    for row in range(count):
        if other < len(rows) and rows[other] == row:
            out[offsets[row] : offsets[row + 1]] = new_hash[new_offsets[other] : new_offsets[other + 1]]
            other += 1
        else:
            out[offsets[row] : offsets[row + 1]] = word_hash[word_offsets[row] : word_offsets[row + 1]]
    return out, offsets
