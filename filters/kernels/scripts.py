"""Which scripts a text is in, by its letters and marks: one pass over UTF-8.

Kana make Han Japanese and Hangul makes it Korean. Han beside neither is simplified or traditional by the characters
that only one of the two writings has, whichever are more.
"""

import numpy as np

from filters.jit import int64, njit
from filters.kernels.text import decode
from filters.scripts import HANI, HANS, HANT, JPAN, KORE, SHINJITAI, Letters

MOST = 3  # scripts of a text that are told
# A tenth of Han and kana: Japanese has fewest kana in lists of names and in laws, and still more than that. Chinese
# that quotes some words of Japanese has less.
_KANA_SHARE = 10


def scripts_of(data: np.ndarray, offsets: np.ndarray, letters: Letters) -> tuple[np.ndarray, np.ndarray]:
    """The scripts with the most letters of each document of valid UTF-8 `data` cut by `offsets` (int32[rows + 1]).

    int16[rows, 3] of numbers in `letters.codes`, most letters first (of as many the lower number), 0 where there are
    fewer; and int32[rows, 3], their letters and marks in code points.
    """
    return _scripts_of(data, offsets, letters.blocks, letters.numbers, len(letters.codes))


@njit(cache=True, nogil=True)
def _scripts_of(
    data: np.ndarray, offsets: np.ndarray, blocks: np.ndarray, numbers: np.ndarray, codes: int
) -> tuple[np.ndarray, np.ndarray]:
    rows = len(offsets) - 1
    found = np.zeros((rows, MOST), np.int16)
    sizes = np.zeros((rows, MOST), np.int32)
    counts = np.zeros(codes, np.int32)
    ascii_numbers = np.empty(128, np.uint8)
    for code in range(128):
        ascii_numbers[code] = numbers[(int64(blocks[0]) << 8) | code]
    for row in range(rows):
        counts[:] = 0
        place = int64(offsets[row])
        end = int64(offsets[row + 1])
        while place < end:
            byte = int64(data[place])
            if byte < 0x80:
                counts[ascii_numbers[byte]] += 1
                place += 1
            else:
                code, step = decode(data, place)
                place += step
                counts[numbers[(int64(blocks[code >> 8]) << 8) | (code & 0xFF)]] += 1
        counts[0] = 0
        _join_han(counts)
        for rank in range(MOST):
            best = counts.argmax()
            if counts[best] == 0:
                break
            found[row, rank] = best
            sizes[row, rank] = counts[best]
            counts[best] = 0
    return found, sizes


@njit(cache=True, nogil=True)
def _join_han(counts: np.ndarray) -> None:
    """Han and kana as one script; Han beside more Hangul as Korean's."""
    simplified = counts[HANS] + counts[SHINJITAI]
    han = counts[HANI] + simplified + counts[HANT]
    if han + counts[JPAN] == 0:
        return
    script = HANI
    if counts[JPAN] * _KANA_SHARE >= han + counts[JPAN]:
        script = JPAN
    elif counts[KORE] > han:
        script = KORE
    elif simplified > counts[HANT]:
        script = HANS if counts[HANS] else SHINJITAI
    elif counts[HANT] > simplified:
        script = HANT
    han += counts[JPAN]
    counts[HANI] = counts[HANS] = counts[SHINJITAI] = counts[HANT] = counts[JPAN] = 0
    counts[script] += han
