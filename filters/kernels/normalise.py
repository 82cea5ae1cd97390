"""UTF-8 to the words that a language model sees, in one pass: a table gives each code point's replacement."""

import numpy as np

from filters.jit import int64, njit

SEPARATOR = 0x20
LINE = 0x0A
DROPPED = -1


@njit(cache=True, nogil=True)
def normalise(
    data: np.ndarray,
    offsets: np.ndarray,
    blocks: np.ndarray,
    values: np.ndarray,
    out: np.ndarray,
    out_offsets: np.ndarray,
) -> None:
    """Valid UTF-8 `data` (uint8), cut by `offsets`, into `out` (uint8, 3/2 of its size) and `out_offsets`.

    Words come out with one space between them, lines that hold words with one line feed; nothing else is white.
    """
    ascii_value = values[int64(blocks[0]) << 8 : (int64(blocks[0]) << 8) + 128].copy()
    written = 0
    out_offsets[0] = 0
    for row in range(len(offsets) - 1):
        place, end = int64(offsets[row]), int64(offsets[row + 1])
        first = written
        waiting = 0  # the separator that stands before the next word, if there is one before it
        while place < end:
            byte = int64(data[place])
            if byte < 0x80:
                place += 1
                code = int64(ascii_value[byte])
            else:
                if byte < 0xE0:
                    code = (byte & 0x1F) << 6 | (int64(data[place + 1]) & 0x3F)
                    place += 2
                elif byte < 0xF0:
                    code = (byte & 0x0F) << 12 | (int64(data[place + 1]) & 0x3F) << 6 | (int64(data[place + 2]) & 0x3F)
                    place += 3
                else:
                    code = (
                        (byte & 0x07) << 18
                        | (int64(data[place + 1]) & 0x3F) << 12
                        | (int64(data[place + 2]) & 0x3F) << 6
                        | (int64(data[place + 3]) & 0x3F)
                    )
                    place += 4
                code = int64(values[(int64(blocks[code >> 8]) << 8) | (code & 0xFF)])
            if code == SEPARATOR:
                if waiting == 0:
                    waiting = SEPARATOR
                continue
            if code == LINE:
                waiting = LINE
                continue
            if code == DROPPED:
                continue
            if waiting:
                if written > first:
                    out[written] = waiting
                    written += 1
                waiting = 0
            if code < 0x80:
                out[written] = code
                written += 1
            elif code < 0x800:
                out[written] = 0xC0 | code >> 6
                out[written + 1] = 0x80 | code & 0x3F
                written += 2
            elif code < 0x10000:
                out[written] = 0xE0 | code >> 12
                out[written + 1] = 0x80 | code >> 6 & 0x3F
                out[written + 2] = 0x80 | code & 0x3F
                written += 3
            else:
                out[written] = 0xF0 | code >> 18
                out[written + 1] = 0x80 | code >> 12 & 0x3F
                out[written + 2] = 0x80 | code >> 6 & 0x3F
                out[written + 3] = 0x80 | code & 0x3F
                written += 4
        out_offsets[row + 1] = written
