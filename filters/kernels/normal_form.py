"""Which texts may need to be rewritten into the one form of text: one look at every code point.

A text is in NFC if no character of it may compose or decompose and its marks stand in canonical order (the quick check
of Unicode Standard Annex 15, section 9). What may change is looked at again by whoever changes it.
"""

import numpy as np

from filters.jit import at, int64, njit
from filters.kernels.text import decode

ORDERS = 240  # the largest canonical combining class
UNSURE, UNCLEAN = 254, 255  # other values of a character: NFC may change it; it is none of the one form
MAY_COMPOSE, HAS_UNCLEAN = 1, 2  # of a text


@njit(cache=True, nogil=True)
def look(data: np.ndarray, offsets: np.ndarray, blocks: np.ndarray, values: np.ndarray) -> np.ndarray:
    """uint8[rows]: MAY_COMPOSE, HAS_UNCLEAN of texts of valid UTF-8. `values` (uint8, in two stages by `blocks`) are 0
    for a character that NFC leaves alone, the combining class of a mark that only changes places, UNSURE, UNCLEAN."""
    rows = len(offsets) - 1
    out = np.zeros(rows, np.uint8)
    unclean = np.zeros(128, np.bool_)
    for code in range(128):
        unclean[code] = values[(int64(blocks[0]) << 8) | code] != 0
    for row in range(rows):
        place, end = int64(offsets[row]), int64(offsets[row + 1])
        unsure, dirty, marked = False, False, False
        before = 0  # class of the mark before
        while place < end:
            if data[at(place)] < 0x80:
                while place < end and data[at(place)] < 0x80:
                    dirty |= unclean[at(data[at(place)])]
                    place += 1
                before = 0
                continue
            code, step = decode(data, place)
            place += step
            value = int64(values[at((int64(blocks[at(code >> 8)]) << 8) | (code & 0xFF))])
            if value == 0:
                before = 0
                continue
            marked = True
            if value <= ORDERS:
                unsure |= value < before
                before = value
            else:
                unsure |= value == UNSURE
                dirty |= value == UNCLEAN
        # What goes out of a text may have stood between two marks.
        out[row] = (MAY_COMPOSE if unsure or (dirty and marked) else 0) | (HAS_UNCLEAN if dirty else 0)
    return out
