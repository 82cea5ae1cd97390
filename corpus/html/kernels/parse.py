"""A page's tree in one pass: the tokenizer of WHATWG HTML (section 13.2.5) and as much of its tree construction
(13.2.6) as tells where text stands.

What differs from a browser's tree: formatting elements that overlap blocks are closed with their parents (no adoption
agency: no text moves by it), and what stands in a table but in no cell stays where it is written. The pass looks at a
byte a bounded number of times, whatever the page: no walk over open elements is longer than `_WALK`.
"""

import numpy as np

from corpus.html import elements, names, words
from corpus.html.kernels.nodes import Nodes, Stack
from filters.jit import int64, njit

_WALK = 256  # open elements that an end tag may look over; browsers stop nesting at 512
_HTML, _SVG, _MATH = 0, 1, 2
_NONE = -1

_TEXT, _OTHER, _GHOST = elements.TEXT, elements.OTHER, elements.GHOST
_N = elements.NUMBER
_HTML_TAG, _HEAD, _BODY, _P, _LI, _DD, _DT, _A = (_N[n] for n in ("html", "head", "body", "p", "li", "dd", "dt", "a"))
_BR, _TABLE, _TR, _TD, _TH, _FORM, _SELECT = (_N[n] for n in ("br", "table", "tr", "td", "th", "form", "select"))
_BUTTON, _OPTION, _OPTGROUP, _SCRIPT, _TEXTAREA = (
    _N[n] for n in ("button", "option", "optgroup", "script", "textarea")
)
_PRE, _LISTING, _TITLE, _SVG_TAG, _MATH_TAG = (_N[n] for n in ("pre", "listing", "title", "svg", "math"))
_ADDRESS, _DIV, _UL, _OL, _IMG, _META, _LINK, _PLAINTEXT = (
    _N[n] for n in ("address", "div", "ul", "ol", "img", "meta", "link", "plaintext")
)
_TEMPLATE, _CAPTION, _ANNOTATION, _FOREIGN, _DESC = (
    _N[n] for n in ("template", "caption", "annotation", "foreignobject", "desc")
)

_VOID, _RAW, _REFERENCES, _SPECIAL, _SCOPE = (
    elements.VOID, elements.RAW, elements.REFERENCES, elements.SPECIAL, elements.SCOPE,
)  # fmt: skip
_ENDS_P, _HEADING, _IN_HEAD, _BREAKOUT, _PART = (
    elements.ENDS_P, elements.HEADING, elements.IN_HEAD, elements.BREAKOUT, elements.TABLE_PART,
)  # fmt: skip
_SECTION, _IN_TABLE, _INTEGRATION, _RUBY, _ONLY_FOREIGN = (
    elements.SECTION_OF_TABLE, elements.IN_TABLE, elements.INTEGRATION, elements.RUBY_PART, elements.ONLY_FOREIGN,
)  # fmt: skip
_HIDDEN, _ARIA, _LINKED, _VERBATIM, _TEX, _LICENCE = (
    words.HIDDEN, words.ARIA_HIDDEN, words.LINKED, words.VERBATIM, words.TEX, words.LICENCE,
)  # fmt: skip

_ELEMENT_START, _ATTRIBUTE_START, _ROLE_START, _WORD_START = names.ELEMENT, names.ATTRIBUTE, names.ROLE, names.WORD
_CLASS, _ID, _ROLE, _HIDDEN_NAME, _STYLE, _ARIA_NAME, _HREF, _ALTTEXT, _TYPE, _ENCODING, _ITEMPROP, _ALT, _REL = (
    names.hashed(n, names.ATTRIBUTE)
    for n in (
        "class", "id", "role", "hidden", "style", "aria-hidden", "href", "alttext", "type", "encoding", "itemprop",
        "alt", "rel",
    )
)  # fmt: skip

# Classes of bytes, as bits.
_SPACE, _ALPHA, _DIGIT, _MARK, _CAPITAL, _NAME_END, _REST, _LOOK = 1, 2, 4, 8, 16, 32, 64, 128


def _classes() -> np.ndarray:
    """uint8 of 256 by byte."""
    table = np.zeros(256, np.uint8)
    for byte in range(256):
        c = chr(byte)
        table[byte] |= _SPACE if c in " \t\n\r\f" else 0
        table[byte] |= _ALPHA if c.isascii() and c.isalpha() else 0
        table[byte] |= _DIGIT if c in "0123456789" else 0
        table[byte] |= _MARK if c in ".,;:!?" else 0
        table[byte] |= _CAPITAL if c.isascii() and c.isupper() else 0
        table[byte] |= _NAME_END if c in " \t\n\r\f/>" else 0
        table[byte] |= _REST if 0x80 <= byte < 0xC0 else 0
        table[byte] |= _LOOK if c in "<&\0" or byte in (0xC2, 0xD8, 0xDB, 0xE0, 0xE3, 0xEF) else 0
    return table


CLASSES = _classes()


@njit(cache=True, nogil=True)
def _found(hashes: np.ndarray, values: np.ndarray, key: int) -> int:
    """The value of a hash, 0 if there is none."""
    mask = hashes.size - 1
    slot = (key ^ (key >> 17)) & mask
    while hashes[slot] != 0:
        if hashes[slot] == key:
            return int64(values[slot])
        slot = (slot + 1) & mask
    return 0


@njit(cache=True, nogil=True)
def words_of(data: np.ndarray, i: int, end: int, classes: np.ndarray, hashes: np.ndarray, values: np.ndarray) -> int:
    """The bits of all words of a class or id."""
    bits, key, length, small = int64(0), int64(_WORD_START), 0, False
    while i <= end:
        kind = classes[data[i]] if i < end else 0
        if kind & _ALPHA:
            capital = kind & _CAPITAL
            if capital and small:
                bits |= _found(hashes, values, key)
                key, length = int64(_WORD_START), 0
            key = key * 131 + (int64(data[i]) | 32)
            length += 1
            small = not capital
        else:
            if length > 1:
                bits |= _found(hashes, values, key)
            key, length, small = int64(_WORD_START), 0, False
        i += 1
    return bits


@njit(cache=True, nogil=True)
def _role(data: np.ndarray, i: int, end: int, hashes: np.ndarray, values: np.ndarray) -> int:
    """The bit of a role, 0 if it says nothing here."""
    key = int64(_ROLE_START)
    while i < end:
        byte = int64(data[i])
        key = key * 131 + (byte | 32 if 65 <= byte <= 90 else byte)
        i += 1
    return _found(hashes, values, key)


@njit(cache=True, nogil=True)
def _is(data: np.ndarray, i: int, end: int, text: bytes) -> bool:
    """Whether `text`, in small letters, stands at `i`, in letters of either case."""
    if i + len(text) > end:
        return False
    for k in range(len(text)):
        byte = int64(data[i + k])
        if 65 <= byte <= 90:
            byte |= 32
        if byte != int64(text[k]):
            return False
    return True


@njit(cache=True, nogil=True)
def _holds(data: np.ndarray, i: int, end: int, text: bytes) -> int:
    """Where `text` stands first from `i`, -1 if nowhere."""
    while i < end:
        if _is(data, i, end, text):
            return i
        i += 1
    return _NONE


@njit(cache=True, nogil=True)
def _unseen(data: np.ndarray, i: int, end: int, classes: np.ndarray) -> bool:
    """Whether a style has display: none."""
    while True:
        i = _holds(data, i, end, b"display")
        if i < 0:
            return False
        i += 7
        while i < end and (classes[data[i]] & _SPACE or data[i] == 58):
            i += 1
        if _is(data, i, end, b"none"):
            return True


@njit(cache=True, nogil=True)
def _pop(nodes: Nodes, stack: Stack, top: int, to: int, count: int) -> int:
    """Closes the open elements from `to` on; `to`."""
    for k in range(to, top):
        nodes.end[stack.node[k]] = count
        stack.open[stack.tag[k]] -= 1
    return to


@njit(cache=True, nogil=True)
def _place(stack: Stack, top: int, tag: int, name: int, properties: np.ndarray, barrier: int) -> int:
    """Where an element of that name is open with no element of `barrier` over it; -1 if nowhere near."""
    if stack.open[tag] == 0:
        return _NONE
    for k in range(top - 1, max(0, top - 1 - _WALK), -1):
        if stack.tag[k] == tag and (tag != _OTHER or stack.name[k] == name):
            return k
        if properties[stack.tag[k]] & barrier:
            return _NONE
    return _NONE


@njit(cache=True, nogil=True)
def _push(stack: Stack, top: int, count: int, tag: int, name: int, space: int) -> int:
    """Opens the node `count`; the new top."""
    stack.node[top] = count
    stack.tag[top] = tag
    stack.name[top] = name
    stack.space[top] = space
    stack.table[top] = top if tag == _TABLE else (_NONE if tag == _TEMPLATE else stack.table[top - 1])
    stack.open[tag] += 1
    return top + 1


@njit(cache=True, nogil=True)
def _node(nodes: Nodes, stack: Stack, top: int, count: int, tag: int, start: int, stop: int, bits: int) -> int:
    """Writes the node `count` below the open element; the new count."""
    nodes.tag[count] = tag
    nodes.parent[count] = stack.node[top - 1]
    nodes.end[count] = count + 1
    nodes.start[count], nodes.stop[count] = start, stop
    nodes.bits[count] = bits
    nodes.chars[count] = nodes.marks[count] = nodes.digits[count] = nodes.capitals[count] = 0
    return count + 1


@njit(cache=True, nogil=True)
def _made_way(stack: Stack, top: int, tag: int, properties: np.ndarray) -> int:
    """Where the stack must end before a start tag: end tags that it implies."""
    own = properties[tag]
    if tag in (_LI, _DD, _DT):
        other = _DD if tag == _DT else (_DT if tag == _DD else _LI)
        if stack.open[tag] + stack.open[other]:
            for k in range(top - 1, max(0, top - 1 - _WALK), -1):
                at = stack.tag[k]
                if at in (tag, other):
                    top = k
                    break
                if properties[at] & _SPECIAL and at not in (_ADDRESS, _DIV, _P):
                    break
    if own & _ENDS_P and stack.open[_P]:
        k = _place(stack, top, _P, 0, properties, _SCOPE)
        if k >= 0 and (stack.open[_BUTTON] == 0 or _place(stack, top, _BUTTON, 0, properties, _SCOPE) < k):
            top = k
    at = stack.tag[top - 1]
    if own & _HEADING and properties[at] & _HEADING:
        return top - 1
    if tag in (_OPTION, _OPTGROUP):
        while stack.tag[top - 1] == _OPTION or (tag == _OPTGROUP and stack.tag[top - 1] == _OPTGROUP):
            top -= 1
        return top
    if own & _RUBY and properties[at] & _RUBY:
        return top - 1
    if tag in (_A, _BUTTON, _SELECT):
        k = _place(stack, top, tag, 0, properties, _SPECIAL if tag == _A else _SCOPE)
        return k if k >= 0 else top
    if tag == _TABLE and properties[at] & _IN_TABLE:
        return max(1, int64(stack.table[top - 1]))
    return top


@njit(cache=True, nogil=True)
def _implied(tag: int, properties: np.ndarray) -> bool:
    """Whether an end tag of what is around ends the element too."""
    return bool(properties[tag] & _RUBY) or tag in (_P, _LI, _DD, _DT, _OPTION, _OPTGROUP)


@njit(cache=True, nogil=True)
def _row_place(stack: Stack, top: int, tag: int, properties: np.ndarray) -> int:
    """Where the stack must end before a part of a table, which is in one."""
    level = int64(stack.table[top - 1])
    section = level + 1 < top and properties[stack.tag[level + 1]] & _SECTION
    if tag == _TR:
        return level + 2 if section else level + 1
    if tag in (_TD, _TH):
        row = level + 2 if section else level + 1
        return row + 1 if row < top and stack.tag[row] == _TR else row
    return level + 1


@njit(cache=True, nogil=True)
def _closed(stack: Stack, top: int, tag: int, name: int, properties: np.ndarray) -> int:
    """Where an end tag makes the stack end; `top` if it closes nothing."""
    own = properties[tag]
    if own & _HEADING:
        for k in range(top - 1, max(0, top - 1 - _WALK), -1):
            if properties[stack.tag[k]] & _HEADING:
                return k
            if properties[stack.tag[k]] & _SCOPE:
                return top
        return top
    if tag == _LI:
        for k in range(top - 1, max(0, top - 1 - _WALK), -1):
            at = stack.tag[k]
            if at == _LI:
                return k
            if properties[at] & _SCOPE or at in (_UL, _OL):
                return top
        return top
    if tag == _TABLE or own & _PART:
        level = int64(stack.table[top - 1])
        if level < 0:
            return top
        if tag == _TABLE:
            return level
        for k in range(level + 1, min(level + 4, top)):
            if stack.tag[k] == tag:
                return k
        return top
    k = _place(stack, top, tag, name, properties, _SCOPE if own & _SPECIAL else _SPECIAL)
    return k if k >= 0 else top


@njit(cache=True, nogil=True)
def _raw_end(data: np.ndarray, i: int, end: int, tag: int, first: int, length: int, classes: np.ndarray) -> int:
    """Where the end tag of a raw element stands whose name is `length` bytes from `first`; `end` if nowhere."""
    if tag == _PLAINTEXT:
        return end
    escaped = double = False
    while i < end:
        if data[i] == 45 and escaped and i + 2 < end and data[i + 1] == 45 and data[i + 2] == 62:
            escaped = double = False
            i += 3
            continue
        if data[i] != 60:
            i += 1
            continue
        if tag == _SCRIPT and _is(data, i, end, b"<!--"):
            escaped = True
            i += 4
            if i < end and data[i] == 62:
                escaped = False
            continue
        if (
            escaped
            and not double
            and _is(data, i, end, b"<script")
            and i + 7 < end
            and classes[data[i + 7]] & _NAME_END
        ):
            double = True
            i += 7
            continue
        if i + 2 + length < end and data[i + 1] == 47 and classes[data[i + 2 + length]] & _NAME_END:
            same = True
            for k in range(length):
                if data[i + 2 + k] | 32 != data[first + k] | 32:
                    same = False
                    break
            if same:
                if not double:
                    return i
                double = False
        i += 1
    return end


@njit(cache=True, nogil=True)
def _comment_end(data: np.ndarray, i: int, end: int) -> int:
    """One after a comment whose `<!--` ends at `i`."""
    if i < end and data[i] == 62:
        return i + 1
    if i + 1 < end and data[i] == 45 and data[i + 1] == 62:
        return i + 2
    while i + 2 < end:
        if data[i] == 45 and data[i + 1] == 45:
            if data[i + 2] == 62:
                return i + 3
            if data[i + 2] == 33 and i + 3 < end and data[i + 3] == 62:
                return i + 4
        i += 1
    return end


@njit(cache=True, nogil=True)
def _after(data: np.ndarray, i: int, end: int, byte: int) -> int:
    """One after the next `byte`, or `end`."""
    while i < end and data[i] != byte:
        i += 1
    return min(i + 1, end)


@njit(cache=True, nogil=True)
def _sign(data: np.ndarray, i: int, end: int) -> bool:
    """Whether punctuation of sentences beyond ASCII stands at `i` (CJK, full width, Arabic, danda)."""
    a = data[i]
    if i + 1 >= end:
        return False
    b = data[i + 1]
    if a == 0xD8:
        return bool(b == 0x8C or b == 0x9B or b == 0x9F)
    if a == 0xDB:
        return bool(b == 0x94)
    if i + 2 >= end:
        return False
    c = data[i + 2]
    if a == 0xE3:
        return bool(b == 0x80 and 0x81 <= c <= 0x82)
    if a == 0xE0:
        return bool(b == 0xA5 and 0xA4 <= c <= 0xA5)
    return bool(a == 0xEF and b == 0xBC and (c == 0x81 or c == 0x8C or c == 0x9A or c == 0x9B or c == 0x9F))


@njit(cache=True, nogil=True)
def _text(data: np.ndarray, i: int, end: int, verbatim: bool, classes: np.ndarray) -> tuple[int, int, int, int, int]:
    """(end of the text, characters but white space, marks, digits, capitals) from `i` to the next tag."""
    chars = marks = digits = capitals = 0
    while i < end:
        kind = classes[data[i]]
        if kind & _LOOK:
            byte = data[i]
            if byte == 60:
                if not verbatim and i + 1 < end:
                    after = data[i + 1]
                    if classes[after] & _ALPHA or after == 33 or after == 47 or after == 63:
                        break
                chars += 1
            elif byte == 38:
                k = i + 1
                while k < min(end, i + 12) and (classes[data[k]] & (_ALPHA | _DIGIT) or data[k] == 35):
                    k += 1
                if k < end and data[k] == 59 and k > i + 1:
                    space = _is(data, i, end, b"&nbsp;") or _is(data, i, end, b"&#160;")
                    chars += 0 if space else 1
                    i = k
                else:
                    chars += 1
            elif byte == 0xC2 and i + 1 < end and data[i + 1] == 0xA0:
                i += 1
            elif byte:
                chars += 1
                marks += _sign(data, i, end)
        elif not kind & (_SPACE | _REST):
            chars += 1
            marks += (kind & _MARK) >> 3
            digits += (kind & _DIGIT) >> 2
            capitals += (kind & _CAPITAL) >> 4
        i += 1
    return i, chars, marks, digits, capitals


@njit(cache=True, nogil=True)
def _attributes(
    data: np.ndarray, i: int, end: int, tag: int, classes: np.ndarray, hashes: np.ndarray, values: np.ndarray
) -> tuple[int, bool, bool, int, int, int]:
    """(one after the tag or -1 if the page ends in it, closes itself, is linked or a formula, its value from and to,
    bits) of attributes from `i`.
    """
    bits, first, last, seen, wanted, closes = int64(0), 0, 0, int64(0), False, False
    while True:
        while i < end and (classes[data[i]] & _SPACE or data[i] == 47):
            closes = data[i] == 47 and i + 1 < end and data[i + 1] == 62
            i += 1
        if i >= end:
            return _NONE, False, False, 0, 0, 0
        if data[i] == 62:
            return i + 1, closes, wanted, first, last, bits
        name = int64(_ATTRIBUTE_START)
        begins = i
        while i < end and (i == begins or data[i] != 61) and not classes[data[i]] & _NAME_END:
            byte = int64(data[i])
            name = name * 131 + (byte | 32 if 65 <= byte <= 90 else byte)
            i += 1
        while i < end and classes[data[i]] & _SPACE:
            i += 1
        a = b = i
        if i < end and data[i] == 61:
            i += 1
            while i < end and classes[data[i]] & _SPACE:
                i += 1
            if i < end and (data[i] == 34 or data[i] == 39):
                quote = data[i]
                a = i + 1
                i = _after(data, a, end, quote)
                if i >= end:
                    return _NONE, False, False, 0, 0, 0
                b = i - 1
            else:
                a = i
                while i < end and data[i] != 62 and not classes[data[i]] & _SPACE:
                    i += 1
                b = i
        if name == _CLASS or name == _ID or name == _ITEMPROP:
            mine = 1 if name == _CLASS else (2 if name == _ID else 4)
            if not seen & mine:
                bits |= words_of(data, a, b, classes, hashes, values)
            seen |= mine
        elif name == _ROLE:
            bits |= _role(data, a, b, hashes, values)
        elif name == _HIDDEN_NAME:
            bits |= _HIDDEN
        elif name == _STYLE:
            if b - a > 9 and not seen & 8 and _unseen(data, a, b, classes):
                bits |= _HIDDEN
            seen |= 8
        elif name == _ARIA_NAME:
            if _is(data, a, b, b"true"):
                bits |= _ARIA
        elif (name == _HREF and tag == _A) or (name == _ALTTEXT and tag == _MATH_TAG) or (name == _ALT and tag == _IMG):
            if not seen & 16:
                wanted, first, last = True, a, b
            seen |= 16
        elif name == _REL and tag == _A:
            if _holds(data, a, b, b"license") >= 0:
                bits |= _LICENCE
        elif name == _TYPE and tag == _SCRIPT:
            if _is(data, a, b, b"math/tex"):
                bits |= _TEX
        elif (
            name == _ENCODING
            and tag == _ANNOTATION
            and (_is(data, a, b, b"application/x-tex") or _is(data, a, b, b"tex") or _is(data, a, b, b"latex"))
        ):
            bits |= _TEX


@njit(cache=True, nogil=True)
def parse(
    data: np.ndarray,
    classes: np.ndarray,
    tag_hashes: np.ndarray,
    tag_numbers: np.ndarray,
    word_hashes: np.ndarray,
    word_bits: np.ndarray,
    properties: np.ndarray,
    of_elements: np.ndarray,
    nodes: Nodes,
    stack: Stack,
) -> tuple[int, int]:
    """Writes the nodes of a page of UTF-8 bytes: (how many, how deep). `nodes` has room for two a `<`, and two more."""
    end = data.size
    nodes.tag[0] = _BODY
    nodes.parent[0] = 0
    nodes.start[0] = nodes.stop[0] = 0
    nodes.bits[0] = 0
    nodes.chars[0] = nodes.marks[0] = nodes.digits[0] = nodes.capitals[0] = 0
    stack.node[0], stack.tag[0], stack.name[0], stack.space[0], stack.table[0] = 0, _BODY, 0, _HTML, _NONE
    count, top, i, deepest = 1, 1, 0, 1
    in_head, head_seen = False, False
    form = _NONE  # the open form's place on the stack
    link = _NONE  # the link that text stands in
    while i < end:
        verbatim = False
        if data[i] == 60 and i + 1 < end:
            after = data[i + 1]
            if after == 33:  # !
                if _is(data, i, end, b"<!--"):
                    i = _comment_end(data, i + 4, end)
                    continue
                if stack.space[top - 1] != _HTML and _is(data, i, end, b"<![cdata["):
                    i += 9
                    verbatim = True
                else:
                    i = _after(data, i, end, 62)
                    continue
            elif after == 63:  # ?
                i = _after(data, i, end, 62)
                continue
            elif after == 47 or classes[after] & _ALPHA:
                closing = after == 47
                begins = i + 2 if closing else i + 1
                if begins >= end:
                    pass
                elif not classes[data[begins]] & _ALPHA:
                    i = _after(data, i, end, 62)
                    continue
                else:
                    name, k = int64(_ELEMENT_START), begins
                    while k < end and not classes[data[k]] & _NAME_END:
                        byte = int64(data[k])
                        name = name * 131 + (byte | 32 if 65 <= byte <= 90 else byte)
                        k += 1
                    length = k - begins
                    tag = _found(tag_hashes, tag_numbers, name)
                    if tag == 0:
                        tag = _OTHER
                    own = properties[tag]
                    after_name = k
                    i, itself, wanted, first, last, bits = _attributes(
                        data, k, end, tag, classes, word_hashes, word_bits
                    )
                    if i < 0:
                        break
                    foreign = stack.space[top - 1] != _HTML
                    if closing:
                        if own & _ONLY_FOREIGN and stack.open[tag] == 0:
                            tag = _OTHER
                        if tag == _A:
                            link = _NONE
                        if tag == _HTML_TAG or tag == _BODY:
                            continue
                        if tag == _HEAD:
                            if in_head:
                                top = _pop(nodes, stack, top, 1, count)
                                in_head = False
                            continue
                        if tag == _BR or (tag == _P and _place(stack, top, _P, 0, properties, _SCOPE) < 0):
                            count = _node(nodes, stack, top, count, tag, 0, 0, 0)
                            continue
                        if tag == _FORM and form >= 0:
                            to = top
                            while to - 1 > form and _implied(int64(stack.tag[to - 1]), properties):
                                to -= 1
                            top = _pop(nodes, stack, top, to, count)
                            if form < top - 1:
                                stack.open[_FORM] -= 1
                                stack.open[_GHOST] += 1
                                stack.tag[form] = _GHOST
                            else:
                                top = _pop(nodes, stack, top, form, count)
                            form = _NONE
                            continue
                        to = _closed(stack, top, tag, name, properties)
                        if to < top:
                            top = _pop(nodes, stack, top, to, count)
                            if form >= top:
                                form = _NONE
                            if link >= top:
                                link = _NONE
                        continue
                    if tag == _BODY or tag == _HTML_TAG:
                        if in_head and tag == _BODY:
                            top = _pop(nodes, stack, top, 1, count)
                            in_head = False
                        if tag == _BODY:
                            nodes.bits[0] |= bits
                        continue
                    if tag == _HEAD:
                        if not head_seen and top == 1:
                            head_seen = in_head = True
                            count = _node(nodes, stack, top, count, tag, 0, 0, 0)
                            top = _push(stack, top, count - 1, tag, name, _HTML)
                        continue
                    if in_head and not own & _IN_HEAD:
                        top = _pop(nodes, stack, top, 1, count)
                        in_head = False
                    space = int64(stack.space[top - 1])
                    if foreign:
                        if properties[stack.tag[top - 1]] & _INTEGRATION:
                            space = _HTML
                        elif own & _BREAKOUT:
                            to = top
                            while (
                                to > 1
                                and stack.space[to - 1] != _HTML
                                and not properties[stack.tag[to - 1]] & _INTEGRATION
                            ):
                                to -= 1
                            top = _pop(nodes, stack, top, to, count)
                            space = _HTML
                    if tag == _SVG_TAG:
                        space = _SVG
                    elif tag == _MATH_TAG:
                        space = _MATH
                    if space == _HTML:
                        if own & _ONLY_FOREIGN:
                            tag, own = _OTHER, properties[_OTHER]
                        if own & _PART:
                            if stack.table[top - 1] < 0:
                                continue
                            top = _pop(nodes, stack, top, _row_place(stack, top, tag, properties), count)
                            if (tag == _TD or tag == _TH) and stack.tag[top - 1] != _TR:
                                count = _node(nodes, stack, top, count, _TR, 0, 0, 0)
                                top = _push(stack, top, count - 1, _TR, 0, _HTML)
                        else:
                            if tag == _FORM and form >= 0:
                                continue
                            top = _pop(nodes, stack, top, _made_way(stack, top, tag, properties), count)
                        if form >= top:
                            form = _NONE
                        if link >= top or tag == _A:
                            link = _NONE
                    if tag == _META or tag == _LINK:
                        first, last = after_name, i - 1
                    elif not wanted:
                        first = last = 0
                    count = _node(nodes, stack, top, count, tag, first, last, bits | of_elements[tag])
                    if own & _VOID and space == _HTML:
                        continue
                    if itself and space != _HTML:
                        continue
                    if space == _HTML and own & (_RAW | _REFERENCES):
                        stop = _raw_end(data, i, end, tag, begins, length, classes)
                        if tag == _TEXTAREA and i < stop and data[i] == 10:
                            i += 1
                        if stop > i:
                            top = _push(stack, top, count - 1, tag, name, space)
                            kept = int64(0) if own & _REFERENCES else int64(_VERBATIM)
                            at = _node(nodes, stack, top, count, _TEXT, i, stop, kept)
                            nodes.chars[count] = stop - i
                            count = at
                            top = _pop(nodes, stack, top, top - 1, count)
                        i = _after(data, stop, end, 62) if stop < end else end
                        continue
                    top = _push(stack, top, count - 1, tag, name, space)
                    deepest = max(deepest, top)
                    if tag == _A and wanted:
                        link = top - 1
                    elif tag == _FORM:
                        form = top - 1
                    elif (tag == _PRE or tag == _LISTING) and i < end:
                        if data[i] == 13 and i + 1 < end and data[i + 1] == 10:
                            i += 1
                        if data[i] == 10 or data[i] == 13:
                            i += 1
                    continue
        start = i
        stop = end
        if verbatim:
            stop = _holds(data, i, end, b"]]>")
            stop = end if stop < 0 else stop
        if not verbatim and data[i] == 60:
            i += 1  # a sign that begins no tag
        i, chars, marks, digits, capitals = _text(data, i, stop, verbatim, classes)
        if start < i:
            chars += start < i and not verbatim and data[start] == 60
            if in_head:
                if chars == 0:
                    continue
                top = _pop(nodes, stack, top, 1, count)
                in_head = False
            kept = (int64(_LINKED) if link >= 0 else 0) | (int64(_VERBATIM) if verbatim else 0)
            at = _node(nodes, stack, top, count, _TEXT, start, i, kept)
            nodes.chars[count], nodes.marks[count] = chars, marks
            nodes.digits[count], nodes.capitals[count] = digits, capitals
            count = at
        if verbatim:
            i = min(i + 3, end)
    _pop(nodes, stack, top, 1, count)
    nodes.end[0] = count
    return count, deepest
