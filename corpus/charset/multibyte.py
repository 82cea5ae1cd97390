"""The decoders of several bytes of the WHATWG Encoding standard, sections 10 to 13, each as one pass over the bytes.

Each takes bytes (uint8[n]), its indexes, and room for code points (uint32[n + 1]); it returns how many it wrote and how
many of them are U+FFFD for bytes that mean nothing. What the standard puts back into the stream is read again.
"""

import numpy as np

from filters.jit import int64, njit

_BAD = 0xFFFD


@njit(cache=True, nogil=True)
def shift_jis(data: np.ndarray, jis0208: np.ndarray, out: np.ndarray) -> tuple[int, int]:
    """Section 12.3.1."""
    at, wrote, bad = 0, 0, 0
    while at < len(data):
        byte = int64(data[at])
        at += 1
        if byte <= 0x80:
            out[wrote] = byte
        elif 0xA1 <= byte <= 0xDF:
            out[wrote] = 0xFF61 - 0xA1 + byte
        elif 0x81 <= byte <= 0x9F or 0xE0 <= byte <= 0xFC:
            code = int64(-1)
            if at < len(data):
                trail = int64(data[at])
                lead_offset = 0x81 if byte < 0xA0 else 0xC1
                if 0x40 <= trail <= 0x7E or 0x80 <= trail <= 0xFC:
                    pointer = (byte - lead_offset) * 188 + trail - (0x40 if trail < 0x7F else 0x41)
                    if 8836 <= pointer <= 10715:
                        code = 0xE000 - 8836 + pointer
                    elif pointer < len(jis0208):
                        code = int64(jis0208[pointer])
                if code >= 0 or trail >= 0x80:
                    at += 1
            if code < 0:
                code = _BAD
                bad += 1
            out[wrote] = code
        else:
            out[wrote] = _BAD
            bad += 1
        wrote += 1
    return wrote, bad


@njit(cache=True, nogil=True)
def euc_jp(data: np.ndarray, jis0208: np.ndarray, jis0212: np.ndarray, out: np.ndarray) -> tuple[int, int]:
    """Section 12.1.1."""
    at, wrote, bad = 0, 0, 0
    lead = int64(0)
    supplementary = False
    while at < len(data) or lead:
        if at == len(data):
            out[wrote] = _BAD
            wrote += 1
            bad += 1
            break
        byte = int64(data[at])
        at += 1
        code = int64(-1)
        if lead == 0x8E and 0xA1 <= byte <= 0xDF:
            code = 0xFF61 - 0xA1 + byte
            lead = 0
        elif lead == 0x8F and 0xA1 <= byte <= 0xFE:
            supplementary = True
            lead = byte
            continue
        elif lead:
            if 0xA1 <= lead <= 0xFE and 0xA1 <= byte <= 0xFE:
                pointer = (lead - 0xA1) * 94 + byte - 0xA1
                index = jis0212 if supplementary else jis0208
                if pointer < len(index):
                    code = int64(index[pointer])
            supplementary = False
            lead = 0
            if code < 0:
                code = _BAD
                bad += 1
                if byte < 0x80:
                    at -= 1
        elif byte < 0x80:
            code = byte
        elif byte == 0x8E or byte == 0x8F or 0xA1 <= byte <= 0xFE:
            lead = byte
            continue
        else:
            code = _BAD
            bad += 1
        out[wrote] = code
        wrote += 1
    return wrote, bad


@njit(cache=True, nogil=True)
def euc_kr(data: np.ndarray, index: np.ndarray, out: np.ndarray) -> tuple[int, int]:
    """Section 13.1.1."""
    at, wrote, bad = 0, 0, 0
    while at < len(data):
        byte = int64(data[at])
        at += 1
        code = int64(-1)
        if byte < 0x80:
            code = byte
        elif 0x81 <= byte <= 0xFE and at < len(data):
            trail = int64(data[at])
            if 0x41 <= trail <= 0xFE:
                pointer = (byte - 0x81) * 190 + trail - 0x41
                if pointer < len(index):
                    code = int64(index[pointer])
            if code >= 0 or trail >= 0x80:
                at += 1
        if code < 0:
            code = _BAD
            bad += 1
        out[wrote] = code
        wrote += 1
    return wrote, bad


@njit(cache=True, nogil=True)
def big5(data: np.ndarray, index: np.ndarray, out: np.ndarray) -> tuple[int, int]:
    """Section 11.1.1."""
    at, wrote, bad = 0, 0, 0
    while at < len(data):
        byte = int64(data[at])
        at += 1
        code = int64(-1)
        if byte < 0x80:
            code = byte
        elif 0x81 <= byte <= 0xFE and at < len(data):
            trail = int64(data[at])
            if 0x40 <= trail <= 0x7E or 0xA1 <= trail <= 0xFE:
                pointer = (byte - 0x81) * 157 + trail - (0x40 if trail < 0x7F else 0x62)
                # Four pointers stand for a letter and a mark each.
                if pointer == 1133 or pointer == 1135 or pointer == 1164 or pointer == 1166:
                    at += 1
                    out[wrote] = 0xCA if pointer < 1150 else 0xEA
                    out[wrote + 1] = 0x304 if pointer == 1133 or pointer == 1164 else 0x30C
                    wrote += 2
                    continue
                if pointer < len(index):
                    code = int64(index[pointer])
            if code >= 0 or trail >= 0x80:
                at += 1
        if code < 0:
            code = _BAD
            bad += 1
        out[wrote] = code
        wrote += 1
    return wrote, bad


@njit(cache=True, nogil=True)
def _four_bytes(pointer: int, ranges: np.ndarray) -> int:
    """The code point of a gb18030 ranges pointer, -1 if there is none (section 5)."""
    if 39419 < pointer < 189000 or pointer > 1237575:
        return -1
    if pointer == 7457:
        return 0xE7C7
    row = len(ranges) - 1
    while ranges[row, 0] > pointer:
        row -= 1
    return int64(ranges[row, 1]) + pointer - int64(ranges[row, 0])


@njit(cache=True, nogil=True)
def gb18030(data: np.ndarray, index: np.ndarray, ranges: np.ndarray, out: np.ndarray) -> tuple[int, int]:
    """Section 10.2.1, which is gbk's too."""
    at, wrote, bad = 0, 0, 0
    while at < len(data):
        first = int64(data[at])
        at += 1
        code = int64(-1)
        if first < 0x80:
            code = first
        elif first == 0x80:
            code = 0x20AC
        elif first != 0xFF and at < len(data):
            second = int64(data[at])
            if 0x30 <= second <= 0x39:
                if at + 2 >= len(data) and (at + 1 >= len(data) or 0x81 <= data[at + 1] <= 0xFE):
                    at = len(data)  # the file ends in four bytes: one U+FFFD
                elif 0x81 <= data[at + 1] <= 0xFE and 0x30 <= data[at + 2] <= 0x39:
                    third, fourth = int64(data[at + 1]), int64(data[at + 2])
                    pointer = (((first - 0x81) * 10 + second - 0x30) * 126 + third - 0x81) * 10 + fourth - 0x30
                    code = _four_bytes(pointer, ranges)
                    at += 3
            else:
                if 0x40 <= second <= 0x7E or 0x80 <= second <= 0xFE:
                    code = int64(index[(first - 0x81) * 190 + second - (0x40 if second < 0x7F else 0x41)])
                if code >= 0 or second >= 0x80:
                    at += 1
        if code < 0:
            code = _BAD
            bad += 1
        out[wrote] = code
        wrote += 1
    return wrote, bad


_ASCII, _ROMAN, _KATAKANA, _KANJI, _AT_ESCAPE = 0, 1, 2, 3, 4


@njit(cache=True, nogil=True)
def _escaped(second: int, third: int) -> int:
    """The state that an escape sequence asks for; -1 if it is none."""
    if second == 0x28:
        if third == 0x42:
            return _ASCII
        if third == 0x4A:
            return _ROMAN
        if third == 0x49:
            return _KATAKANA
    elif second == 0x24 and (third == 0x40 or third == 0x42):
        return _KANJI
    return -1


@njit(cache=True, nogil=True)
def iso_2022_jp(data: np.ndarray, jis0208: np.ndarray, out: np.ndarray) -> tuple[int, int]:
    """Section 12.2.1."""
    at, wrote, bad = 0, 0, 0
    state = _ASCII
    written = False  # the standard's "output" flag: two escapes with nothing between them are an error
    while at < len(data):
        byte = int64(data[at])
        at += 1
        code = int64(-1)
        if byte == 0x1B:
            found = _escaped(int64(data[at]), int64(data[at + 1])) if at + 1 < len(data) else -1
            if found >= 0:
                at += 2
                state = found
                doubled = written
                written = True
                if not doubled:
                    continue
            else:
                written = False
        else:
            written = False
            if state == _KANJI:
                if 0x21 <= byte <= 0x7E and at < len(data) and data[at] != 0x1B:
                    trail = int64(data[at])
                    at += 1
                    if 0x21 <= trail <= 0x7E:
                        code = int64(jis0208[(byte - 0x21) * 94 + trail - 0x21])
            elif state == _KATAKANA:
                if 0x21 <= byte <= 0x5F:
                    code = 0xFF61 - 0x21 + byte
            elif byte < 0x80 and byte != 0x0E and byte != 0x0F:
                code = byte
                if state == _ROMAN and byte == 0x5C:
                    code = 0xA5
                elif state == _ROMAN and byte == 0x7E:
                    code = 0x203E
        if code < 0:
            code = _BAD
            bad += 1
        out[wrote] = code
        wrote += 1
    return wrote, bad
