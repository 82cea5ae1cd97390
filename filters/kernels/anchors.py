"""Where personal data may stand: one pass over UTF-8 that knows shapes of bytes and nothing else.

Every shape is scanned forward once and never again, so the pass is linear whatever the text. What a shape holds is
for the validators of filters.pii to say.
"""

import numpy as np

from filters.jit import int64, njit

NUMBER, DOTTED, COLONS, TOKEN, AT, GROUPED, PEM = range(7)

# Classes of ASCII bytes, as bits.
_DIGIT, _UPPER, _LOWER, _HEX, _JOIN, _TOKEN, _HYPHEN = 1, 2, 4, 8, 16, 32, 64
_WORD = _DIGIT | _UPPER | _LOWER

_MIN_DIGITS = 7  # of a number; E.164 allows fewer, but those are told from other numbers by nothing
_MAX_NUMBER = 192  # bytes: a list of a few numbers on a line; what is longer is a row of a table
_MIN_TOKEN, _MAX_TOKEN = 12, 4096  # bytes: an Ethernet address without separators has 12; JSON web tokens have hundreds
_MIN_LETTERS = 37  # bytes of a token without a digit: Hugging Face's, `hf_` and 34 letters
_MIN_COLONS = 2
_MAX_COLONS = 48  # bytes: an IPv6 address with an IPv4 tail has 45
_ADDRESS_DOTS = 3
_MAX_DOTTED = 15
_BYTES_EACH, _SPARE = 64, 64  # room for candidates: real text holds one in a thousand bytes; rows of numbers more


def _classes() -> np.ndarray:
    table = np.zeros(256, np.uint8)
    for byte in range(128):
        c = chr(byte)
        table[byte] |= _DIGIT if c.isdigit() else 0
        table[byte] |= _UPPER if c.isupper() else 0
        table[byte] |= _LOWER if c.islower() else 0
        table[byte] |= _HEX if c in "0123456789abcdefABCDEF" else 0
        table[byte] |= _JOIN if c in " ()-./" else 0
        table[byte] |= _HYPHEN if c == "-" else 0
        table[byte] |= _TOKEN if c.isalnum() or c in "_-+/=.~" else 0
    return table


_CLASS = _classes()


@njit(cache=True, nogil=True)
def _foreign(data: np.ndarray, i: int, end: int) -> int:
    """Bytes of a digit of another script at `i` (Arabic, Persian, Devanagari, Bengali, full width), else 0."""
    a = data[i]
    if a == 0xD9 and i + 1 < end and 0xA0 <= data[i + 1] <= 0xA9:
        return 2
    if a == 0xDB and i + 1 < end and 0xB0 <= data[i + 1] <= 0xB9:
        return 2
    if i + 2 < end:
        if a == 0xE0 and data[i + 1] == 0xA5 and 0xA6 <= data[i + 2] <= 0xAF:
            return 3
        if a == 0xE0 and data[i + 1] == 0xA7 and 0xA6 <= data[i + 2] <= 0xAF:
            return 3
        if a == 0xEF and data[i + 1] == 0xBC and 0x90 <= data[i + 2] <= 0x99:
            return 3
    return 0


@njit(cache=True, nogil=True)
def _space(data: np.ndarray, i: int, end: int) -> int:
    """Bytes of a no-break space, a hyphen U+2010 to U+2013 or a full-width hyphen or bracket at `i`, else 0."""
    if data[i] == 0xC2 and i + 1 < end and data[i + 1] == 0xA0:
        return 2
    if i + 2 < end and data[i] == 0xE2 and data[i + 1] == 0x80:
        last = data[i + 2]
        if 0x90 <= last <= 0x93 or last == 0xAF or last == 0x89:
            return 3
    if i + 2 < end and data[i] == 0xEF and data[i + 1] == 0xBC:
        last = data[i + 2]
        if last == 0x88 or last == 0x89 or last == 0x8D:
            return 3
    return 0


@njit(cache=True, nogil=True)
def _number(data: np.ndarray, start: int, end: int, classes: np.ndarray) -> tuple[int, int]:
    """(end of the run of digits and at most two joints between them, its digits) from a digit at `start`."""
    i, last, digits, joints = start, start, 0, 0
    while i < end:
        byte = data[i]
        kind = classes[byte]
        if kind & _DIGIT:
            i += 1
            digits += 1
            joints = 0
            last = i
            continue
        step = 1 if kind & _JOIN else 0
        if byte >= 0x80:
            step = _foreign(data, i, end)
            if step:
                i += step
                digits += 1
                joints = 0
                last = i
                continue
            step = _space(data, i, end)
        joints += 1
        if step == 0 or joints > 2:
            break
        i += step
    return last, digits


@njit(cache=True, nogil=True)
def _dotted(data: np.ndarray, start: int, end: int, classes: np.ndarray) -> tuple[int, int]:
    """(end, dots within) of the run of digits and dots from a digit at `start`, a last dot left out."""
    dots, i = 0, start
    while i < end and (classes[data[i]] & _DIGIT or data[i] == 46):
        dots += data[i] == 46
        i += 1
    last = data[i - 1] == 46
    return i - last, dots - last


@njit(cache=True, nogil=True)
def _colons(data: np.ndarray, first: int, i: int, end: int, classes: np.ndarray) -> tuple[int, int, int]:
    """(start, end, colons) of the run of hexadecimal digits, colons and dots around the colon at `i`."""
    start = i
    while start > first and i - start < 4 and classes[data[start - 1]] & _HEX:
        start -= 1
    colons, k = 0, i
    while k < end and (classes[data[k]] & _HEX or data[k] == 58 or data[k] == 46):
        colons += data[k] == 58
        k += 1
    return start, k, colons


@njit(cache=True, nogil=True)
def _put(out: np.ndarray, n: int, row: int, shape: int, start: int, end: int, points: int) -> int:
    """Write candidate `n`, if there is room; how many there are now."""
    if n < len(out):
        out[n, 0], out[n, 1], out[n, 2], out[n, 3], out[n, 4] = row, shape, start, end, points
    return n + 1


@njit(cache=True, nogil=True)
def _grouped(data: np.ndarray, i: int, end: int, classes: np.ndarray) -> bool:
    """`AB12` and on: the head of an international bank account number (ISO 13616), in groups or not."""
    if i + 15 > end or not (classes[data[i]] & _UPPER and classes[data[i + 1]] & _UPPER):
        return False
    if not (classes[data[i + 2]] & _DIGIT and classes[data[i + 3]] & _DIGIT):
        return False
    step = 5 if data[i + 4] == 32 or data[i + 4] == 45 else 4
    if data[i + 4] == 0xC2 and data[i + 5] == 0xA0:  # a no-break space
        step = 6
    for k in range(i + step, i + step + 4):
        if not classes[data[k]] & (_DIGIT | _UPPER):
            return False
    return True


@njit(cache=True, nogil=True)
def _pem(data: np.ndarray, i: int, end: int) -> bool:
    """`-----BEGIN` at `i`."""
    if i + 10 > end:
        return False
    begins: bool = (
        data[i + 1] == 45
        and data[i + 2] == 45
        and data[i + 3] == 45
        and data[i + 4] == 45
        and data[i + 5] == 66
        and data[i + 6] == 69
        and data[i + 7] == 71
        and data[i + 8] == 73
        and data[i + 9] == 78
    )
    return begins


@njit(cache=True, nogil=True)
def _named(data: np.ndarray, i: int, first: int, end: int, classes: np.ndarray) -> bool:
    """Whether what stands right behind the @ at `i` may be a name: within a chain `a@a@a` nothing is."""
    if i + 1 >= end or not (classes[data[i + 1]] & _WORD or data[i + 1] >= 0x80):
        return False
    if i == first or not (classes[data[i - 1]] & _WORD or data[i - 1] >= 0x80):
        return True
    k = i + 1
    while k < end and (classes[data[k]] & (_WORD | _HYPHEN) or data[k] >= 0x80):
        k += 1
    return k == end or data[k] != 64


@njit(cache=True, nogil=True)
def _lettered(data: np.ndarray, start: int, end: int) -> bool:
    """`hf_` within."""
    for i in range(start, end - 2):
        if data[i] == 104 and data[i + 1] == 102 and data[i + 2] == 95:
            return True
    return False


@njit(cache=True, nogil=True)
def _scan(data: np.ndarray, offsets: np.ndarray, classes: np.ndarray, out: np.ndarray) -> int:
    n = 0
    for row in range(len(offsets) - 1):
        first, end = int64(offsets[row]), int64(offsets[row + 1])
        number_until = dotted_until = colons_until = first
        points = 0  # code points before i
        i = first
        while i < end:
            byte = data[i]
            if byte >= 0x80:
                if byte >= 0xD9 and i >= number_until and _foreign(data, i, end):
                    number_until, digits = _number(data, i, end, classes)
                    if digits >= _MIN_DIGITS and number_until - i <= _MAX_NUMBER:
                        n = _put(out, n, row, NUMBER, i, number_until, points)
                points += byte & 0xC0 != 0x80
                i += 1
                continue
            if not classes[byte] & _TOKEN:
                if byte == 58 and i >= colons_until:
                    start, colons_until, colons = _colons(data, first, i, end, classes)
                    if colons >= _MIN_COLONS and colons_until - start <= _MAX_COLONS:
                        n = _put(out, n, row, COLONS, start, colons_until, points - (i - start))
                elif byte == 64 and _named(data, i, first, end, classes):
                    n = _put(out, n, row, AT, i, i + 1, points)
                points += 1
                i += 1
                continue
            seen, k = np.uint8(0), i
            while k < end and classes[data[k]] & _TOKEN:
                seen |= classes[data[k]]
                k += 1
            mixed = seen & _DIGIT and seen & (_UPPER | _LOWER) and k - i >= _MIN_TOKEN
            if k - i <= _MAX_TOKEN and (mixed or (k - i >= _MIN_LETTERS and _lettered(data, i, k))):
                n = _put(out, n, row, TOKEN, i, k, points)
            if seen & (_DIGIT | _HYPHEN):
                for j in range(i, k):
                    kind = classes[data[j]]
                    if kind & _DIGIT:
                        if j >= number_until:
                            number_until, digits = _number(data, j, end, classes)
                            if digits >= _MIN_DIGITS and number_until - j <= _MAX_NUMBER:
                                n = _put(out, n, row, NUMBER, j, number_until, points + j - i)
                        if j >= dotted_until:
                            dotted_until, dots = _dotted(data, j, end, classes)
                            if dots == _ADDRESS_DOTS and dotted_until - j <= _MAX_DOTTED:
                                n = _put(out, n, row, DOTTED, j, dotted_until, points + j - i)
                    elif kind & _UPPER:
                        if (j == i or not classes[data[j - 1]] & _WORD) and _grouped(data, j, end, classes):
                            n = _put(out, n, row, GROUPED, j, j + 4, points + j - i)
                    elif kind & _HYPHEN and (j == i or data[j - 1] != 45) and _pem(data, j, end):
                        n = _put(out, n, row, PEM, j, j + 10, points + j - i)
            points += k - i
            i = k
    return n


def anchors(data: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Candidates in valid UTF-8 `data` (uint8) cut into documents by `offsets` (int32[rows + 1]).

    int64[candidates, 5]: row, shape, first byte, byte after the last (both of `data`), code points of the document
    that stand before; ordered by row, and within a row by where the pass met them.
    """
    size = int(offsets[-1]) - int(offsets[0])
    room = size // _BYTES_EACH + _SPARE
    while True:
        found = np.empty((room, 5), np.int64)
        count = _scan(data, offsets, _CLASS, found)
        if count <= room:
            return found[:count]
        room = count  # `out` grown inside the loop would make the loop twenty times slower
