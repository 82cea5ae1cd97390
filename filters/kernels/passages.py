"""Passages of texts, and how often which of their words stand in which: what BM25 is computed from.

A *passage* is a run of words of a text with what stands between them; each but the first begins some words before the
end of the one before. Words are those of `filters.kernels.text`.
"""

import numpy as np

from filters import unicode
from filters.jit import int64, njit
from filters.kernels.text import decode
from filters.unicode import DIGIT, JOINER, KIND, LETTER, MARK, UNSPACED


def passages(data: np.ndarray, offsets: np.ndarray, size: int, overlap: int) -> tuple[np.ndarray, np.ndarray]:
    """Passages of `size` words, `overlap` of which (fewer than half) are those at the end of the one before: how many
    there are before each text (int64[rows + 1]), and where they begin and end (int32[passages, 2], bytes of the text).

    `data` is valid UTF-8 (uint8), cut into texts by `offsets` (int32[rows + 1]). The first of a text begins where the
    text does, the last ends where it does; each without what the next begins with, they are the text. A text without
    words is one passage.
    """
    rows = len(offsets) - 1
    step = size - overlap
    most = (int(offsets[-1]) - int(offsets[0])) // step + rows + 1  # a word has a byte at least
    counts, bounds = np.zeros(rows + 1, np.int64), np.empty((most, 2), np.int32)
    tables = unicode.tables()
    written = _passages(data, offsets, tables.class_blocks, tables.classes, size, step, counts, bounds)
    return counts, bounds[:written]


@njit(cache=True, nogil=True)
def _passages(
    data: np.ndarray,
    offsets: np.ndarray,
    class_blocks: np.ndarray,
    classes: np.ndarray,
    size: int,
    step: int,
    counts: np.ndarray,
    bounds: np.ndarray,
) -> int:
    written = int64(0)
    for row in range(len(offsets) - 1):
        begin, end = int64(offsets[row]), int64(offsets[row + 1])
        place, words = begin, int64(0)
        current = next_one = begin  # where the passage begins, and the one behind it
        in_word, alone = False, False
        while place < end:
            first = place
            byte = data[place]
            if byte < 0x80:
                code, width = int64(byte), 1
            else:
                code, width = decode(data, place)
            place += width
            flags = classes[(int64(class_blocks[code >> 8]) << 8) | (code & 0xFF)]
            kind = flags & KIND
            if kind == LETTER or kind == DIGIT or kind == MARK:
                if kind != MARK and in_word and (alone or flags & UNSPACED):
                    in_word = False
                if not in_word:
                    in_word = True
                    alone = (flags & UNSPACED) != 0
                    if words and words % step == 0:
                        next_one = first
                    if words >= size and (words - size) % step == 0:
                        bounds[written, 0], bounds[written, 1] = current - begin, first - begin
                        written += 1
                        current = next_one
                    words += 1
            elif not flags & JOINER:
                in_word = False
        bounds[written, 0], bounds[written, 1] = current - begin, end - begin
        written += 1
        counts[row + 1] = written
    return written


@njit(cache=True, nogil=True)
def copied(
    data: np.ndarray, offsets: np.ndarray, counts: np.ndarray, bounds: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The bytes of passages one behind the other, and where each begins (int32[passages + 1])."""
    ends = np.zeros(len(bounds) + 1, np.int32)
    for number in range(len(bounds)):
        ends[number + 1] = ends[number] + bounds[number, 1] - bounds[number, 0]
    out = np.empty(ends[len(bounds)], np.uint8)
    for row in range(len(counts) - 1):
        for number in range(counts[row], counts[row + 1]):
            first = int64(offsets[row]) + bounds[number, 0]
            out[ends[number] : ends[number + 1]] = data[first : first + bounds[number, 1] - bounds[number, 0]]
    return out, ends


@njit(cache=True, nogil=True)
def add_scores(
    postings: np.ndarray, lengths: np.ndarray, weight: float, k1: float, b: float, average: float, scores: np.ndarray
) -> bool:
    """Add what one word gives to the `scores` (float64[passages]) of the passages that have it; false if a posting
    names a passage that is not there.

    `postings` (uint32): a passage, and in the 8 low bits how often it has the word. `lengths` (int32): words of each.
    """
    for place in range(len(postings)):
        passage, often = int64(postings[place] >> 8), float(postings[place] & 255)
        if passage >= len(scores):
            return False
        scores[passage] += weight * often / (often + k1 * (1.0 - b + b * lengths[passage] / average))
    return True
