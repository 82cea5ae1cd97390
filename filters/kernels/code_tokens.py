"""Tokens of source code by one lexer for all languages.

The lexer knows no grammar, so it never fails. In the order in which it asks:

* white space and control characters separate tokens and are dropped;
* `//` and `/* */`, `#` after white space (but `#[`, `#![` and the directives of C and C#), and `--` before a space, `-`
  or `[` that does not follow an operand (`--[[ ]]` too) are comments and are dropped;
* a quoted run is one string symbol: ' and " within a line (a backslash escapes the next byte, also a line's end),
  ` and triple quotes over lines; a triple-quoted run that begins a line is documentation and is dropped;
* a word (ASCII letters, digits, _ and $, and every byte of other scripts) that is reserved in any of the 13 languages
  is kept, every other word is one symbol, so that renaming changes nothing;
* a number is one symbol; any other byte is an operator and is kept.

What opens a comment or a string and is never closed is an operator: each kind is looked for once, so the time is linear
in the text whatever it holds. Two languages are known to disagree, so that no code is taken for a comment: `//` divides
in Python and Lua (DIVIDES), `#` measures in Lua (MEASURES). Where others do, the rest of the line is lost to the
fingerprints, in every copy alike.
"""

import numpy as np

from filters.jit import njit
from filters.kernels.code_words import DIRECTIVE, KEPT, known, letter
from filters.kernels.hashing import SEED

WORD, NUMBER, STRING = 256, 257, 258  # symbols beside those of operators, which are their bytes

_SPACE, _NAME, _DIGIT, _QUOTE, _SLASH, _HASH, _DASH, _OTHER = range(8)


def _classes() -> np.ndarray:
    found = np.full(256, _OTHER, np.uint8)
    found[: ord(" ") + 1] = _SPACE
    found[0x7F] = _SPACE
    for byte in range(256):
        if chr(byte) in "_$" or byte >= 0x80 or bytes([byte]).isalpha():
            found[byte] = _NAME
    found[ord("0") : ord("9") + 1] = _DIGIT
    for byte, kind in zip(b"'\"`/#-", (_QUOTE, _QUOTE, _QUOTE, _SLASH, _HASH, _DASH), strict=True):
        found[byte] = kind
    return found


_CLASS = _classes()

DIVIDES, MEASURES = 1, 2  # what the language reads otherwise, as bits

# Lexer state: next byte, whether nothing came on this line yet, up to where each kind of opening is known not to be
# closed (', ", `, ''', \"\"\", /*, --[[), and the bits of the language.
_PLACE, _FRESH, _BARRED, _READS = 0, 1, 2, 9
_TRIPLE, _BLOCK, _LONG = 3, 5, 6
START = np.array([0, 1, 0, 0, 0, 0, 0, 0, 0, 0], np.int64)  # state of a text that begins at byte 0


@njit(cache=True, nogil=True)
def _closed(data: np.ndarray, place: int, end: int, quote: int, lines: bool) -> tuple[bool, int]:
    """Whether a quoted run that goes on at `place` is closed, and the byte after it, else where the search ended."""
    while place < end:
        byte = data[place]
        if byte == quote:
            return True, place + 1
        if byte == 10 and not lines:
            return False, place
        place += 2 if byte == 92 else 1
    return False, end


@njit(cache=True, nogil=True)
def _closed_triple(data: np.ndarray, place: int, end: int, quote: int) -> int:
    """The byte after three quotes, or -1."""
    while place + 2 < end:
        if data[place] == quote and data[place + 1] == quote and data[place + 2] == quote:
            return place + 3
        place += 2 if data[place] == 92 else 1
    return -1


@njit(cache=True, nogil=True)
def _closed_by(data: np.ndarray, place: int, end: int, first: int, second: int) -> int:
    """The byte after the next occurrence of two bytes, or -1."""
    while place + 1 < end:
        if data[place] == first and data[place + 1] == second:
            return place + 2
        place += 1
    return -1


@njit(cache=True, nogil=True)
def _line_end(data: np.ndarray, place: int, end: int) -> int:
    while place < end and data[place] != 10:
        place += 1
    return place


@njit(cache=True, nogil=True)
def _comment(data: np.ndarray, start: int, place: int, end: int, state: np.ndarray) -> int:
    """The byte after a comment that begins here, or `place` if none does."""
    byte = data[place]
    following = data[place + 1] if place + 1 < end else 10
    if byte == 47:  # /
        if following == 47:
            return place if state[_READS] & DIVIDES else _line_end(data, place, end)
        if following == 42 and place >= state[_BARRED + _BLOCK]:
            closed = _closed_by(data, place + 2, end, 42, 47)
            if closed >= 0:
                return closed
            state[_BARRED + _BLOCK] = end
        return place
    if byte == 35:  # #
        if state[_READS] & MEASURES or (place > start and _CLASS[data[place - 1]] != _SPACE):
            return place
        if following == 91 or (following == 33 and place + 2 < end and data[place + 2] == 91):
            return place
        symbol = SEED
        after = place + 1
        while after < end and (_CLASS[data[after]] == _NAME or _CLASS[data[after]] == _DIGIT):
            symbol = letter(symbol, data[after])
            after += 1
        return place if known(symbol, DIRECTIVE) else _line_end(data, after, end)
    if following != 45:  # -
        return place
    if place > start:
        before = data[place - 1]
        if _CLASS[before] == _NAME or _CLASS[before] == _DIGIT or before == 41 or before == 93:
            return place
    third = data[place + 2] if place + 2 < end else 10
    if third == 91 and place + 3 < end and data[place + 3] == 91 and place >= state[_BARRED + _LONG]:
        closed = _closed_by(data, place + 4, end, 93, 93)
        if closed >= 0:
            return closed
        state[_BARRED + _LONG] = end
    if _CLASS[third] == _SPACE or third == 45 or third == 91:
        return _line_end(data, place, end)
    return place


@njit(cache=True, nogil=True)
def _string(data: np.ndarray, start: int, place: int, end: int, state: np.ndarray) -> tuple[int, bool]:
    """The byte after a quoted run that begins here, or `place` if none does; and whether it is documentation."""
    quote = data[place]
    kind = 0 if quote == 39 else (1 if quote == 34 else 2)
    if kind < 2 and place + 2 < end and data[place + 1] == quote and data[place + 2] == quote:
        barred = _BARRED + _TRIPLE + kind
        if place >= state[barred]:
            closed = _closed_triple(data, place + 3, end, quote)
            if closed >= 0:
                return closed, state[_FRESH] == 1
            state[barred] = end
    if place < state[_BARRED + kind]:
        return place, False
    if kind == 0 and place > start and (data[place - 1] == 60 or data[place - 1] == 38):
        return place, False  # a lifetime of Rust: <'a> or &'a
    found, after = _closed(data, place + 1, end, quote, kind == 2)
    if found:
        return after, False
    state[_BARRED + kind] = after
    return place, False


@njit(cache=True, nogil=True)
def opened(start: int, reads: int) -> np.ndarray:
    """The state before the first token of a text that begins at byte `start`; `reads`: the bits of its language."""
    state = START.copy()
    state[_PLACE] = start
    state[_READS] = reads
    return state


@njit(cache=True, nogil=True)
def lex(data: np.ndarray, start: int, end: int, state: np.ndarray, out: np.ndarray, spans: np.ndarray) -> int:
    """Symbols (uint64) of the text data[start:end] from state[0] on, and where each begins and ends (int64[room, 2]),
    until `out` is full; returns how many.

    `state`: before the first call that of `opened`.
    """
    place = state[_PLACE]
    count = 0
    while place < end and count < len(out):
        byte = data[place]
        begin = place
        kind = _CLASS[byte]
        if kind == _SPACE:
            if byte == 10:
                state[_FRESH] = 1
            place += 1
            continue
        if kind == _NAME:
            symbol = SEED
            while place < end and (_CLASS[data[place]] == _NAME or _CLASS[data[place]] == _DIGIT):
                symbol = letter(symbol, data[place])
                place += 1
            out[count] = symbol if known(symbol, KEPT) else np.uint64(WORD)
        elif kind == _DIGIT:
            place += 1
            while place < end:
                kind = _CLASS[data[place]]
                if kind == _NAME or kind == _DIGIT:
                    place += 1
                elif (data[place] == 46 or data[place] == 39) and place + 1 < end and _CLASS[data[place + 1]] == _DIGIT:
                    place += 2
                else:
                    break
            out[count] = np.uint64(NUMBER)
        elif kind == _QUOTE:
            after, documentation = _string(data, start, place, end, state)
            if after > place:
                place = after
                if documentation:
                    continue
                out[count] = np.uint64(STRING)
            else:
                out[count] = np.uint64(byte)
                place += 1
        else:
            if kind != _OTHER:
                after = _comment(data, start, place, end, state)
                if after > place:
                    place = after
                    continue
            out[count] = np.uint64(byte)
            place += 1
        state[_FRESH] = 0
        spans[count, 0] = begin
        spans[count, 1] = place
        count += 1
    state[_PLACE] = place
    return count
