"""Text to its folding (`filters.normal`), and only where that changes a word.

Text is cut before each character that neither composes with what comes before it nor changes places with it. A segment
is copied if no character of it changes its words, and if no mark follows one that folds; any other is decomposed, put
in canonical order, composed, folded, and once more decomposed, put in order and composed (Unicode Standard Annex 15).
"""

import numpy as np

from filters.jit import at, int64, njit
from filters.kernels.nfkc import fold_segment, put
from filters.kernels.text import decode
from filters.normal import JOINS, SPECIAL, UNSTABLE

_EXPANSION = 11  # most bytes, and so code points, that NFKC and folding make of a byte: U+FDFA becomes 33 of its 3
_ROOM = 1 << 12  # bytes and code points to begin with; both grow


@njit(cache=True, nogil=True)
def changed(data: np.ndarray, offsets: np.ndarray, flag_blocks: np.ndarray, flags: np.ndarray) -> np.ndarray:
    """bool[rows]: whether folding changes the words of a text of valid UTF-8 in NFC."""
    rows = len(offsets) - 1
    special = np.zeros(rows, np.bool_)
    for row in range(rows):
        place, end = int64(offsets[row]), int64(offsets[row + 1])
        unstable = False  # a character of this segment
        found = False
        while place < end and not found:
            if data[at(place)] < 0x80:
                place += 1
                while place < end and data[at(place)] < 0x80:
                    place += 1
                before = data[at(place - 1)]
                unstable = before >= 0x41 and before <= 0x5A
                continue
            code, step = decode(data, place)
            place += step
            here = flags[at((int64(flag_blocks[at(code >> 8)]) << 8) | (code & 0xFF))]
            if here & JOINS:
                found = unstable
            else:
                unstable = False
            unstable |= (here & UNSTABLE) != 0
            found |= (here & SPECIAL) != 0
        special[row] = found
    return special


@njit(cache=True, nogil=True)
def _copy(data: np.ndarray, place: int, end: int, out: np.ndarray, written: int, more: int) -> tuple[np.ndarray, int]:
    """The bytes place..end into `out`, which is made larger if it has not room for `more` after them."""
    if written + end - place + more > len(out):
        grown = np.empty(2 * len(out) + end - place + more, np.uint8)
        for i in range(written):  # a slice for a slice takes Numba 3.6 s to compile, a loop .3 s
            grown[at(i)] = out[at(i)]
        out = grown
    for i in range(place, end):
        out[at(written)] = data[at(i)]
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
    written = int64(0)
    for i in range(len(rows)):
        place, end = int64(offsets[rows[i]]), int64(offsets[rows[i] + 1])
        copied = segment = place  # where what is not put out begins, and the last segment
        only = int64(-1)  # the segment's character, if it is one alone beyond ASCII
        wanted, unstable = False, False  # the segment changes; it would if a mark followed
        while place <= end:
            here, step, code = np.uint8(0), 1, int64(-1)
            if place < end and data[at(place)] >= 0x80:
                code, step = decode(data, place)
                here = flags[at((int64(flag_blocks[at(code >> 8)]) << 8) | (code & 0xFF))]
            if here & JOINS:
                wanted |= unstable
                only = -1
            else:
                if wanted:
                    room = _EXPANSION * (place - segment)
                    out, written = _copy(data, copied, segment, out, written, room)
                    if room > len(one):
                        one, two = np.empty(2 * room, np.int32), np.empty(2 * room, np.int32)
                    whole = direct[at((int64(direct_blocks[at(only >> 8)]) << 8) | (only & 0xFF))] if only >= 0 else 0
                    if whole:
                        for part in range(texts[at(whole)]):
                            written = put(int64(texts[at(whole + 1 + part)]), out, written)
                    else:
                        written = fold_segment(
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
                while place + 1 < end and data[at(place)] < 0x80 and data[at(place + 1)] < 0x80:
                    place += 1
                segment = place
                only = code
                wanted = False
                unstable = place < end and data[at(place)] >= 0x41 and data[at(place)] <= 0x5A
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
