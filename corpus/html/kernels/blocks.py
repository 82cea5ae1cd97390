"""Blocks of a page: texts with nothing between them that begins a line of its own, and what can be counted in each."""

from typing import NamedTuple

import numpy as np

from corpus.html import elements, words
from corpus.html.kernels.nodes import Nodes
from filters.jit import int64, njit

HIDE, SHOW, FORMULA = 0, 1, 2
_LEAST_INSIDE, _MOST_OUTSIDE = 200, 4  # characters in noscript at least, and how many times those elsewhere

_TEXT = elements.TEXT
_N = elements.NUMBER
_NOSCRIPT = _N["noscript"]
_MATH, _ANNOTATION, _ANNOTATION_XML, _SCRIPT, _IMG, _SPAN, _SVG, _BR, _SELECT, _TEXTAREA = (
    _N[n]
    for n in (
        "math",
        "annotation",
        "annotation-xml",
        "script",
        "img",
        "span",
        "svg",
        "br",
        "select",
        "textarea",
    )
)
_CONTAINER, _DRAWN_MATH, _ASSISTIVE, _TABLE, _TD, _TH = (
    _N[n] for n in ("mjx-container", "mjx-math", "mjx-assistive-mml", "table", "td", "th")
)
_BLOCK, _NEVER, _CONTROL, _STRONG, _PRE = (
    elements.BLOCK, elements.NEVER, elements.CONTROL, elements.STRONG, elements.PRE,
)  # fmt: skip
_TEX, _JAX, _KATEX, _DRAWN, _LINKED = words.TEX, words.JAX, words.KATEX, words.DRAWN, words.LINKED


class Blocks(NamedTuple):
    """By block, all int32: nodes, characters but white space, and counts of them."""

    first: np.ndarray  # first text
    owner: np.ndarray  # the element that makes it a block
    last: np.ndarray  # last text
    chars: np.ndarray
    linked: np.ndarray
    marks: np.ndarray
    digits: np.ndarray
    capitals: np.ndarray
    control: np.ndarray  # in buttons and other controls
    strong: np.ndarray  # bold or emphasised
    breaks: np.ndarray  # forced ends of lines


def blocks(most: int) -> Blocks:
    """Room for `most` blocks, not yet written."""
    return Blocks(*(np.empty(most, np.int32) for _ in range(11)))


@njit(cache=True, nogil=True)
def _holds(nodes: Nodes, node: int, tag: int) -> bool:
    """Whether an element of that tag stands in a subtree."""
    for i in range(node + 1, nodes.end[node]):
        if nodes.tag[i] == tag:
            return True
    return False


@njit(cache=True, nogil=True)
def _sources(nodes: Nodes, math: int, show: np.ndarray) -> bool:
    """Shows the first TeX annotation of a formula that says something; whether there is one."""
    for k in range(math + 1, nodes.end[math]):
        if nodes.tag[k] == _ANNOTATION and nodes.bits[k] & _TEX:
            found = False
            for t in range(k + 1, nodes.end[k]):
                if nodes.tag[t] == _TEXT and nodes.chars[t]:
                    show[t] = FORMULA
                    found = True
            if found:
                return True
    return False


@njit(cache=True, nogil=True)
def _for_readers_without_scripts(nodes: Nodes, count: int, properties: np.ndarray) -> bool:
    """Whether nearly all text of a page is for browsers without scripts, as that of some forums is."""
    inside = outside = 0
    i = 1
    while i < count:
        if nodes.tag[i] == _NOSCRIPT:
            for k in range(i + 1, nodes.end[i]):
                if nodes.tag[k] == _TEXT:
                    inside += int64(nodes.chars[k])
            i = nodes.end[i]
        elif nodes.tag[i] != _TEXT and properties[nodes.tag[i]] & _NEVER:
            i = nodes.end[i]
        else:
            outside += int64(nodes.chars[i])
            i += 1
    return inside > max(_LEAST_INSIDE, _MOST_OUTSIDE * outside)


@njit(cache=True, nogil=True)
def shown(nodes: Nodes, count: int, properties: np.ndarray, main: bool, formulas: bool, show: np.ndarray) -> None:
    """Which texts are for a reader, each formula once: `show` by node.

    TeX goes before MathML, and what a script has drawn goes where its source is there. The source of a formula is a
    text, or the attribute of an element. Of the main text drawings and fields of forms are no part.
    """
    without_scripts = _for_readers_without_scripts(nodes, count, properties)
    sources = False
    for i in range(count):
        if nodes.tag[i] == _SCRIPT and nodes.bits[i] & _TEX:
            sources = True
    show[:count] = HIDE
    math_end = -1  # where the last formula ended
    in_math = 0  # end of the formula without a source that is being read
    jax_end = 0  # end of the formula whose drawn half is not wanted
    looked_at = 0  # end of the containers of formulas that were searched
    i = 1
    while i < count:
        tag, bits = nodes.tag[i], nodes.bits[i]
        if tag == _TEXT:
            show[i] = SHOW
            i += 1
            continue
        own = properties[tag]
        if tag == _SCRIPT and bits & _TEX:
            if formulas and nodes.end[i] > i + 1:
                show[i + 1] = FORMULA
            i = nodes.end[i]
        elif (own & _NEVER and not (tag == _NOSCRIPT and without_scripts)) or (
            main and (tag == _SVG or tag == _SELECT or tag == _TEXTAREA)
        ):
            i = nodes.end[i]
        elif tag == _MATH and i >= in_math:
            math_end = int64(nodes.end[i])
            if not formulas or _sources(nodes, i, show):
                i = math_end
            elif nodes.stop[i] > nodes.start[i]:
                show[i] = FORMULA
                i = math_end
            else:
                in_math = math_end
                i += 1
        elif (
            (tag == _ANNOTATION or tag == _ANNOTATION_XML)
            or (bits & _KATEX and bits & _DRAWN and math_end == i)
            or (bits & _JAX and sources and tag == _SPAN)
            or ((tag == _DRAWN_MATH or tag == _SVG) and i < jax_end)
        ):
            i = nodes.end[i]
        elif tag == _IMG and bits & _TEX and formulas and nodes.stop[i] > nodes.start[i]:
            if math_end < 0 or i - math_end > 1:
                show[i] = FORMULA
            i += 1
        else:
            if tag == _CONTAINER and i >= looked_at:
                looked_at = int64(nodes.end[i])
                if _holds(nodes, i, _ASSISTIVE):
                    jax_end = looked_at
            i += 1


@njit(cache=True, nogil=True)
def cut(
    nodes: Nodes, count: int, properties: np.ndarray, show: np.ndarray, block_of: np.ndarray, before: np.ndarray,
    blocks: Blocks, stack: np.ndarray,
) -> int:  # fmt: skip
    """Writes blocks in order, `block_of` by node (-1 for none) and `before`, the blocks that begin before each node."""
    made, current = 0, -1
    depth = 0
    stack[0] = 0
    control_end = strong_end = pre_end = 0
    breaks = 0
    for i in range(count):
        while i >= nodes.end[stack[depth]]:
            depth -= 1
            current = -1
        before[i] = made
        block_of[i] = -1
        tag = nodes.tag[i]
        if tag != _TEXT and properties[tag] & _BLOCK:
            current = -1
            depth += 1
            stack[depth] = i
        if tag != _TEXT and properties[tag] & _PRE:
            pre_end = max(pre_end, int64(nodes.end[i]))
        if tag == _BR:
            breaks += 1
        elif tag != _TEXT and properties[tag] & _CONTROL:
            control_end = max(control_end, int64(nodes.end[i]))
        elif tag != _TEXT and properties[tag] & _STRONG:
            strong_end = max(strong_end, int64(nodes.end[i]))
        if show[i] == HIDE:
            continue
        chars = int64(nodes.chars[i])
        if show[i] == FORMULA:
            chars = max(chars, int64(nodes.stop[i]) - int64(nodes.start[i]))
        if current < 0:
            if chars == 0 and i >= pre_end:  # indentation of the first line
                continue
            current = made
            made += 1
            blocks.first[current] = i
            blocks.owner[current] = stack[depth]
            blocks.chars[current] = blocks.linked[current] = blocks.marks[current] = blocks.digits[current] = 0
            blocks.last[current] = i
            blocks.capitals[current] = blocks.control[current] = blocks.strong[current] = blocks.breaks[current] = 0
            breaks = 0
        block_of[i] = current
        if chars:
            blocks.last[current] = i
            blocks.breaks[current] = breaks
        blocks.chars[current] += chars
        blocks.marks[current] += nodes.marks[i]
        blocks.digits[current] += nodes.digits[i]
        blocks.capitals[current] += nodes.capitals[i]
        if nodes.bits[i] & _LINKED:
            blocks.linked[current] += chars
        if i < control_end:
            blocks.control[current] += chars
        if i < strong_end:
            blocks.strong[current] += chars
    before[count] = made
    return made
