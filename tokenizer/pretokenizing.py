"""The cutting patterns as kernels: where the piece that begins at a byte of valid UTF-8 ends.

Each function is one pattern of `tokenizer.presets`, alternative by alternative in its order; `tokenizers`' own
pre-tokenizer is the oracle. A piece depends on nothing before it, so cutting can go on at any cut.
"""

import numpy as np

from filters.jit import int64, njit
from filters.kernels.text import decode
from tokenizer.classes import BLANK, DIGIT, LETTER, LINE_END, MARK, OTHER, QUOTE, SPACE
from tokenizer.presets import Preset

WHOLE, MODERN, GPT2, PHRASES = range(4)  # of WHOLE a text is one piece
FAMILIES = {"modern": MODERN, "gpt2": GPT2, "phrases": PHRASES}


def family(preset: Preset) -> int:
    """The number by which `piece_end` knows the preset's family."""
    return FAMILIES[preset.family]


@njit(cache=True, nogil=True, inline="always")
def _look(data: np.ndarray, place: int, blocks: np.ndarray, classes: np.ndarray) -> tuple[int, int]:
    """The class of the character at `place` and where the next one begins."""
    byte = int64(data[place])
    if byte < 0x80:
        return int64(classes[byte]), place + 1  # the first block is that of the first code points
    code, step = decode(data, place)
    return int64(classes[int64(blocks[code >> 8]) << 8 | (code & 0xFF)]), place + step


@njit(cache=True, nogil=True)
def piece_end(
    data: np.ndarray, place: int, end: int, blocks: np.ndarray, classes: np.ndarray, shape: int, digits: int
) -> int:
    """Where the piece that begins at `place` < `end` ends; `blocks`, `classes` are the preset's tables."""
    if shape == WHOLE:
        return end
    if shape == MODERN:
        return _modern(data, place, end, blocks, classes, digits)
    if shape == GPT2:
        return _gpt2(data, place, end, blocks, classes)
    return _phrase(data, place, end, blocks, classes)


@njit(cache=True, nogil=True)
def _modern(data: np.ndarray, place: int, end: int, blocks: np.ndarray, classes: np.ndarray, digits: int) -> int:
    kind, after = _look(data, place, blocks, classes)
    if kind == LETTER:
        return _letters(data, after, end, blocks, classes)
    if kind == DIGIT:
        count = 1
        while count < digits and after < end:
            kind, further = _look(data, after, blocks, classes)
            if kind != DIGIT:
                break
            after = further
            count += 1
        return after
    if kind == QUOTE:
        short = _contraction(data, after, end, True)
        if short > after:
            return short
    following, further = (-1, after) if after >= end else _look(data, after, blocks, classes)
    if kind != LINE_END and (following == LETTER or following == MARK):
        return _letters(data, further, end, blocks, classes)
    if kind == MARK:
        return after
    if kind == OTHER or kind == QUOTE or (kind == BLANK and (following == OTHER or following == QUOTE)):
        while after < end:
            kind, further = _look(data, after, blocks, classes)
            if kind != OTHER and kind != QUOTE:
                break
            after = further
        while after < end and (data[after] == 0x0A or data[after] == 0x0D):
            after += 1
        return after
    return _white(data, place, end, blocks, classes, True)


@njit(cache=True, nogil=True)
def _gpt2(data: np.ndarray, place: int, end: int, blocks: np.ndarray, classes: np.ndarray) -> int:
    kind, after = _look(data, place, blocks, classes)
    if kind == QUOTE:
        short = _contraction(data, after, end, False)
        if short > after:
            return short
    if kind == BLANK and after < end:
        following, further = _look(data, after, blocks, classes)
        if following < SPACE or following == QUOTE:
            kind, after = following, further
    if kind >= SPACE and kind != QUOTE:
        return _white(data, place, end, blocks, classes, False)
    kind = OTHER if kind == QUOTE else kind
    while after < end:
        following, further = _look(data, after, blocks, classes)
        if following != kind and not (kind == OTHER and following == QUOTE):
            break
        after = further
    return after


@njit(cache=True, nogil=True)
def _phrase(data: np.ndarray, place: int, end: int, blocks: np.ndarray, classes: np.ndarray) -> int:
    """A phrase with the blank before it, or what stands before the next phrase."""
    kind, after = _look(data, place, blocks, classes)
    following, further = (-1, after) if after >= end else _look(data, after, blocks, classes)
    if kind == LETTER or (kind == BLANK and following == LETTER):
        while following == LETTER:
            after = further
            following, further = (-1, after) if after >= end else _look(data, after, blocks, classes)
        return after
    while following >= 0 and following != LETTER:
        before, kind = after, following
        after = further
        following, further = (-1, after) if after >= end else _look(data, after, blocks, classes)
        if kind == BLANK and following == LETTER:
            return before
    return after


@njit(cache=True, nogil=True)
def _letters(data: np.ndarray, place: int, end: int, blocks: np.ndarray, classes: np.ndarray) -> int:
    while place < end:
        kind, after = _look(data, place, blocks, classes)
        if kind != LETTER and kind != MARK:
            break
        place = after
    return place


@njit(cache=True, nogil=True)
def _white(data: np.ndarray, place: int, end: int, blocks: np.ndarray, classes: np.ndarray, lines: bool) -> int:
    """`\\s*[\\r\\n]+` where `lines`, then `\\s+(?!\\S)`, then `\\s+`."""
    start, last, line = place, place, place
    while place < end:
        kind, after = _look(data, place, blocks, classes)
        if kind != SPACE and kind != BLANK and kind != LINE_END:
            break
        last = place
        place = after
        if kind == LINE_END:
            line = after
    if lines and line > start:
        return line
    return last if place < end and last > start else place


@njit(cache=True, nogil=True)
def _contraction(data: np.ndarray, place: int, end: int, fold: bool) -> int:
    """Where `s t re ve m ll d` at `place` ends, else `place`. `fold`: of any case, the long s of Unicode too."""
    if place >= end:
        return place
    first = int64(data[place])
    second = int64(data[place + 1]) if place + 1 < end else 0
    if fold:
        if first == 0xC5 and second == 0xBF:
            return place + 2
        first |= 0x20
        second |= 0x20
    if first == 0x73 or first == 0x74 or first == 0x6D or first == 0x64:
        return place + 1
    if (second == 0x65 and (first == 0x72 or first == 0x76)) or (first == 0x6C and second == 0x6C):
        return place + 2
    return place
