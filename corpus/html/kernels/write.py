"""The text of a page's blocks that are kept: a block a line, a blank line around paragraphs and their like.

White space collapses as in CSS (Text Module Level 3, section 4.1), but in preformatted elements, whose text stays as it
is. Cells of a row that hold a line each are parted by tabs, items of lists begin with a bullet or their number.
"""

import numpy as np

from corpus.html import elements, names, references, words
from corpus.html.kernels.blocks import FORMULA, HIDE
from corpus.html.kernels.nodes import Nodes
from filters.jit import int64, njit

_TEXT = elements.TEXT
_N = elements.NUMBER
_BR, _HR, _TR, _TD, _TH, _LI, _OL, _A, _BUTTON, _IMG = (
    _N[n] for n in ("br", "hr", "tr", "td", "th", "li", "ol", "a", "button", "img")
)
_BLOCK, _APART, _PRE, _LIST, _CONTROL = (
    elements.BLOCK, elements.APART, elements.PRE, elements.LIST, elements.CONTROL,
)  # fmt: skip
_VERBATIM, _LINKED = words.VERBATIM, words.LINKED
_START = names.REFERENCE
_LONGEST, _LONGEST_BARE = references.LONGEST, references.LONGEST_BARE
_DEEPEST = 8  # levels of lists that are indented, so that what is written is bounded by what is read
EACH_ITEM = 2 * _DEEPEST + 16  # bytes written at most before an item


@njit(cache=True, nogil=True)
def _put(out: np.ndarray, n: int, code: int) -> int:
    """Writes a code point as UTF-8; the new length."""
    if code < 0x80:
        out[n] = code
        return n + 1
    if code < 0x800:
        out[n] = 0xC0 | (code >> 6)
        out[n + 1] = 0x80 | (code & 63)
        return n + 2
    if code < 0x10000:
        out[n] = 0xE0 | (code >> 12)
        out[n + 1] = 0x80 | ((code >> 6) & 63)
        out[n + 2] = 0x80 | (code & 63)
        return n + 3
    out[n] = 0xF0 | (code >> 18)
    out[n + 1] = 0x80 | ((code >> 12) & 63)
    out[n + 2] = 0x80 | ((code >> 6) & 63)
    out[n + 3] = 0x80 | (code & 63)
    return n + 4


@njit(cache=True, nogil=True)
def _codes(hashes: np.ndarray, codes: np.ndarray, key: int) -> int:
    """The code points of a reference's hash, 0 if it has none."""
    mask = hashes.size - 1
    slot = (key ^ (key >> 17)) & mask
    while hashes[slot] != 0:
        if hashes[slot] == key:
            return int64(codes[slot])
        slot = (slot + 1) & mask
    return 0


@njit(cache=True, nogil=True)
def _alnum(byte: int) -> bool:
    return 48 <= byte <= 57 or 65 <= byte <= 90 or 97 <= byte <= 122


@njit(cache=True, nogil=True)
def _numbered(data: np.ndarray, i: int, end: int, windows: np.ndarray) -> tuple[int, int]:
    """(end, code point) of a numeric reference whose `&#` stands before `i`; the code point 0 if it is none."""
    base = 10
    if i < end and (data[i] == 120 or data[i] == 88):
        base = 16
        i += 1
    code, digits = 0, 0
    while i < end:
        byte = int64(data[i])
        if 48 <= byte <= 57:
            digit = byte - 48
        elif base == 16 and 97 <= byte | 32 <= 102:
            digit = (byte | 32) - 87
        else:
            break
        code = min(code * base + digit, 0x110000)
        digits += 1
        i += 1
    if digits == 0:
        return i, 0
    if i < end and data[i] == 59:
        i += 1
    if code == 0 or code > 0x10FFFF or 0xD800 <= code < 0xE000:
        return i, 0xFFFD
    if 0x80 <= code < 0xA0:
        return i, int64(windows[code - 0x80])
    return i, code


@njit(cache=True, nogil=True)
def _reference(
    data: np.ndarray, i: int, end: int, hashes: np.ndarray, codes: np.ndarray, windows: np.ndarray
) -> tuple[int, int]:
    """(end, code points) of the reference at the ampersand `i`, the second code point from bit 32; itself if none."""
    if i + 1 < end and data[i + 1] == 35:
        stop, code = _numbered(data, i + 2, end, windows)
        return (stop, code) if code else (i + 1, 38)
    key, k = int64(_START), i + 1
    bare_end, bare = 0, 0
    while k < end and k - i <= _LONGEST:
        byte = int64(data[k])
        key = key * 131 + byte
        if byte == 59:
            whole = _codes(hashes, codes, key)
            if whole:
                return k + 1, whole
            break
        if not _alnum(byte):
            break
        if k - i <= _LONGEST_BARE:
            some = _codes(hashes, codes, key)
            if some:
                bare_end, bare = k + 1, some
        k += 1
    return (bare_end, bare) if bare else (i + 1, 38)


@njit(cache=True, nogil=True)
def _attribute(
    data: np.ndarray,
    i: int,
    end: int,
    hashes: np.ndarray,
    codes: np.ndarray,
    windows: np.ndarray,
    out: np.ndarray,
    n: int,
) -> int:
    """Writes an attribute's value, its white space collapsed; the new length."""
    first, space = n, False
    while i < end:
        code = int64(data[i])
        if code == 38:
            i, code = _reference(data, i, end, hashes, codes, windows)
        else:
            i += 1
            if code >= 0x80 or code > 32:
                if space and n > first:
                    out[n] = 32
                    n += 1
                space = False
                out[n] = code
                n += 1
                continue
        if code == 32 or 9 <= code <= 13:
            space = True
            continue
        if code == 0:
            continue
        if space and n > first:
            out[n] = 32
            n += 1
        space = False
        n = _put(out, n, code & 0xFFFFFFFF)
        if code >> 32:
            n = _put(out, n, code >> 32)
    return n


@njit(cache=True, nogil=True)
def _bullet(out: np.ndarray, n: int, level: int, number: int) -> int:
    """Writes what begins an item: indentation, and a bullet for -1 or else the number; the new length."""
    for _ in range(2 * max(1, min(level, _DEEPEST))):
        out[n] = 32
        n += 1
    if number < 0:
        n = _put(out, n, 0x2022)
    else:
        power = 1
        while power * 10 <= number:
            power *= 10
        while power:
            out[n] = 48 + number // power % 10
            n += 1
            power //= 10
        out[n] = 46
        n += 1
    out[n] = 32
    return n + 1


@njit(cache=True, nogil=True)
def write(
    data: np.ndarray,
    nodes: Nodes,
    count: int,
    properties: np.ndarray,
    show: np.ndarray,
    block_of: np.ndarray,
    keep: np.ndarray,
    links: bool,
    hashes: np.ndarray,
    codes: np.ndarray,
    windows: np.ndarray,
    stack: np.ndarray,
    numbers: np.ndarray,
    out: np.ndarray,
) -> int:
    """Writes the text of blocks with `keep` to `out` as UTF-8; its length.

    `stack` and `numbers` are int32 with room for all nodes. `out` has two bytes a byte of the page, `EACH_ITEM` an
    item, and 64 more.
    """
    n, depth, level = 0, 0, 0
    stack[0] = 0
    gap, tabs, space = 0, 0, False  # what stands between what is written and what comes
    line = 0  # where the line begins
    item, item_level = 0, 0  # number of an item that nothing is written of, -1 for a bullet, 0 for none
    row_written, row_one_line = False, False
    cell_fresh = False
    pre_end = 0
    opened = False  # a link's bracket
    for i in range(count):
        while i >= nodes.end[stack[depth]]:
            tag = nodes.tag[stack[depth]]
            own = properties[tag]
            if tag == _A:
                if opened:
                    out[n], out[n + 1] = 93, 40
                    n = _attribute(
                        data, nodes.start[stack[depth]], nodes.stop[stack[depth]], hashes, codes, windows, out, n + 2
                    )
                    out[n] = 41
                    n += 1
                    opened = False
            elif own & _CONTROL and not own & _BLOCK:
                space = True
            elif tag == _TR:
                gap = max(gap, 1)
                row_one_line = cell_fresh = False
            elif not (tag == _TD or tag == _TH or cell_fresh):
                gap = max(gap, 2 if own & _APART and not (own & _LIST and level > 1) else 1)
            if own & _LIST:
                level -= 1
            elif tag == _LI:
                item = 0
            depth -= 1
        tag = nodes.tag[i]
        own = properties[tag]
        if tag != _TEXT:
            if own & _BLOCK or (tag == _A and links) or own & _CONTROL:
                depth += 1
                stack[depth] = i
            if own & _PRE and i >= pre_end:
                pre_end = int64(nodes.end[i])
            if tag == _BR:
                if i < pre_end:
                    if n > line or gap == 0:
                        out[n] = 10
                        n += 1
                        line = n
                else:
                    gap = min(2, gap + 1) if gap < 2 else 2
            elif tag == _TR:
                gap = max(gap, 1)
                tabs, row_written, row_one_line = 0, False, True
            elif tag == _TD or tag == _TH:
                if row_written and row_one_line:
                    gap = 0
                    tabs += 1
                else:
                    gap = max(gap, 1)
                cell_fresh = True
            elif own & _BLOCK:
                if not cell_fresh:
                    gap = max(gap, 2 if own & _APART and not (own & _LIST and level) else 1)
                if own & _LIST:
                    numbers[level] = 0
                    gap = max(gap, 1) if level and not cell_fresh else gap
                    level += 1
                elif tag == _LI:
                    cell_fresh = False
                    gap = max(gap, 1)
                    item_level = level
                    item = -1
                    if nodes.tag[nodes.parent[i]] == _OL and level:
                        numbers[level - 1] += 1
                        item = int64(numbers[level - 1])
            elif own & _CONTROL:
                space = True
        if show[i] == HIDE:
            continue
        block = block_of[i]
        if block >= 0 and not keep[block]:
            continue
        formula = show[i] == FORMULA
        verbatim = i < pre_end
        if block < 0:
            space = True
            continue
        a, z = int64(nodes.start[i]), int64(nodes.stop[i])
        raw = nodes.bits[i] & _VERBATIM
        at_start = True
        while a < z:
            code = int64(data[a])
            byte = code != 38 or raw
            if byte:
                a += 1
            else:
                a, code = _reference(data, a, z, hashes, codes, windows)
            if code == 0:
                continue
            if code == 32 or 9 <= code <= 13:
                if not verbatim or formula:
                    space = True
                    continue
                if code == 13:
                    if a < z and data[a] == 10:
                        continue
                    code = 10
            if at_start or gap or space or tabs:
                if gap:
                    if n > 0:
                        while n > line and (out[n - 1] == 32 or out[n - 1] == 9 or out[n - 1] == 10):
                            n -= 1
                        while n > 0 and out[n - 1] == 10:
                            n -= 1
                        out[n] = 10
                        n += 1
                        if gap > 1:
                            out[n] = 10
                            n += 1
                        if row_written:
                            row_one_line = False
                    line = n
                elif tabs:
                    for _ in range(tabs):
                        out[n] = 9
                        n += 1
                elif space and n > line:
                    out[n] = 32
                    n += 1
                if item:
                    if gap or n == line:
                        n = _bullet(out, n, item_level, item)
                    item = 0
                gap, tabs, space = 0, 0, False
                row_written, cell_fresh = True, False
                if links and not opened and nodes.bits[i] & _LINKED:
                    out[n] = 91
                    n += 1
                    opened = True
                if formula and at_start:
                    out[n] = 36
                    n += 1
                at_start = False
            if code == 10:
                line = n + 1
            if byte:
                out[n] = code
                n += 1
            else:
                n = _put(out, n, code & 0xFFFFFFFF)
                if code >> 32:
                    n = _put(out, n, code >> 32)
        if formula and not at_start:
            out[n] = 36
            n += 1
            space = False
    while n > 0 and (out[n - 1] == 32 or out[n - 1] == 10 or out[n - 1] == 9):
        n -= 1
    return n
