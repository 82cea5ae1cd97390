"""Which lines are the same: a 128-bit hash of each line that is not blank, where it is, and how long.

Lines are the same if they have the same characters once white space is trimmed and each run of it inside is one blank.
Case, digits and punctuation count: folding them would call "Chapter 1" and "Chapter 2" one line, and NFKC costs more
than all the rest. Words are as in `filters.kernels.lines`: parted by white space, and each letter of a script without
spaces is one.

Two 64-bit hashes with multipliers and rotations of their own run side by side. If they behave as random functions, the
odds that any two of n different lines have equal hashes are n^2 / 2^129: 1.5e-19 for 10^10 lines, where 64 bits
alone would make 2.7 such pairs likely.
"""

from typing import NamedTuple

import numpy as np

from filters import unicode
from filters.jit import int64, njit
from filters.kernels.hashing import BASE, SEED, add, mix
from filters.kernels.text import ascii_classes, decode
from filters.unicode import KIND, LINE_END, SPACE, UNSPACED

_LEFT, _RIGHT = np.uint64(31), np.uint64(33)  # another rotation than `add` has


class Lines(NamedTuple):
    """The lines of a batch's texts, blank ones left out."""

    offsets: np.ndarray  # int64[rows + 1] into the others
    high: np.ndarray  # uint64[lines]: as TextIndex.line_hash
    low: np.ndarray  # uint64[lines]
    start: np.ndarray  # int32[lines]: code points into the text
    stop: np.ndarray  # int32[lines]: where its line feed is, or the text ends
    chars: np.ndarray  # int32[lines]: code points of the normalised line
    words: np.ndarray  # int32[lines]


def hash_lines(data: np.ndarray, offsets: np.ndarray) -> Lines:
    """The lines of valid UTF-8 `data` (uint8) cut into texts by `offsets` (int32[rows + 1])."""
    rows = len(offsets) - 1
    size = int(offsets[-1]) - int(offsets[0])
    most = size // 2 + rows + 1  # a bound: memory that is not written is not taken
    ends = np.zeros(rows + 1, np.int64)
    high, low = np.empty(most, np.uint64), np.empty(most, np.uint64)
    start, stop, chars, words = (np.empty(most, np.int32) for _ in range(4))
    tables = unicode.tables()
    _hash(data, offsets, tables.class_blocks, tables.classes, ends, high, low, start, stop, chars, words)
    count = int(ends[-1])
    return Lines(ends, *(column[:count] for column in (high, low, start, stop, chars, words)))


@njit(cache=True, nogil=True, inline="always")
def _add_low(state: np.uint64, symbol: np.uint64) -> np.uint64:
    state = (state ^ symbol) * BASE
    return (state << _LEFT) | (state >> _RIGHT)


@njit(cache=True, nogil=True)
def _hash(
    data: np.ndarray,
    offsets: np.ndarray,
    class_blocks: np.ndarray,
    classes: np.ndarray,
    ends: np.ndarray,
    high: np.ndarray,
    low: np.ndarray,
    start: np.ndarray,
    stop: np.ndarray,
    chars: np.ndarray,
    words: np.ndarray,
) -> None:
    ascii_class = ascii_classes(class_blocks, classes)
    blank = np.uint64(0x20)
    lines = 0
    for row in range(len(offsets) - 1):
        place, end = int64(offsets[row]), int64(offsets[row + 1])
        position, begun = 0, 0
        first, second = SEED, ~SEED
        own, content, gap = 0, 0, False
        while place <= end:
            kind = LINE_END
            flags = np.uint8(0)
            code = int64(0)
            if place < end:
                code = int64(data[place])
                if code < 0x80:
                    flags = ascii_class[code]
                    place += 1
                else:
                    code, step = decode(data, place)
                    flags = classes[(int64(class_blocks[code >> 8]) << 8) | (code & 0xFF)]
                    place += step
                kind = flags & KIND
            else:
                place += 1  # the end of the text ends a line
            if kind == LINE_END:
                if content:
                    high[lines], low[lines] = mix(first), mix(second)
                    start[lines], stop[lines] = begun, position
                    chars[lines], words[lines] = content, own
                    lines += 1
                first, second = SEED, ~SEED
                own, content, gap = 0, 0, False
                begun = position + 1
            elif kind == SPACE:
                gap = content > 0
            else:
                if gap:
                    first, second = add(first, blank), _add_low(second, blank)
                    content += 1
                own += content == 0 or gap or (flags & UNSPACED) != 0
                gap = False
                first, second = add(first, np.uint64(code)), _add_low(second, np.uint64(code))
                content += 1
            position += 1
        ends[row + 1] = lines


@njit(cache=True, nogil=True)
def look_up(
    scopes: np.ndarray,
    high: np.ndarray,
    low: np.ndarray,
    known_scopes: np.ndarray,
    known_high: np.ndarray,
    known_low: np.ndarray,
) -> np.ndarray:
    """int64: the place of each (scope, high, low) among the known, which are sorted by the three; -1 for none."""
    found = np.full(len(high), -1, np.int64)
    for line in range(len(high)):
        bottom, top = 0, len(known_high)
        while bottom < top:
            middle = (bottom + top) // 2
            before = known_scopes[middle] < scopes[line] or (
                known_scopes[middle] == scopes[line]
                and (
                    known_high[middle] < high[line]
                    or (known_high[middle] == high[line] and known_low[middle] < low[line])
                )
            )
            if before:
                bottom = middle + 1
            else:
                top = middle
        if (
            bottom < len(known_high)
            and known_scopes[bottom] == scopes[line]
            and known_high[bottom] == high[line]
            and known_low[bottom] == low[line]
        ):
            found[line] = bottom
    return found


@njit(cache=True, nogil=True)
def at_edges(offsets: np.ndarray, hit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of the lines that are hit (bool), those of the unbroken run at the head of their text, and those at the tail."""
    head, tail = np.zeros(len(hit), np.bool_), np.zeros(len(hit), np.bool_)
    for row in range(len(offsets) - 1):
        line = offsets[row]
        while line < offsets[row + 1] and hit[line]:
            head[line] = True
            line += 1
        line = offsets[row + 1] - 1
        while line >= offsets[row] and hit[line]:
            tail[line] = True
            line -= 1
    return head, tail
