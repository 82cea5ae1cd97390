"""The shapes of bytes that the pass of filters.kernels.anchors looks for, each from the byte where it may begin."""

from collections.abc import Sequence

import numpy as np

from filters.jit import int64, interpreted, njit
from filters.kernels.byte_classes import DIGIT, HEX, HYPHEN, JOIN, LOWER, TOKEN, UPPER, WORD

_MAX_JOINTS = 3  # `030 / 901820`


@njit(cache=True, nogil=True)
def foreign(data: np.ndarray, i: int, end: int) -> int:
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
def space(data: np.ndarray, i: int, end: int) -> int:
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
def number(data: np.ndarray, start: int, end: int, classes: np.ndarray) -> tuple[int, int]:
    """(end, digits) of the run from a digit at `start`: digits, at most three joints between, a bracket for two."""
    i, last, digits, joints = start, start, 0, 0
    while i < end:
        byte = data[i]
        kind = classes[byte]
        if kind & DIGIT:
            i += 1
            digits += 1
            joints = 0
            last = i
            continue
        step = 1 if kind & JOIN else 0
        if byte >= 0x80:
            step = foreign(data, i, end)
            if step:
                i += step
                digits += 1
                joints = 0
                last = i
                continue
            step = space(data, i, end)
        joints += 2 if byte == 40 or byte == 41 else 1
        if step == 0 or joints > _MAX_JOINTS:
            break
        i += step
    return last, digits


@njit(cache=True, nogil=True)
def dotted(data: np.ndarray, start: int, end: int, classes: np.ndarray) -> tuple[int, int]:
    """(end, dots within) of the run of digits and dots from a digit at `start`, a last dot left out."""
    dots, i = 0, start
    while i < end and (classes[data[i]] & DIGIT or data[i] == 46):
        dots += data[i] == 46
        i += 1
    last = data[i - 1] == 46
    return i - last, dots - last


@njit(cache=True, nogil=True)
def colons(data: np.ndarray, first: int, i: int, end: int, classes: np.ndarray) -> tuple[int, int, int, bool]:
    """(start, end, colons, whether two touch) of the hexadecimal digits, colons and dots around the colon at `i`."""
    start = i
    while start > first and i - start < 4 and classes[data[start - 1]] & HEX:
        start -= 1
    colons, k, double = 0, i, False
    while k < end and (classes[data[k]] & HEX or data[k] == 58 or data[k] == 46):
        colons += data[k] == 58
        double |= data[k] == 58 and k > i and data[k - 1] == 58
        k += 1
    return start, k, colons, double


@njit(cache=True, nogil=True)
def grouped(data: np.ndarray, i: int, end: int, classes: np.ndarray) -> bool:
    """`AB12` and on, or `ab12`: the head of an international bank account number (ISO 13616), in groups or not."""
    if i + 15 > end or not (classes[data[i + 2]] & DIGIT and classes[data[i + 3]] & DIGIT):
        return False
    letter = UPPER if classes[data[i]] & UPPER else LOWER
    if not (classes[data[i]] & letter and classes[data[i + 1]] & letter):
        return False
    step = 5 if data[i + 4] == 32 or data[i + 4] == 45 else 4
    if data[i + 4] == 0xC2 and data[i + 5] == 0xA0:  # a no-break space
        step = 6
    for k in range(i + step, i + step + 4):
        if not classes[data[k]] & (DIGIT | letter):
            return False
    return True


@njit(cache=True, nogil=True)
def pem(data: np.ndarray, i: int, end: int) -> bool:
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
def named(data: np.ndarray, i: int, first: int, end: int, classes: np.ndarray) -> bool:
    """Whether what stands right behind the @ at `i` may be a name: within a chain `a@a@a` nothing is."""
    if i + 1 >= end or not (classes[data[i + 1]] & WORD or data[i + 1] >= 0x80):
        return False
    if i == first or not (classes[data[i - 1]] & WORD or data[i - 1] >= 0x80):
        return True
    k = i + 1
    while k < end and (classes[data[k]] & (WORD | HYPHEN) or data[k] >= 0x80):
        k += 1
    return k == end or data[k] != 64


@njit(cache=True, nogil=True)
def lettered(data: np.ndarray, start: int, end: int) -> bool:
    """`hf_` within."""
    for i in range(start, end - 2):
        if data[i] == 104 and data[i + 1] == 102 and data[i + 2] == 95:
            return True
    return False


@njit(cache=True, nogil=True)
def wide_colon(data: np.ndarray, i: int, end: int) -> bool:
    """A full-width colon at `i`, whose first byte has been seen."""
    found: bool = i + 2 < end and data[i + 1] == 0xBC and data[i + 2] == 0x9A
    return found


@njit(cache=True, nogil=True)
def escaped_at(data: np.ndarray, i: int, first: int, end: int, classes: np.ndarray) -> bool:
    """`%40` between names at `i`, as an @ is written in addresses of the web."""
    if i == first or i + 3 >= end or data[i + 1] != 52 or data[i + 2] != 48:
        return False
    found: bool = classes[data[i - 1]] & TOKEN != 0 and classes[data[i + 3]] & WORD != 0
    return found


@njit(cache=True, nogil=True)
def assigns(data: np.ndarray, i: int, first: int, endings: np.ndarray) -> bool:
    """Whether the sign at `i` stands behind a name whose last three bytes (ASCII without case) may end `password`."""
    k = i
    while (
        k > first and i - k < 4 and (data[k - 1] == 34 or data[k - 1] == 39 or data[k - 1] == 32 or data[k - 1] == 93)
    ):
        k -= 1
    if k - 3 < first:
        return False
    found: bool = endings[_three(data, k)] != 0
    return found


@njit(cache=True, nogil=True)
def _three(data: np.ndarray, k: int) -> int:
    """A number under 65,536 for the three bytes before `k`."""
    value = 0
    for j in range(k - 3, k):
        byte = int64(data[j])
        value = value << 8 | (byte | 32 if 65 <= byte <= 90 else byte)
    return (value * 40503 >> 4) & 0xFFFF


def endings(names: Sequence[str]) -> np.ndarray:
    """uint8[65536]: where `_three` of the last bytes of each name is set."""
    table = np.zeros(1 << 16, np.uint8)
    for name in names:
        raw = np.frombuffer(b"..." + name.encode(), np.uint8)
        table[interpreted(_three)(raw, len(raw))] = 1
    return table


@njit(cache=True, nogil=True)
def host_code(data: np.ndarray, start: int, end: int) -> int:
    """A number under 65,536 for the host in start..end, ASCII without case and `www.`."""
    if end - start > 4 and data[start] | 32 == 119 and data[start + 1] | 32 == 119 and data[start + 3] == 46:
        start += 4
    value = 0
    for j in range(start, end):
        byte = int64(data[j])
        value = (value * 31 + (byte | 32 if 65 <= byte <= 90 else byte)) & 0xFFFFFFFF
    return value >> 7 & 0xFFFF


def hosts(names: Sequence[str]) -> np.ndarray:
    """uint8[65536]: where `host_code` of each name is set."""
    table = np.zeros(1 << 16, np.uint8)
    for name in names:
        raw = np.frombuffer(name.encode(), np.uint8)
        table[interpreted(host_code)(raw, 0, len(raw))] = 1
    return table
